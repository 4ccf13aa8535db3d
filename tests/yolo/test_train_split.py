"""The train split, measured beside a training that does not notice."""

import math
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from runner.config.objective import Objective, Target
from runner.config.registry import TRAINABLES
from runner.config.validate import validate
from runner.errors import Problem
from runner.trainables.yolo import Yolo, metrics
from runner.trainables.yolo.train_split import TrainMetrics, check, generators_kept, spread
from tests.yolo.conftest import TINY, Trained, Training, experiment, train_each

EPOCHS = 4
AUGMENTED = {
    **TINY, "mosaic": 1.0, "close_mosaic": 1, "mixup": 0.2, "copy_paste": 0.3, "degrees": 5.0, "flipud": 0.2,
    "multi_scale": 0.5, "fraction": 0.25,
}  # fmt: skip
"""Everything that draws random numbers; a quarter of the images, whose label cache is then another one."""


def segment(train_metrics: TrainMetrics | None) -> Yolo:
    return Yolo(model="yolo11n-seg.yaml", data="shapes", train_args=AUGMENTED, train_metrics=train_metrics)


def problems(train_metrics: TrainMetrics, metric: str = "F1(M)", **changes: Any) -> list[Problem]:
    options = segment(train_metrics)
    return list(check(options, experiment(options, objective=Objective((Target(metric, "max"),)), **changes)))


def test_names_are_told_where_the_option_is_on() -> None:
    off, on = segment(None).metrics() or {}, segment(TrainMetrics()).metrics() or {}
    assert set(on) - set(off) == {
        *(f"train/metrics/{kind}({part})" for kind in ("precision", "recall", "mAP50", "mAP50-95") for part in "BM"),
        "train/F1(B)", "train/F1(M)", "train/fitness", "gap",
    }  # fmt: skip
    assert (on["train/F1(M)"], on["gap"]) == ("max", None)
    assert set(metrics.train_split_names("classify")) == {
        "train/metrics/accuracy_top1", "train/metrics/accuracy_top5", "train/fitness", "gap",
    }  # fmt: skip


def test_intervals() -> None:
    assert segment(None).intervals() == segment(TrainMetrics()).intervals() == {}
    intervals = segment(TrainMetrics(every=3)).intervals()
    assert set(intervals.values()) == {3}
    assert "train/F1(M)" in intervals
    assert not set(intervals) & set(segment(None).metrics() or {})


def test_an_objective_must_be_in_every_report() -> None:
    assert problems(TrainMetrics(every=1), "train/F1(M)") == []
    assert problems(TrainMetrics(every=2), "F1(M)") == []
    (problem,) = problems(TrainMetrics(every=2), "train/F1(M)")
    assert (problem.rule, problem.where, problem.fatal) == ("train-metrics", "objective.metric", True)
    assert "every 2 epochs" in problem.message


def test_a_scheduler_compares_at_every_report() -> None:
    assert problems(TrainMetrics(every=1), scheduler={"metric": "gap"}) == []
    (problem,) = problems(TrainMetrics(every=2), scheduler={"metric": "gap"})
    assert problem.where == "scheduler.metric"


def test_an_interval_beyond_the_last_epoch_never_comes() -> None:
    assert problems(TrainMetrics(every=3), max_epochs=3) == []
    (problem,) = problems(TrainMetrics(every=4), max_epochs=3)
    assert problem.where == "trainable.train_metrics.every"


def test_the_check_is_one_of_the_trainables() -> None:
    options = segment(TrainMetrics(every=9))
    assert "train-metrics" in {problem.rule for problem in options.check(experiment(options))}


@pytest.mark.parametrize(
    ("node", "where", "says"),
    [
        ({"evry": 2}, "trainable.train_metrics.evry", "did you mean every"),
        ({"every": 0}, "trainable.train_metrics.every", "greater than or equal to 1"),
        ({"max_images": 2.5}, "trainable.train_metrics.max_images", "2.5"),
        (True, "trainable.train_metrics", "True"),
    ],
)
def test_a_wrong_option_is_told_by_its_own_place(node: Any, where: str, says: str) -> None:
    found: list[Problem] = []
    given = {"model": "yolo11n.yaml", "data": "shapes", "train_metrics": node}
    validate(TRAINABLES.get("yolo").options, given, "trainable", found)
    assert [problem.where for problem in found] == [where]
    assert says in str(found[0])


@pytest.mark.parametrize("most", [1, 3, 4, 5, 9, 17, 22, 23, 100])
def test_spread_takes_that_many_images_in_whole_batches_but_the_last(most: int) -> None:
    batches = [list(range(start, min(start + 4, 22))) for start in range(0, 22, 4)]
    chosen = spread(batches, most)
    images = [image for batch in chosen for image in batch]
    assert len(images) == len(set(images)) == min(most, 22)
    assert all(batch in batches for batch in chosen[:-1])
    assert any(chosen[-1] == batch[: len(chosen[-1])] for batch in batches)


def test_spread_takes_them_from_all_over() -> None:
    assert spread([[0, 1], [2, 3], [4, 5], [6, 7], [8, 9], [10, 11]], 6) == [[0, 1], [4, 5], [8, 9]]


