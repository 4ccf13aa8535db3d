"""What a trial reports: names and directions for each task, F1, and the report of one epoch."""

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runner.config.objective import Mode, Objective
from runner.trainables.yolo import models
from runner.trainables.yolo.models import Task

PARTS: dict[Task, str] = {"detect": "B", "segment": "BM", "pose": "BP", "obb": "B", "classify": ""}
"""Box, mask and pose: the letters behind the metrics' names."""

LOSSES: dict[Task, tuple[str, ...]] = {
    "detect": ("box_loss", "cls_loss", "dfl_loss"),
    "segment": ("box_loss", "seg_loss", "cls_loss", "dfl_loss", "sem_loss"),
    "pose": ("box_loss", "pose_loss", "kobj_loss", "cls_loss", "dfl_loss"),
    "obb": ("box_loss", "cls_loss", "dfl_loss", "angle_loss"),
    "classify": ("loss",),
}
TRAIN = "train/"
"""Before the name of a metric that was measured on the train split."""

GAP = "gap"
"""The objective on the train split minus the objective in the report."""

DASHBOARD = re.compile(r"(?P<split>train/)?(metrics/)?(?P<kind>F1|precision|recall|mAP50|mAP50-95)\((?P<part>[BMP])\)")
DASHBOARD_GROUPS = {"B": "box_metrics", "M": "seg_metrics", "P": "pose_metrics"}

GROUPS = 3
"""Parameter groups of every optimizer: weights, normalisation, biases. MuSGD has more, and its trials report more."""


def losses(model: str, task: Task, project: Path | None = None) -> tuple[str, ...]:
    """The names of a model's losses. Weights whose name tells no architecture count as the task's usual one."""
    layer = models.head(model, project)
    if layer == models.RTDETR:
        return ("giou_loss", "cls_loss", "l1_loss")
    usual = LOSSES[task] + (("rle_loss",) if layer == "pose26" else ())
    if models.layout(model, project).get("reg_max") == 1:  # no distribution of distances: L1 in its place
        return tuple("l1_loss" if name == "dfl_loss" else name for name in usual)
    return usual


def names(task: Task, losses: tuple[str, ...]) -> dict[str, Mode | None]:
    """Every metric of a report with the direction that is better (None: neither)."""
    result: dict[str, Mode | None] = {**dict.fromkeys(_measured(task), "max")}
    result |= {f"{split}/{loss}": "min" for split in ("train", "val") for loss in losses}
    result |= {f"lr/pg{group}": None for group in range(GROUPS)}
    return {**result, "batch": None, "epoch": None, "epoch_seconds": "min"}


def train_split_names(task: Task) -> dict[str, Mode | None]:
    """What the reports of the epochs hold beside, in which the train split is measured too."""
    return {**{f"{TRAIN}{name}": "max" for name in _measured(task)}, GAP: None}


def _measured(task: Task) -> list[str]:
    """The metrics of one split, of which more is better."""
    if task == "classify":
        return ["metrics/accuracy_top1", "metrics/accuracy_top5", "fitness"]
    kinds = ("metrics/precision", "metrics/recall", "metrics/mAP50", "metrics/mAP50-95", "F1")
    return [*(f"{kind}({part})" for part in PARTS[task] for kind in kinds), "fitness"]


def default(task: Task) -> str:
    """The metric that Ultralytics itself ranks models of the task by."""
    if task == "classify":
        return "metrics/accuracy_top1"
    return f"metrics/mAP50-95({PARTS[task][-1]})"


def f1(precision: float, recall: float) -> float:
    """Harmonic mean of precision and recall, 0 where both are 0 (van Rijsbergen, Information Retrieval, 1979)."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def with_f1(metrics: Mapping[str, Any]) -> dict[str, float]:
    """The metrics as plain floats, with F1 for boxes and for each other part that has a precision."""
    plain = {name: float(value) for name, value in metrics.items()}
    for part in "BMP":
        if f"metrics/precision({part})" in plain:
            plain[f"F1({part})"] = f1(plain[f"metrics/precision({part})"], plain[f"metrics/recall({part})"])
    return plain


def dashboard_name(name: str) -> str:
    """train/metrics/mAP50-95(M) as train_seg_metrics/map50_95: a dashboard makes a panel of what lies before the slash.

    Losses are in train/ and val/ already; what belongs to no part of an object keeps its name.
    """
    found = DASHBOARD.fullmatch(name)
    if found is None:
        return name
    kind = found["kind"].replace("mAP", "map").replace("-", "_")
    return f"{'train_' if found['split'] else ''}{DASHBOARD_GROUPS[found['part']]}/{kind}"


def on_train_split(objective: Objective, report: Mapping[str, float], results: Mapping[str, Any]) -> dict[str, float]:
    """What is added to a report: the metrics of the train split below `train/`, and the objective's gap.

    Args:
        report: of the epoch; what of the objective no split has (a learning rate) counts as the same on both.
        results: of a validation on the train split, its losses as val/...; those count for the gap alone.
    """
    measured = with_f1(results)
    gap = objective.score({**report, **measured}) - objective.score(report)
    named = {f"{TRAIN}{name}": value for name, value in measured.items() if not name.startswith("val/")}
    return {**named, GAP: gap}


def fitness(objective: Objective, report: Mapping[str, Any]) -> float:
    """The objective as Ultralytics takes a fitness: higher is better, always finite.

    NaN and infinity become the lowest number: an epoch without a value is never the best, and does not look to the
    library like broken weights, which it would reload. Raises KeyError with the name of a metric that is missing.
    """
    score = objective.score(report)
    if not math.isfinite(score):
        return -1e308
    return score if objective.mode == "max" else -score
