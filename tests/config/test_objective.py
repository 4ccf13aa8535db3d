"""What is optimised: the list, its short form, auto, directions, weighted sums."""

import math

import pytest

from runner.config.objective import Objective, Target
from runner.trainables.yolo.models import TASKS
from tests.config.composing import FROM_SCRATCH, config, experiment, refused

DIGITS = "experiment=digits"  # reports accuracy (max) and loss (min)
SHAPES = "experiment=shapes"  # segmentation
WEIGHTED = "objective.metrics=[{metric: accuracy, weight: 0.7}, {metric: loss, weight: 0.3}]"


def targets(*words: str) -> tuple[Target, ...]:
    return experiment(*words).objective.targets


@pytest.mark.parametrize(
    "words",
    [
        ("objective.metric=loss",),
        ("objective.metric=loss", "objective.mode=min"),
        ("objective.metrics=[{metric: loss}]",),
        ("objective.metrics=[{metric: loss, mode: min}]",),
        ("objective.metrics=[{metric: loss, mode: null, weight: null}]",),
    ],
)
def test_the_short_form_and_the_list_are_the_same(words: tuple[str, ...]) -> None:
    assert targets(DIGITS, *words) == (Target("loss", "min"),)


def test_another_metric_does_not_inherit_the_direction_of_the_presets_own() -> None:
    assert targets(DIGITS, "objective.metric=loss")[0].mode == "min"


def test_a_direction_that_is_given_counts() -> None:
    assert targets(DIGITS, "objective.mode=min") == (Target("accuracy", "min"),)
    assert targets(DIGITS, "objective.metric=loss", "objective.mode=max") == (Target("loss", "max"),)


@pytest.mark.parametrize("metric", ["metrics/mAP50(M)", "metrics/mAP50-95(B)", "F1(M)", "fitness"])
def test_metrics_with_parentheses_are_read(metric: str) -> None:
    assert targets(SHAPES, f"objective.metric={metric}") == (Target(metric, "max"),)


def test_the_direction_of_a_loss_is_known() -> None:
    assert targets(SHAPES, "objective.metric=val/box_loss") == (Target("val/box_loss", "min"),)


@pytest.mark.parametrize(
    ("task", "metric"),
    [
        ("detect", "metrics/mAP50-95(B)"),
        ("segment", "metrics/mAP50-95(M)"),
        ("classify", "metrics/accuracy_top1"),
        ("pose", "metrics/mAP50-95(P)"),
        ("obb", "metrics/mAP50-95(B)"),
    ],
)
def test_auto_is_the_tasks_own_metric(task: str, metric: str) -> None:
    suffix = {"detect": "", "segment": "-seg", "classify": "-cls", "pose": "-pose", "obb": "-obb"}[task]
    words = (*FROM_SCRATCH, f"trainable.model=yolo11n{suffix}.yaml")
    assert targets(*words) == targets(*words, "objective.metric=auto") == (Target(metric, "max"),)


def test_every_task_has_its_own_metric() -> None:
    assert set(TASKS) == {"detect", "segment", "classify", "pose", "obb"}


def test_auto_of_a_function_is_its_only_metric() -> None:
    assert targets(DIGITS, "trainable.metrics=[f1]", "objective.metric=auto", "objective.mode=max")[0].metric == "f1"
    assert refused(DIGITS, "objective.metric=auto").rule == "objective-auto"


def test_the_kept_config_has_the_long_form_resolved() -> None:
    kept = experiment(SHAPES, "objective.metric=auto").config["objective"]
    assert kept == {"metrics": [{"metric": "metrics/mAP50-95(M)", "mode": "max"}]}
    assert experiment(DIGITS, WEIGHTED).config["objective"]["metrics"][1] == {
        "metric": "loss", "mode": "min", "weight": 0.3,
    }  # fmt: skip
    assert config(SHAPES, "objective.metric=auto")["objective"] != kept


def test_a_weighted_sum_is_maximised_and_turns_what_is_minimised() -> None:
    objective = experiment(DIGITS, WEIGHTED).objective
    assert objective.targets == (Target("accuracy", "max", 0.7), Target("loss", "min", 0.3))
    assert objective.mode == "max"
    assert objective.score({"accuracy": 0.9, "loss": 2.0}) == pytest.approx(0.7 * 0.9 - 0.3 * 2.0)
    assert "0.7*accuracy" in objective.label
    assert "0.3*loss" in objective.label


def test_a_report_that_lacks_a_metric_names_it() -> None:
    objective = experiment(DIGITS, WEIGHTED).objective
    with pytest.raises(KeyError, match="loss"):
        objective.score({"accuracy": 0.9})


@pytest.mark.parametrize(
    ("mode", "better", "worse"),
    [("max", 0.6, 0.4), ("min", 0.4, 0.6)],
)
def test_better_follows_the_direction_and_nan_beats_nothing(mode: str, better: float, worse: float) -> None:
    objective = Objective((Target("x", "max" if mode == "max" else "min"),))
    assert objective.better(better, 0.5)
    assert not objective.better(worse, 0.5)
    assert not objective.better(0.5, 0.5)
    assert objective.better(worse, None)
    assert not any(objective.better(value, None) for value in (math.nan, math.inf, -math.inf))


