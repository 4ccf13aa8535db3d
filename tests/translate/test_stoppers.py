"""The rules but for the plateau, the watchdog, and verdicts on their way to the record."""

import math
import pickle
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from runner.config.objective import OBJECTIVE
from runner.runs.trial import TrialState
from runner.translate.failed_trials import FailedTrials
from runner.translate.stoppers.experiment_plateau import ExperimentPlateau
from runner.translate.stoppers.function import Function
from runner.translate.stoppers.max_iterations import MaxIterations
from runner.translate.stoppers.threshold import Threshold
from runner.translate.stoppers.timeout import Timeout
from runner.translate.stopping import StopByRule
from runner.translate.verdicts import Verdict, Verdicts
from runner.translate.watchdog import Watchdog
from tests.translate.test_plateau import experiment, plateau, play


def test_max_iterations_ends_a_trial_at_that_iteration_with_its_reason() -> None:
    rule = MaxIterations(experiment(), max_iter=3)
    assert [rule("a", {"training_iteration": n}) for n in (1, 2)] == [None, None]
    assert rule("a", {"training_iteration": 3}) == Verdict("max_iterations", 3, 3, 3, "reached max_iter=3")
    assert rule("b", {"training_iteration": 1}) is None
    assert rule("b", {"training_iteration": 7}) is not None, "a trial that jumps over it is ended as well"


def test_timeout_ends_a_trial_after_that_much_of_its_own_time() -> None:
    rule = Timeout(experiment(), timeout=60.0)
    assert rule("a", {"training_iteration": 1, "time_total_s": 59.9}) is None
    verdict = rule("a", {"training_iteration": 2, "time_total_s": 75.2})
    assert verdict is not None
    assert (verdict.rule, verdict.iteration, verdict.value, verdict.compared_with) == ("timeout", 2, 75.2, 60.0)
    assert "75 s" in verdict.detail


def test_a_verdict_is_taken_once_by_its_trial() -> None:
    verdicts, verdict = Verdicts(), Verdict("plateau", 3, 0.1, 0.2, "flat")
    verdicts.give("a", verdict)
    assert verdicts.take("b") is None
    assert verdicts.take("a") == verdict
    assert verdicts.take("a") is None


def test_rules_and_verdicts_can_be_pickled_with_rays_snapshots() -> None:
    rule = plateau()
    play(rule, [0.1, 0.2, 0.3])
    verdicts = Verdicts({"a": Verdict("plateau", 3, 0.1, 0.2, "flat")})
    assert pickle.loads(pickle.dumps(verdicts)) == verdicts
    again = pickle.loads(pickle.dumps(rule))
    curve = [0.3, 0.3, 0.3, 0.3, 0.3, 0.3]
    assert play(again, curve) == play(rule, curve), "what a trial has reported is kept"


def test_five_trials_that_fail_alike_before_any_other_ends_end_the_experiment() -> None:
    """Numbers in the error differ with the parameters; a limit is a limit, and the last trial of all ends nothing."""

    def ends(limit: int | None, expected: int, *errors: str | None) -> list[int | None]:
        failed = FailedTrials(limit, expected)
        verdicts = [failed.count(error) for error in errors]
        return [number for number, verdict in enumerate(verdicts, 1) if verdict]

    alike = [f"ValueError: x={x} is too large" for x in (1, 2.5, -3, 1e-5, 5, 6, 7)]
    assert ends(None, 300, *alike) == [5]
    assert ends(None, 5, *alike[:5]) == []
    assert ends(None, 300, None, *alike) == []
    assert ends(None, 300, *alike[:4], "KeyError: 'y'", *alike) == []
    assert ends(0, 300, None, alike[0])[0] == 2
    assert ends(2, 300, alike[0], None, "KeyError: 'y'", None, alike[1])[0] == 5
    assert ends(300, 300, *alike) == []


def test_the_experiment_ends_at_the_third_mismatch() -> None:
    stopper = StopByRule(experiment(), Verdicts(), {}, FailedTrials(None, 10), seconds_before=0)
    stopper.ended("an error", mismatch=True)
    stopper.ended("an error", mismatch=True)
    assert (stopper.end(), stopper.stop_all()) == (None, False)
    stopper.ended("an error", mismatch=True)
    verdict = stopper.end()
    assert stopper.stop_all()
    assert verdict is not None
    assert (verdict.rule, verdict.value, verdict.compared_with) == ("attestation", 3, 3)
    assert "3 trials failed" in verdict.detail