@pytest.mark.slow
def test_generators_are_kept() -> None:
    import torch

    def draw() -> tuple[float, float, float]:
        return random.random(), float(np.random.random()), float(torch.rand(1))

    random.seed(3), np.random.seed(3), torch.manual_seed(3)
    expected = draw()
    random.seed(3), np.random.seed(3), torch.manual_seed(3)
    with pytest.raises(ValueError, match="inside"), generators_kept(torch.device("cpu")):
        draw()
        raise ValueError("inside")
    assert draw() == expected


def test_the_gap_is_the_objective_on_the_train_split_minus_that_of_the_report() -> None:
    objective = Objective((Target("F1(M)", "max", 0.7), Target("val/box_loss", "min", 0.3)))
    report = {"F1(M)": 0.5, "val/box_loss": 2.0, "lr/pg0": 0.1}
    results = {"metrics/precision(M)": 0.8, "metrics/recall(M)": 0.8, "val/box_loss": 1.0, "fitness": 0.4}
    added = metrics.on_train_split(objective, report, results)
    assert added.pop("gap") == pytest.approx(0.7 * 0.3 + 0.3 * 1.0)
    assert added == pytest.approx({
        "train/metrics/precision(M)": 0.8, "train/metrics/recall(M)": 0.8, "train/F1(M)": 0.8, "train/fitness": 0.4,
    })  # fmt: skip
    assert metrics.on_train_split(Objective((Target("lr/pg0", "max"),)), report, results)["gap"] == 0


Trainings = dict[str, Trained]


@pytest.fixture(scope="module")
def trainings(ray_session: Path, project: Path, tmp_path_factory: pytest.TempPathFactory) -> Trainings:
    """The same training without the option, at every epoch, and at every second epoch on some images."""
    asked = {"off": None, "on": TrainMetrics(), "some": TrainMetrics(every=2, max_images=10)}
    given = [Training(segment(split), ("val/seg_loss", "min"), EPOCHS, {"lr0": 0.004}) for split in asked.values()]
    folder = tmp_path_factory.mktemp("split")
    return dict(zip(asked, train_each(given, folder=folder, project=project, home=ray_session), strict=True))


def measured(trained: Trained) -> list[dict[str, Any]]:
    """What the training itself reported in each epoch, to the last bit."""
    names = set(segment(None).metrics() or ()) - {"epoch_seconds"}
    return [{name: report[name] for name in sorted(names)} for report in trained.reports]


@pytest.mark.slow
def test_on_or_off_the_training_is_bit_equal(trainings: Trainings) -> None:
    assert [trained.error for trained in trainings.values()] == [None] * 3
    off, on, some = (measured(trained) for trained in trainings.values())
    assert len(off) == EPOCHS
    assert off == on == some
    assert len({report["train/seg_loss"] for report in off}) == EPOCHS


@pytest.mark.slow
def test_the_weights_are_bit_equal(trainings: Trainings) -> None:
    assert len({trained.digest("last.pt") for trained in trainings.values()}) == 1


@pytest.mark.slow
def test_what_the_train_split_reports(trainings: Trainings) -> None:
    promised = set(metrics.train_split_names("segment"))
    added = {name: [promised & set(report) for report in trained.reports] for name, trained in trainings.items()}
    assert added == {"off": [set()] * 4, "on": [promised] * 4, "some": [set(), promised, set(), promised]}
    on, some = trainings["on"].reports[1], trainings["some"].reports[1]
    assert all(math.isfinite(on[name]) for name in promised)
    assert on["gap"] != 0
    assert on["gap"] != some["gap"], "ten images are not all"


@pytest.mark.slow
def test_the_label_cache_is_left_alone(trainings: Trainings, project: Path) -> None:
    """A quarter of the images is trained on; a look at all of them would write their cache at the same path."""
    caches = list(project.rglob("shapes-segment-*/labels/train.cache"))
    assert len(caches) == 1
    cache = np.load(caches[0], allow_pickle=True).item()
    assert len(cache["labels"]) == 20
    written = caches[0].stat().st_mtime
    first = min((trained.folder / "args.yaml").stat().st_mtime for trained in trainings.values())
    assert written < first


OF_TASKS = {
    "yolo11n.yaml": "metrics/mAP50(B)",
    "yolo11n-cls.yaml": "metrics/accuracy_top1",
    "yolo11n-pose.yaml": "F1(P)",
    "yolo11n-obb.yaml": "fitness",
}
"""A model of each task to an objective."""


@pytest.mark.slow
def test_every_task_measures_its_train_split(ray_session: Path, project: Path, tmp_path: Path) -> None:
    train_args = {key: TINY[key] for key in ("imgsz", "batch", "nbs", "optimizer", "plots")} | {"fraction": 16}
    split = TrainMetrics(max_images=6)
    trainings = [
        Training(Yolo(model=model, data="shapes", train_args=train_args, train_metrics=split), (objective, "max"), 1,
                 {"lr0": 0.002})
        for model, objective in OF_TASKS.items()
    ]  # fmt: skip
    done = train_each(trainings, folder=tmp_path, project=project, home=ray_session)
    for objective, training, trained in zip(OF_TASKS.values(), trainings, done, strict=True):
        assert trained.error is None
        (report,) = trained.reports
        assert set(training.options.metrics() or ()) <= set(report)
        assert report["gap"] == pytest.approx(report[f"train/{objective}"] - report[objective])