@pytest.mark.parametrize(
    ("words", "rule", "where", "says"),
    [
        (["objective.metric=metrics/mAP50(Q)"], "unknown-metric", "objective.metric", "metrics/mAP50(M)"),
        (["objective.metric=metrics/F1(B)"], "unknown-metric", "objective.metric", "did you mean F1(B)?"),
        (["objective.metric=metrics/F1(M)"], "unknown-metric", "objective.metric", "did you mean F1(M)?"),
        (["objective.metric=train/F1(B)"], "unknown-metric", "objective.metric",
         "type 'trainable.train_metrics={every: 1}'"),
        (["objective.metric=zzz"], "unknown-metric", "objective.metric", "metrics/mAP50-95(M)"),
        (["objective.metric=epoch"], "objective-mode", "objective.mode", "objective.mode=max or objective.mode=min"),
        (["objective.mode=maximum"], "value", "objective.mode", "did you mean max?"),
        (["objective.weight=1"], "unknown-key", "objective.weight", "metrics"),
        (["objective.metrc=x"], "unknown-key", "objective.metrc", "did you mean metric"),
        (["objective.metrics=[]"], "type", "objective.metrics", "list of {metric, mode, weight}"),
        (["objective.metrics=fitness"], "type", "objective.metrics", "list of {metric, mode, weight}"),
        (["objective=fitness"], "type", "objective", "no mapping"),
        (["objective.metrics=[fitness]"], "type", "objective.metrics.0", "metric, mode, weight"),
        (["objective.metrics=[{metric: fitness, weight: 1}]"], "objective-weights", "objective.metrics.0.weight",
         "leave it out"),
        (["objective.metrics=[{metric: fitness, weight: 1}, {metric: val/box_loss}]"], "objective-weights",
         "objective.metrics.1", "a weight for their sum, or none for several objectives"),
        (["objective.metrics=[{metric: fitness, weight: 1}, {metric: val/box_loss, weight: -1}]"], "value",
         "objective.metrics.1.weight", "turn a direction with mode"),
        (["objective.metrics=[{metric: fitness, weight: 1}, {metric: val/box_loss, weight: 1}]",
          "objective.metric=fitness"], "one-home", "objective.metric", "has 2"),
        (["objective.metrics=[{metric: fitness, weight: 1}, {metric: val/box_loss, weight: 1}]",
          "objective.mode=max"], "one-home", "objective.mode", "has 2"),
    ],
)  # fmt: skip
def test_an_objective_that_is_none_is_refused(words: list[str], rule: str, where: str, says: str) -> None:
    problem = refused(SHAPES, *words)
    assert (problem.rule, problem.where) == (rule, where)
    assert says in str(problem)


def test_several_metrics_without_weights_are_several_objectives_of_which_the_first_is_the_one_number() -> None:
    several = experiment(DIGITS, "scheduler=fifo", "objective.metrics=[{metric: loss}, {metric: accuracy}]").objective
    assert several.several
    assert not experiment(DIGITS, WEIGHTED).objective.several
    assert not experiment(DIGITS).objective.several
    assert (several.label, several.mode, str(several)) == ("loss", "min", "loss (min), accuracy (max)")
    assert several.score({"accuracy": 0.9, "loss": 2.0}) == 2.0
    assert several.values({"accuracy": 0.9, "loss": 2.0}) == {"loss": 2.0, "accuracy": 0.9}


def test_a_report_in_which_one_of_several_objectives_is_not_finite_has_no_value() -> None:
    several = Objective((Target("loss", "min"), Target("accuracy", "max")))
    assert math.isnan(several.score({"accuracy": math.nan, "loss": 2.0}))
    assert math.isnan(several.score({"accuracy": math.inf, "loss": 2.0}))
    with pytest.raises(KeyError, match="accuracy"):
        several.score({"loss": 2.0})


def test_the_metrics_of_the_train_split_are_reported_as_the_message_says() -> None:
    assert targets(SHAPES, "objective.metric=train/F1(B)", "trainable.train_metrics={every: 1}") == (
        Target("train/F1(B)", "max"),
    )


@pytest.mark.parametrize("value", ["0.5", "high", True, None, [0.5]])
def test_a_value_that_is_no_number_is_none(value: object) -> None:
    with pytest.raises(TypeError, match=r"score is .* in the report: report a number"):
        Objective((Target("score", "max"),)).score({"score": value})


@pytest.mark.parametrize("metric", ["done", "training_iteration", "time_total_s"])
def test_a_name_that_ray_writes_itself_is_refused_before_the_start(metric: str) -> None:
    problem = refused("experiment=quickstart", f"objective.metric={metric}", "objective.mode=max")
    assert (problem.rule, problem.where) == ("reserved-metric", "objective.metric")