def diverging(max_epochs: int | None = None) -> tuple[StopByRule, Verdicts]:
    verdicts = Verdicts()
    return StopByRule(
        experiment(max_epochs=max_epochs), verdicts, {"a": "trial_000"}, FailedTrials(None, 10), seconds_before=0
    ), verdicts


@pytest.mark.parametrize(("value", "told"), [(math.nan, "nan"), (math.inf, "inf"), (-math.inf, "-inf")])
def test_a_trial_whose_objective_is_no_number_has_diverged_at_its_last_iteration_too(value: float, told: str) -> None:
    stopper, verdicts = diverging(max_epochs=3)
    assert not stopper("a", {"training_iteration": 2, OBJECTIVE: 0.5})
    assert stopper("a", {"training_iteration": 3, OBJECTIVE: value})
    verdict = verdicts.take("a")
    assert verdict is not None
    assert (verdict.rule, verdict.iteration, verdict.state) == ("diverged", 3, TrialState.DIVERGED)
    assert verdict.detail == f"the objective mAP50 is {told} at iteration 3"


@pytest.mark.parametrize(
    ("mode", "values", "ends_at"),
    [("max", [0.5, math.nan, 0.94, 0.95, 1.0], 4), ("min", [2.0, 1.0, math.nan, 0.95, 0.1], 4), ("max", [0.1], None)],
)
def test_a_threshold_ends_a_trial_in_the_better_direction(mode: Any, values: list[float], ends_at: int | None) -> None:
    rule = Threshold(experiment(mode), value=0.95)
    verdicts = [rule("a", {"training_iteration": n, OBJECTIVE: value}) for n, value in enumerate(values, 1)]
    found = next((verdict for verdict in verdicts if verdict), None)
    assert (found and found.iteration) == ends_at
    assert found is None or (found.rule, found.compared_with) == ("threshold", 0.95)


def test_a_threshold_of_another_metric_has_its_own_direction_and_passes_over_reports_without_it() -> None:
    rule = Threshold(experiment("max"), value=0.1, metric="loss", mode="min")
    assert rule("a", {"training_iteration": 1, OBJECTIVE: 0.9}) is None
    assert rule("a", {"training_iteration": 2, OBJECTIVE: 0.9, "loss": 0.2}) is None
    verdict = rule("a", {"training_iteration": 3, OBJECTIVE: 0.9, "loss": 0.1})
    assert verdict is not None
    assert verdict.detail == "loss has come to 0.1, value=0.1 (mode min)"


def reports(rule: ExperimentPlateau, *values: tuple[str, float | None]) -> None:
    for trial, value in values:
        rule(trial, {"training_iteration": 1, OBJECTIVE: 0.5} | ({} if value is None else {rule.metric: value}))


def test_the_experiment_ends_when_its_best_trials_lie_close_together() -> None:
    rule = ExperimentPlateau(experiment(), top=3, std=0.01, metric="mAP50", mode="max")
    reports(rule, *[("a", 0.9)] * 5, ("b", 0.9), ("c", None), ("c", math.nan), ("c", 0.1))
    assert rule.end() is None, "one trial that has settled is not three"
    reports(rule, ("c", 0.895))
    verdict = rule.end()
    assert verdict is not None
    assert (verdict.rule, verdict.compared_with) == ("experiment_plateau", 0.01)
    assert "the 3 best trials have mAP50 from 0.895 to 0.9" in verdict.detail
    reports(rule, ("d", 0.99))
    assert rule.end() is None, "a better one has come"


def test_a_trial_that_diverges_is_none_of_the_best() -> None:
    rule = ExperimentPlateau(experiment(), top=2, std=0.01)
    reports(rule, ("a", 0.9), ("b", 0.9))
    assert rule.end() is not None
    reports(rule, ("b", math.nan))
    assert rule.end() is None


