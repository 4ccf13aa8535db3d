"""Losses that are reported multiplied by an argument of train(): where that is searched, they compare nothing."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from runner.config.conversion import only
from runner.config.mutations import BOUNDS, MUTATIONS
from runner.config.nested import flat
from runner.errors import Problem
from runner.trainables.yolo import metrics, models

if TYPE_CHECKING:
    from runner.config.experiment import Experiment
    from runner.trainables.yolo import Yolo

CLASS_WEIGHTS = "cls_pw"

WEIGHTS: Mapping[str, tuple[str, ...]] = {
    "box_loss": ("box",),
    "seg_loss": ("box",),
    "sem_loss": ("box",),
    "cls_loss": ("cls", CLASS_WEIGHTS),
    "dfl_loss": ("dfl",),
    "l1_loss": ("dfl",),
    "pose_loss": ("pose",),
    "kobj_loss": ("kobj",),
    "rle_loss": ("rle",),
    "angle_loss": ("angle",),
}
"""Of all tasks, in training and in validation. A test holds it to the criteria of Ultralytics."""


def of(model: str, metric: str) -> tuple[str, ...]:
    """The arguments that weigh a metric; none where it is no loss of YOLO. RT-DETR's losses have weights of its own."""
    split, _, loss = metric.rpartition("/")
    weighs = split in {"train", "val"} and models.head(model) != models.RTDETR
    return WEIGHTS.get(loss, ()) if weighs else ()


def check(options: "Yolo", experiment: "Experiment") -> Iterator[Problem]:
    """What compares trials looks at no loss whose weight changes from trial to trial."""
    places = _places(experiment)
    for where, metric, remedy in _compared(options, experiment):
        for key in (key for key in of(options.model, metric) if key in places):
            message = f"{metric} depends on {key}, which is not the same in all trials: {_reason(key)}"
            yield Problem("yolo-loss-weight", where, message, f"{remedy}, or {' and '.join(places[key])}")


def _places(experiment: "Experiment") -> dict[str, list[str]]:
    """How to remove each argument that takes several values: from the search space, and from what PBT changes."""
    found: dict[str, list[str]] = {}
    for key, distribution in experiment.search_space.searched().items():
        if only(distribution) is None:
            found.setdefault(key, []).append(f"remove it from the search space: '~search_space.{key}'")
    for option in (MUTATIONS, BOUNDS):
        for key in flat(experiment.scheduler.options.get(option) or {}):
            found.setdefault(key, []).append(f"remove it from scheduler.{option}")
    return found


def _compared(options: "Yolo", experiment: "Experiment") -> Iterator[tuple[str, str, str]]:
    """Each metric by which trials are compared: where it is named, and how to name another."""
    task = options.known_task()
    instead = metrics.default(task) if task else "fitness"
    targets = experiment.objective.targets
    for target in targets:
        alone = f"type 'objective.metric={instead}' objective.mode=max"
        remedy = alone if len(targets) == 1 else f"name another metric in its place, {instead}"
        yield "objective.metric" if len(targets) == 1 else "objective.metrics", target.metric, remedy
    rules = {"scheduler": experiment.scheduler, **{f"stopper.{rule.name}": rule for rule in experiment.stoppers}}
    for where, rule in rules.items():
        if metric := rule.options.get("metric"):
            yield f"{where}.metric", metric, f"type '{where}.metric={instead}' {where}.mode=max"


def _reason(key: str) -> str:
    if key == CLASS_WEIGHTS:
        return "it weighs the classes in that loss, so that trials would be compared by different losses"
    return "Ultralytics multiplies that loss by it, so that the weight would decide and not the training"
