"""The plateau rule on real and made-up curves: what it must never stop, and what it does stop, with its reason."""

import math
import random
from collections.abc import Sequence
from typing import Any

import pytest

from runner.config.experiment import Budget, Choice, Experiment, Resources
from runner.config.objective import OBJECTIVE, Mode, Objective, Target
from runner.config.search_space import SearchSpace
from runner.trainables.yolo import Yolo
from runner.trainables.yolo.train_split import TrainMetrics
from runner.translate.stoppers.plateau import Plateau
from runner.translate.verdicts import Verdict

REAL = [0.0022, 0.0004, 0.0141, 0.0203, 0.0240, 0.0312, 0.0642, 0.0961, 0.325, 0.441]
"""mAP50 of a YOLO11 trained from scratch, by epoch."""
OPTIONS: dict[str, Any] = {"std": 0.01, "num_results": 5, "grace_period": 5}
DRAW = random.Random(0)
LEARNED_THEN_FLAT = [0.01, 0.2, 0.4, 0.5, 0.55, *(0.56 + DRAW.gauss(0, 0.001) for _ in range(25))]


EVERY = 5
"""Epochs from one measurement of the train split to the next."""


def experiment(mode: Mode = "max", max_epochs: int | None = None) -> Experiment:
    trainable = Yolo(model="yolo11n-seg.yaml", data="shapes", train_metrics=TrainMetrics(every=EVERY))
    return Experiment(
        name="test", seed=0, objective=Objective((Target("mAP50", mode),)), budget=Budget(max_epochs=max_epochs),
        resources=Resources(), trainable=trainable,
        search_space=SearchSpace({}), searcher=Choice("random"), scheduler=Choice("fifo"),
        stoppers=(), loggers=(), ray=Choice("local"), output_dir="outputs", report=False, config={},
    )  # fmt: skip


def plateau(better: Mode = "max", max_epochs: int | None = None, **options: Any) -> Plateau:
    """A rule in an experiment whose objective is better in that direction."""
    return Plateau(experiment(better, max_epochs), **{**OPTIONS, **options})


def play(
    rule: Plateau, curve: Sequence[float | None], trial: str = "a", metric: str = OBJECTIVE, start: int = 1
) -> Verdict | None:
    """The first verdict on a curve, or None where the trial runs to its end."""
    for iteration, value in enumerate(curve, start=start):
        report = {"training_iteration": iteration} | ({} if value is None else {metric: value})
        verdict = rule(trial, report)
        if verdict is not None:
            return verdict
    return None


epochs_known = pytest.mark.parametrize("max_epochs", [None, 100])


@epochs_known
def test_a_real_curve_from_scratch_is_not_stopped(max_epochs: int | None) -> None:
    assert play(plateau(max_epochs=max_epochs), REAL) is None


@epochs_known
def test_a_metric_that_stays_at_nothing_is_not_stopped(max_epochs: int | None) -> None:
    assert play(plateau(max_epochs=max_epochs), [0.0] * 50) is None


@epochs_known
@pytest.mark.parametrize("start", [0.0, 0.3])
def test_a_steady_gain_of_two_thousandths_an_epoch_is_not_stopped(max_epochs: int | None, start: float) -> None:
    assert play(plateau(max_epochs=max_epochs), [start + 0.002 * epoch for epoch in range(100)]) is None


@epochs_known
def test_a_trial_that_learned_and_went_flat_is_stopped_with_its_reason(max_epochs: int | None) -> None:
    verdict = play(plateau(max_epochs=max_epochs), LEARNED_THEN_FLAT)
    assert verdict is not None
    assert verdict.rule == "plateau"
    assert 5 < verdict.iteration < 20
    assert verdict.value is not None
    assert verdict.compared_with == 0.01
    assert verdict.value < verdict.compared_with
    for part in ("mAP50", "0.56", "last 5 values", "std=0.01"):
        assert part in verdict.detail


def test_a_constant_after_learning_is_stopped_as_soon_as_the_window_is_flat() -> None:
    verdict = play(plateau(), [0.1, 0.5, *[0.6] * 10])
    assert verdict is not None
    assert (verdict.iteration, verdict.value) == (7, 0.0)


def test_the_first_check_is_after_the_grace_period() -> None:
    verdict = play(plateau(grace_period=9), [0.1, *[0.6] * 20])
    assert verdict is not None
    assert verdict.iteration == 9


def test_a_metric_that_got_worse_has_not_learned() -> None:
    assert play(plateau(), [0.5, *[0.1] * 20]) is None


def test_a_gain_that_would_come_to_nothing_in_the_epochs_left_is_no_reason_to_go_on() -> None:
    curve = [0.1, *(0.5 + 0.0002 * epoch for epoch in range(10))]
    assert play(plateau(max_epochs=12), curve) is not None
    assert play(plateau(max_epochs=500), curve) is None


