"""Least, expected and most epochs."""

import pytest

from runner.config.registry import SCHEDULERS, STOPPERS
from runner.planning.epochs import Epochs, epochs
from tests.config.composing import experiment

pytestmark = pytest.mark.slow
DIGITS = ("experiment=digits", "budget.num_samples=8", "budget.max_epochs=9")


def planned(*words: str, at_once: int = 2) -> Epochs:
    found = epochs(experiment(*DIGITS, *words), at_once)
    assert found is not None
    return found


def test_the_rules_that_are_told_of_here_are_all_there_are() -> None:
    halving, changing = {"asha", "median", "hyperband", "bohb"}, {"pbt", "pb2", "pbt_replay"}
    ended = "say in runner/planning/epochs.py what the new one ends"
    assert set(SCHEDULERS.names()) == {"fifo", *halving, *changing}, ended
    told = {"max_iterations", "plateau", "timeout", "threshold", "function", "experiment_plateau"}
    assert set(STOPPERS.names()) == told, "say in runner/planning/epochs.py when"


def test_without_a_rule_every_trial_is_full() -> None:
    assert planned("scheduler=fifo") == Epochs(9, 72, 72, 72)


def test_no_number_where_a_trial_ends_itself() -> None:
    assert epochs(experiment("experiment=digits", "scheduler=fifo", "budget.max_epochs=null"), 1) is None


@pytest.mark.parametrize(
    ("words", "least"),
    [
        (("stopper=[timeout]", "stopper.timeout.timeout=1h"), 8),
        (("stopper=[plateau]",), 32),
        (("stopper=[plateau]", "stopper.plateau.num_results=7"), 56),
        (("stopper=[max_iterations]", "stopper.max_iterations.max_iter=5"), 40),
        (("stopper=[threshold]", "stopper.threshold.value=0.9"), 8),
        (("stopper=[function]", "stopper.function.import_path=mine:late"), 8),
        (("stopper=[experiment_plateau]",), 72),
        (("stopper=[experiment_plateau]", "stopper.experiment_plateau.top=5"), 3 * 9 + 2),
        (("stopper=[experiment_plateau]", "stopper.experiment_plateau={top: 2, patience: 3}"), 2 + 3),
    ],
)
def test_the_least_is_every_trial_at_the_first_chance_of_a_stopper(words: tuple[str, ...], least: int) -> None:
    assert planned("scheduler=fifo", *words).least == least


def test_max_iterations_is_the_length_of_every_trial() -> None:
    assert planned("stopper=[max_iterations]", "stopper.max_iterations.max_iter=5").most == 40


SAVES = ("trainable.checkpoint_every=1", "searcher=random")


def test_who_changes_trials_ends_none_early() -> None:
    words = ("scheduler=pbt", "scheduler.perturbation_interval=3", *SAVES)
    assert planned(*words) == Epochs(9, 72, 72, 72)
    assert planned(*words, "stopper=[max_iterations]", "stopper.max_iterations.max_iter=5").most == 40


def test_hyperband_is_arithmetic() -> None:
    words = ("scheduler=hyperband", "scheduler.reduction_factor=2", "budget.max_epochs=4", *SAVES)
    # As in tests/translate/test_schedulers.py: three to the end; three, two of which; two of four, one of which.
    found = planned(*words)
    assert (found.expected, found.most, found.likely) == (28, 32, None)
    assert [(rung.bracket, rung.epoch, rung.reach, rung.go_on) for rung in found.rungs] == [
        (1, 2, 3, 2), (2, 1, 2, 2), (2, 2, 2, 1)
    ]  # fmt: skip


def test_the_median_rule_is_expected_to_stop_more_than_half() -> None:
    found = planned("scheduler=median", "scheduler.grace_period=2", "budget.num_samples=40")
    assert [rung.epoch for rung in found.rungs] == [2, 4, 8]
    assert found.rungs[0].reach == 40
    assert 8 < found.rungs[-1].go_on < found.rungs[0].go_on < 25
    assert found.least == 9 + 39 * 2 < found.expected < found.most


def test_rungs_lie_below_the_last_epoch_and_lose_trials() -> None:
    found = planned("scheduler.grace_period=1", "scheduler.reduction_factor=3", "budget.num_samples=40")
    assert [rung.epoch for rung in found.rungs] == [1, 3]
    first, second = found.rungs
    assert first.reach == 40
    assert 40 / 3 < first.go_on == second.reach < 20
    assert found.least == 9 + 39 < found.expected < found.most == 360
    assert found.expected == pytest.approx(40 + 2 * second.reach + 6 * second.go_on)


def test_the_first_trial_at_a_rung_goes_on() -> None:
    found = planned("budget.num_samples=1")
    assert (found.least, found.expected, found.most) == (9, 9, 9)


def test_every_bracket_has_its_rungs_and_a_seed_gives_the_same_again() -> None:
    words = ("scheduler.brackets=2", "scheduler.grace_period=1", "scheduler.reduction_factor=3")
    found = planned(*words)
    assert {(rung.bracket, rung.epoch) for rung in found.rungs} == {(0, 1), (0, 3), (1, 3)}
    assert found == planned(*words)


def test_a_small_reduction_factor_compares_once_a_report() -> None:
    found = planned("scheduler.grace_period=1", "scheduler.reduction_factor=1.3")
    assert [rung.epoch for rung in found.rungs] == list(range(1, 9))
