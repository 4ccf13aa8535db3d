"""When a trial that reports nothing has failed."""

from types import SimpleNamespace
from typing import Any

import pytest

from runner.translate import trial_timeout
from runner.translate.trial_timeout import TrialTimeout


class Clock:
    """Seconds, as the test says."""

    now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(trial_timeout, "time", clock)
    return clock


@pytest.fixture(autouse=True)
def killed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    killed = list[str]()
    monkeypatch.setattr(trial_timeout, "fail_now", lambda trial: killed.append(trial.trial_id))
    return killed


def trial(name: str, status: str = "RUNNING") -> Any:
    return SimpleNamespace(trial_id=name, status=status)


def steps(timeout: TrialTimeout, clock: Clock, seconds: float, *trials: Any) -> None:
    for _ in range(round(seconds / 0.5)):
        clock.now += 0.5
        timeout.looks_at(trials)


def test_a_report_a_pause_and_a_new_process_start_the_wait_anew(clock: Clock, killed: list[str]) -> None:
    timeout, reports, paused, hangs = TrialTimeout(10), trial("reports"), trial("paused"), trial("hangs")
    steps(timeout, clock, 8, reports, paused, hangs)
    timeout.reported(reports)
    paused.status = "PAUSED"
    steps(timeout, clock, 1, reports, paused, hangs)
    paused.status = "RUNNING"
    steps(timeout, clock, 5, reports, paused, hangs)
    assert killed == ["hangs"], "once"
    assert timeout.reasons == {"hangs": "no report for 10s (budget.trial_timeout)"}


def test_a_step_in_which_the_driver_is_busy_is_no_silence_of_the_trials(clock: Clock, killed: list[str]) -> None:
    timeout, one = TrialTimeout(10), trial("one")
    timeout.looks_at([one])
    clock.now = 600
    timeout.looks_at([one])
    steps(timeout, clock, 8, one)
    assert killed == []
    steps(timeout, clock, 2, one)
    assert killed == ["one"]


def test_without_a_limit_nothing_is_killed(clock: Clock, killed: list[str]) -> None:
    timeout = TrialTimeout(None)
    steps(timeout, clock, 100, trial("one"))
    assert killed == []