@epochs_known
@pytest.mark.parametrize("curve", [REAL, [0.0] * 50, [0.002 * epoch for epoch in range(100)], LEARNED_THEN_FLAT])
def test_a_metric_that_is_minimised_is_judged_as_its_mirror(curve: list[float], max_epochs: int | None) -> None:
    upright = play(plateau(max_epochs=max_epochs), curve)
    mirrored = play(plateau("min", max_epochs=max_epochs), [1 - value for value in curve])
    assert (upright is None) == (mirrored is None)
    if upright is not None and mirrored is not None:
        assert upright.iteration == mirrored.iteration


def test_before_its_threshold_no_trial_is_stopped() -> None:
    curve = [0.1, *[0.6] * 20]
    assert play(plateau(metric_threshold=0.7), curve) is None
    assert play(plateau(metric_threshold=0.5), curve) is not None
    assert play(plateau(metric_threshold=0.5), [0.6] * 20) is not None, "past the threshold, it need not have learned"
    assert play(plateau("min", metric_threshold=0.5), curve) is None
    assert play(plateau("min", metric_threshold=0.5), [0.9, *[0.4] * 20]) is not None


@pytest.mark.parametrize(
    ("value", "says"), [(None, "is missing"), (math.nan, "is nan"), (math.inf, "is inf"), (-math.inf, "is -inf")]
)
def test_a_report_without_a_value_ends_the_trial_with_that_as_the_reason(value: float | None, says: str) -> None:
    verdict = play(plateau(), [0.1, 0.2, value, 0.3])
    assert verdict is not None
    assert (verdict.rule, verdict.iteration, verdict.value, verdict.compared_with) == ("plateau", 3, None, None)
    assert verdict.detail.startswith(f"mAP50 {says}")


def test_each_trial_has_its_own_window() -> None:
    rule = plateau()
    assert play(rule, [0.1, 0.3, 0.6], "learned") is None
    assert play(rule, [0.6] * 20, "never learned") is None
    verdict = play(rule, [0.6] * 20, "learned", start=4)
    assert verdict is not None, "and goes on where it was"


def test_iterations_that_are_run_again_count_once() -> None:
    rule = plateau()
    assert play(rule, [0.1, 0.3, 0.6, 0.6, 0.6]) is None
    assert play(rule, [0.6, 0.6], start=4) is None, "four values of a settled metric, not six"


def test_another_metric_is_watched_in_its_own_direction() -> None:
    rule = plateau("max", metric="loss", mode="min")
    falling_then_flat = [2.0, 1.0, 0.5, *[0.4] * 10]
    verdict = play(rule, falling_then_flat, metric="loss")
    assert verdict is not None
    assert "loss" in verdict.detail
    assert play(plateau("max", metric="loss", mode="max"), falling_then_flat, metric="loss") is None


@pytest.mark.parametrize("seed", range(20))
def test_a_noisy_slow_rise_is_not_taken_for_settled(seed: int) -> None:
    """With the defaults: 0.004 an epoch with a third of that as noise, over 60 epochs."""
    draw = random.Random(seed)
    curve = [0.05 + 0.004 * epoch + draw.gauss(0, 0.0013) for epoch in range(60)]
    stopped = play(plateau(max_epochs=60), curve)
    assert stopped is None or stopped.iteration > 30


def every(values: Sequence[float | None]) -> list[float | None]:
    """A curve of epochs that holds a value in every fifth only."""
    return [one for value in values for one in (*[None] * (EVERY - 1), value)]


def test_a_metric_of_every_fifth_epoch_is_looked_at_in_those() -> None:
    rule = plateau(metric="train/F1(M)", mode="max", num_results=3, grace_period=1)
    verdict = play(rule, every([0.1, 0.5, 0.6, 0.6, 0.6, 0.6]), metric="train/F1(M)")
    assert verdict is not None
    assert (verdict.iteration, verdict.value) == (25, 0.0)


def test_the_grace_period_is_one_of_epochs_however_few_hold_the_metric() -> None:
    rule = plateau(metric="train/F1(M)", mode="max", num_results=3, grace_period=28)
    verdict = play(rule, every([0.1, 0.5, 0.6, 0.6, 0.6, 0.6, 0.6]), metric="train/F1(M)")
    assert verdict is not None
    assert verdict.iteration == 30


def test_what_a_metric_of_every_fifth_epoch_would_still_gain_is_told_by_its_own_results() -> None:
    curve = every([0.1, *(0.5 + 0.0005 * step for step in range(10))])
    options = {"metric": "train/F1(M)", "mode": "max", "num_results": 3, "grace_period": 1}
    assert play(plateau(max_epochs=60, **options), curve, metric="train/F1(M)") is not None, "gains less than std / 2"
    assert play(plateau(max_epochs=200, **options), curve, metric="train/F1(M)") is None


@pytest.mark.parametrize(("metric", "iteration"), [("train/F1(M)", EVERY), ("F1(M)", 1)])
def test_a_metric_that_never_comes_ends_the_trial_where_it_should_have_come(metric: str, iteration: int) -> None:
    verdict = play(plateau(metric=metric, mode="max"), [0.5] * 20)
    assert verdict is not None
    assert (verdict.iteration, verdict.value) == (iteration, None)
    assert verdict.detail.startswith(f"{metric} is missing")