def test_patience_counts_reports_that_leave_the_best_as_they_are() -> None:
    rule = ExperimentPlateau(experiment("min"), top=2, std=0.01, patience=2)
    reports(rule, ("a", 0.1), ("b", 0.1), ("c", 0.5))
    assert rule.end() is None
    reports(rule, ("a", 0.099), ("c", 0.4))
    assert rule.end() is None, "a got better meanwhile"
    reports(rule, ("c", 0.3))
    verdict = rule.end()
    assert verdict is not None
    assert "from 0.1 to 0.099" in verdict.detail
    assert "stayed the same for 2 reports" in verdict.detail


def ask(monkeypatch: pytest.MonkeyPatch, function: Any) -> Function:
    monkeypatch.setitem(sys.modules, "users", SimpleNamespace(stop=function))
    return Function(experiment(), import_path="users:stop")


def test_a_function_of_the_users_ends_trials_by_true_or_by_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = ask(monkeypatch, lambda trial, report: {1: False, 2: None, 3: True}.get(report["n"], f"{trial} is slow"))
    found = [rule("trial_000", {"training_iteration": n, "n": n}) for n in (1, 2, 3, 4)]
    assert found[:2] == [None, None]
    assert [verdict.detail for verdict in found[2:] if verdict] == ["users:stop said so", "trial_000 is slow"]
    assert pickle.loads(pickle.dumps(rule)).import_path == "users:stop", "a lambda cannot be pickled"


@pytest.mark.parametrize(
    ("function", "told"),
    [
        (lambda trial, report: report["late"], "users:stop raised KeyError: 'late' at iteration 1 of trial_000"),
        (lambda trial, report: 1, "users:stop returned 1: return True, False or a text"),
    ],
)
def test_a_function_that_does_not_answer_ends_the_experiment_as_failed(
    function: Any, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopper, verdicts = diverging()
    stopper.rules.append(ask(monkeypatch, function))
    assert not stopper("a", {"training_iteration": 1, OBJECTIVE: 0.5})
    assert verdicts.take("a") is None
    assert stopper.stop_all()
    assert stopper.failure is not None
    assert (stopper.failure.rule, stopper.failure.detail) == ("function_error", told)


class Clock:
    """Seconds, as the test says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        monkeypatch.setattr("runner.translate.watchdog.time.monotonic", lambda: self.now)


def states(*states: str) -> Any:
    resources = SimpleNamespace(required_resources={"CPU": 4.0})
    return [SimpleNamespace(status=state, placement_group_factory=resources) for state in states]


def watched(timeout: float | None = 60.0) -> tuple[Watchdog, StopByRule, list[str]]:
    stopper, told = StopByRule(experiment(), Verdicts(), {}, FailedTrials(None, 10), seconds_before=0), list[str]()
    return Watchdog(timeout, stopper, told.append), stopper, told


def test_trials_that_are_all_held_paused_end_the_experiment(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    watchdog, stopper, told = watched()
    for clock.now, one in [(0, "PAUSED"), (59, "RUNNING"), (100, "PAUSED"), (159, "PAUSED")]:
        watchdog.looks_at(states("TERMINATED", "PAUSED", one))
    assert stopper.end() is None, "a trial ran in between"
    clock.now = 161
    watchdog.looks_at(states("TERMINATED", "PAUSED", "PAUSED"))
    verdict = stopper.end()
    assert verdict is not None
    assert verdict.rule == "budget.stall_timeout"
    assert "holds 2 trials paused" in verdict.detail
    assert told == []


def test_waiting_for_resources_is_told_once_and_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    watchdog, stopper, told = watched()
    for clock.now in (0, 61, 1000):
        watchdog.looks_at(states("PENDING", "PAUSED"))
    assert stopper.end() is None
    assert told == ["1 trial waiting for resources, and none runs: each takes CPU=4"]


def test_a_searcher_may_take_its_time_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    watchdog, stopper, _ = watched()
    answers = []
    for clock.now, something in [(0, False), (50, True), (70, False), (125, False), (131, False)]:
        answers.append(watchdog.proposed(something=something))
    assert answers == [False, False, False, False, True]
    assert "the searcher proposes no trial" in (stopper.failure.detail if stopper.failure else "")
    off, never, _ = watched(None)
    clock.now = 1e9
    off.proposed(something=False)
    assert never.end() is None
