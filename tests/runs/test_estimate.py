import pytest

from runner.runs.estimate import done, time_left
from runner.runs.folder import RunFolder
from runner.runs.record import Record, TrialState

from .conftest import Clock, Play


def test_nothing_is_told_before_there_is_anything_to_tell(record: Record, clock: Clock) -> None:
    assert time_left(record, clock.now, None) is None
    assert time_left(record, clock.now + 10, 60) == 50
    assert done(record) == 0


def test_from_the_epochs_of_the_first_trial(record: Record, play: Play, clock: Clock) -> None:
    play.trial("t1", [0.1] * 4, seconds=5)
    # 10 epochs of 5 s in each of 6 trials, one after the other, 20 s of which are spent.
    assert time_left(record, clock.now, None) == pytest.approx(280)
    assert done(record) == pytest.approx(0.4 / 6)


def test_from_the_trials_that_ended(record: Record, play: Play, clock: Clock) -> None:
    play.trial("t1", [0.1] * 4, seconds=5)
    play.end("t1", TrialState.STOPPED, "asha")
    assert time_left(record, clock.now, None) == pytest.approx(100)


def test_trials_at_once_share_the_work(record: Record, play: Play, clock: Clock) -> None:
    record.started("t1", {})
    play.trial("t2", [0.1] * 10, seconds=5)
    play.end("t2")
    # 50 s for each of the 4 that wait; t1 has used its 50 s.
    assert time_left(record, clock.now, None) == pytest.approx(100)


def test_the_budget_is_the_most(record: Record, play: Play, clock: Clock) -> None:
    play.trial("t1", [0.1] * 4, seconds=5)
    assert time_left(record, clock.now, 60) == pytest.approx(40)
    assert time_left(record, clock.now + 100, 60) == 0


def test_an_open_number_of_trials(run: RunFolder, record: Record, clock: Clock) -> None:
    record.expected_trials = None
    record.started("t1", {})
    assert time_left(record, clock.now, None) is None
    assert done(record) is None
