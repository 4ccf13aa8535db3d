"""Weights of trials that are not among the best are removed as the experiment goes."""

import csv

import pytest

from runner.config.objective import Objective, Target
from runner.runs.folder import RunFolder
from runner.runs.record import Record, TrialState

from .conftest import Clock, Play


@pytest.fixture
def record(run: RunFolder, objective: Objective, clock: Clock) -> Record:
    return Record(run, objective, expected_trials=6, max_epochs=10, keep_best=2, clock=clock)


def save(run: RunFolder, name: str) -> None:
    """As a trial does: its best and last weights, and a checkpoint of Ray's."""
    weights = run.trial_weights(name)
    weights.parent.mkdir(parents=True)
    for path in (weights, weights.with_name("last.pt")):
        path.write_text(name)
    (weights.parents[1] / "args.yaml").write_text("lr0: 0.01")
    checkpoint = run.tune / name / "checkpoint_000003"
    checkpoint.mkdir(parents=True)
    (checkpoint / "last.pt").write_text(name)


def kept(run: RunFolder) -> set[str]:
    """Trials that have all of it; a trial has all or nothing."""
    parts = [
        {path.parents[1].name for path in run.trials.glob("*/weights/best.pt")},
        {path.parents[1].name for path in run.trials.glob("*/weights/last.pt")},
        {path.parent.name for path in run.tune.glob("*/checkpoint_*")},
    ]
    assert parts[0] == parts[1] == parts[2]
    return parts[0]


def trial(run: RunFolder, play: Play, name: str, value: float, state: TrialState | None = TrialState.COMPLETED) -> None:
    """One trial; None: it runs on."""
    save(run, name)
    play.trial(name, [value])
    if state:
        play.end(name, state, error="an error" if state.failed else "")
    play.clock.now += 10


def test_the_best_keep_theirs(run: RunFolder, record: Record, play: Play) -> None:
    for name, value in (("t1", 0.5), ("t2", 0.3), ("t3", 0.7), ("t4", 0.1)):
        trial(run, play, name, value, TrialState.STOPPED)
    record.started("t5", {})
    assert kept(run) == {"t1", "t3"}
    assert run.best_weights.read_text() == "t3"
    assert {path.parent.name for path in run.trials.glob("*/args.yaml")} == {"t1", "t2", "t3", "t4"}
    with run.trials_csv.open(newline="") as file:
        left = {row["trial"]: row["checkpoint"] for row in csv.DictReader(file)}
    assert left == {"t1": "trials/t1/weights/best.pt", "t2": "", "t3": "trials/t3/weights/best.pt", "t4": "", "t5": ""}


def test_a_running_trial_loses_nothing_and_counts_as_none(run: RunFolder, record: Record, play: Play) -> None:
    trial(run, play, "worst", 0.1, None)
    trial(run, play, "best", 0.9, None)
    for name, value in (("t1", 0.5), ("t2", 0.6), ("t3", 0.7)):
        trial(run, play, name, value)
    record.started("t4", {})
    assert kept(run) == {"worst", "best", "t2", "t3"}
    play.end("best", TrialState.FAILED, "error", "an error")
    assert run.best_weights.read_text() == "t3", "the next best is still there"


@pytest.mark.parametrize("state", [TrialState.FAILED, TrialState.OUT_OF_MEMORY])
def test_failed_trials_go_first(run: RunFolder, record: Record, play: Play, state: TrialState) -> None:
    trial(run, play, "failed", 0.9, state)
    trial(run, play, "t1", 0.2)
    record.started("t2", {})
    assert kept(run) == {"failed", "t1"}
    trial(run, play, "t3", 0.1)
    record.started("t4", {})
    assert kept(run) == {"t1", "t3"}


def test_a_trial_has_time_to_finish_its_files(run: RunFolder, record: Record, play: Play, clock: Clock) -> None:
    for name, value in (("t1", 0.5), ("t2", 0.6)):
        trial(run, play, name, value)
    save(run, "t3")
    play.trial("t3", [0.1])
    play.end("t3")
    record.started("t4", {})
    assert "t3" in kept(run)
    clock.now += 10
    record.started("t5", {})
    assert kept(run) == {"t1", "t2"}


def test_at_the_end_nothing_is_waited_for_and_interrupted_trials_keep_theirs(
    run: RunFolder, record: Record, play: Play
) -> None:
    trial(run, play, "cut", 0.01, None)
    for name, value in (("t1", 0.5), ("t2", 0.6)):
        trial(run, play, name, value)
    save(run, "t3")
    play.trial("t3", [0.1])
    play.end("t3")
    record.close()
    assert kept(run) == {"cut", "t1", "t2"}
    assert "trials/t3" not in run.trials_csv.read_text()


def test_the_first_of_equals_is_the_best_and_stays(run: RunFolder, clock: Clock) -> None:
    record = Record(run, Objective((Target("loss", "min"),)), expected_trials=3, max_epochs=1, keep_best=1, clock=clock)
    play = Play(record, clock)
    save(run, "t1")
    play.trial("t1", [])
    trial(run, play, "t2", 0.5)
    record.reported("t1", 1, {"objective": 0.5})
    play.end("t1")
    trial(run, play, "t3", 0.6)
    record.close()
    assert kept(run) == {"t2"}
    assert run.best_weights.read_text() == "t2"


def test_by_default_all_is_kept(run: RunFolder, objective: Objective, clock: Clock) -> None:
    record = Record(run, objective, expected_trials=3, max_epochs=1, clock=clock)
    for name, value in (("t1", 0.5), ("t2", 0.6), ("t3", 0.7)):
        trial(run, Play(record, clock), name, value)
    record.close()
    assert kept(run) == {"t1", "t2", "t3"}


def test_a_trial_that_is_taken_up_again_is_pruned_again(run: RunFolder, record: Record, play: Play) -> None:
    trial(run, play, "t0", 0.1, TrialState.FAILED)
    for name, value in (("t1", 0.5), ("t2", 0.6)):
        trial(run, play, name, value)
    record.started("t0", {})
    assert kept(run) == {"t1", "t2"}
    (run.trials / "t0" / "weights").rmdir()
    save(run, "t0")
    play.end("t0")
    record.close()
    assert kept(run) == {"t1", "t2"}
