"""Names, F1, and the objective as a fitness."""

import math

import pytest

from runner.config.objective import Objective, Target
from runner.trainables.yolo import Yolo, metrics, package


@pytest.mark.parametrize("task", metrics.LOSSES)
def test_the_default_metric_is_the_packages_own_and_is_reported(task: str) -> None:
    default = metrics.default(task)
    assert default == package.constants("cfg/__init__.py")["TASK2METRIC"][task]
    assert metrics.names(task, metrics.LOSSES[task])[default] == "max"


def test_directions() -> None:
    names = Yolo(model="yolo11n-seg.yaml", data="shapes").metrics()
    assert names is not None
    assert names["val/seg_loss"] == names["train/box_loss"] == "min"
    assert names["F1(M)"] == names["metrics/precision(B)"] == names["fitness"] == "max"
    assert names["epoch"] is names["lr/pg0"] is None


@pytest.mark.parametrize(
    ("model", "task", "losses"),
    [
        ("yolo11n-seg.yaml", "segment", ("box_loss", "seg_loss", "cls_loss", "dfl_loss", "sem_loss")),
        ("yolo26n-seg.pt", "segment", ("box_loss", "seg_loss", "cls_loss", "l1_loss", "sem_loss")),
        ("rtdetr-l.pt", "detect", ("giou_loss", "cls_loss", "l1_loss")),
        ("mine.pt", "detect", ("box_loss", "cls_loss", "dfl_loss")),
    ],
)
def test_losses_follow_the_architecture(model: str, task: str, losses: tuple[str, ...]) -> None:
    assert metrics.losses(model, task) == losses


def test_f1() -> None:
    report = metrics.with_f1({"metrics/precision(B)": 0.5, "metrics/recall(B)": 0.25})
    assert report["F1(B)"] == pytest.approx(1 / 3)
    assert "F1(M)" not in report
    assert metrics.f1(0.0, 0.0) == 0.0


@pytest.mark.parametrize(
    ("mode", "value", "fitness"),
    [("max", 0.3, 0.3), ("min", 2.0, -2.0), ("max", math.nan, -1e308), ("min", -math.inf, -1e308)],
)
def test_fitness_is_finite_and_higher_is_better(mode: str, value: float, fitness: float) -> None:
    assert metrics.fitness(Objective((Target("loss", mode),)), {"loss": value}) == fitness  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("metrics/mAP50(M)", "seg_metrics/map50"),
        ("F1(M)", "seg_metrics/F1"),
        ("metrics/precision(B)", "box_metrics/precision"),
        ("metrics/mAP50-95(P)", "pose_metrics/map50_95"),
        ("train/metrics/mAP50-95(M)", "train_seg_metrics/map50_95"),
        ("train/F1(B)", "train_box_metrics/F1"),
        ("train/metrics/recall(B)", "train_box_metrics/recall"),
        ("metrics/accuracy_top1", "metrics/accuracy_top1"),
        ("val/box_loss", "val/box_loss"),
        ("train/seg_loss", "train/seg_loss"),
        ("train/fitness", "train/fitness"),
        ("lr/pg0", "lr/pg0"),
        ("objective", "objective"),
    ],
)
def test_a_dashboards_groups(name: str, shown: str) -> None:
    assert metrics.dashboard_name(name) == shown


@pytest.mark.parametrize("task", metrics.LOSSES)
def test_no_two_metrics_have_one_name_in_a_dashboard(task: str) -> None:
    names = {**metrics.names(task, metrics.LOSSES[task]), **metrics.train_split_names(task)}
    assert len({metrics.dashboard_name(name) for name in names}) == len(names)
