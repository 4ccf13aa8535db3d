"""The preset of each task trains, on the CPU, from an architecture, on the data generated for it."""

from pathlib import Path

import pytest

from runner.trainables.yolo import Yolo
from tests.config.composing import experiment
from tests.yolo.conftest import TINY, Trained, Training, train_each

TASKS = {
    "shapes_detect": ("detect", "metrics/mAP50-95(B)", {"lr0": 0.002, "box": 6.0}),
    "shapes": ("segment", "metrics/mAP50-95(M)", {"lr0": 0.002, "box": 6.0, "fliplr": 0.25}),
    "shapes_classify": ("classify", "metrics/accuracy_top1", {"lr0": 0.002, "dropout": 0.1, "scale": 0.2}),
    "shapes_pose": ("pose", "metrics/mAP50-95(P)", {"lr0": 0.002, "pose": 6.0, "fliplr": 0.25}),
    "shapes_obb": ("obb", "metrics/mAP50-95(B)", {"lr0": 0.002, "angle": 1.5}),
}
"""Preset to its task, its objective, and values to try."""


def options(preset: str) -> Yolo:
    trainable = experiment(f"experiment={preset}").trainable
    assert isinstance(trainable, Yolo)
    return trainable


@pytest.mark.parametrize("preset", TASKS)
def test_a_preset_has_the_objective_of_its_task(preset: str) -> None:
    task, metric, values = TASKS[preset]
    found = experiment(f"experiment={preset}")
    assert options(preset).known_task() == task
    assert (found.objective.label, found.objective.mode) == (metric, "max")
    assert set(values) <= set(found.search_space.searched())


RTDETR = """
backbone: [[-1, 1, Conv, [16, 3, 4]], [-1, 1, Conv, [32, 3, 2]], [-1, 1, Conv, [32, 3, 2]], [-1, 1, Conv, [32, 3, 2]]]
head: [[[1, 2, 3], 1, RTDETRDecoder, [nc, 32, 30, 4, 4, 1]]]
nc: 80
"""
"""A detector of the kind of rtdetr-l.yaml, some thousand times as small."""


@pytest.fixture(scope="module")
def rtdetr(tmp_path_factory: pytest.TempPathFactory) -> Yolo:
    model = tmp_path_factory.mktemp("model") / "mini.yaml"
    model.write_text(RTDETR)
    return Yolo(model=str(model), data="shapes", train_args={**TINY, "fraction": 0.1})


@pytest.fixture(scope="module")
def done(
    rtdetr: Yolo, ray_session: Path, project: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Trained]:
    """An epoch of each preset, and of RT-DETR."""
    trainings = [Training(options(name), (metric, "max"), 1, values) for name, (_, metric, values) in TASKS.items()]
    trainings.append(Training(rtdetr, ("metrics/mAP50-95(B)", "max"), 1, {"lr0": 0.001}))
    folder = tmp_path_factory.mktemp("tasks")
    trained = train_each(trainings, folder=folder, project=project, home=ray_session)
    return dict(zip([*TASKS, "rtdetr"], trained, strict=True))


@pytest.mark.slow
def test_rtdetr_trains_without_a_word_on_its_task(rtdetr: Yolo, done: dict[str, Trained]) -> None:
    trained = done["rtdetr"]
    assert trained.error is None
    reported = set(rtdetr.metrics() or ()) & set(trained.reports[0])
    assert {"train/giou_loss", "val/l1_loss", "metrics/mAP50-95(B)"} <= reported


@pytest.mark.slow
@pytest.mark.parametrize("preset", TASKS)
def test_a_preset_trains_and_reports_what_is_promised(preset: str, done: dict[str, Trained]) -> None:
    trainable, (_, metric, _), trained = options(preset), TASKS[preset], done[preset]
    assert trained.error is None
    promised = set(trainable.metrics() or ())
    assert [report["epoch"] for report in trained.reports] == [1]
    for report in trained.reports:
        assert {key for key in report if "/" in key and not key.startswith("config/")} == {
            key for key in promised if "/" in key
        }
        assert {key for key in report if key.startswith("F1")} == {key for key in promised if key.startswith("F1")}
        assert promised <= set(report)
    assert (trained.folder / "weights" / "best.pt").is_file()
    assert trained.weights("best.pt")[metric] == trained.reports[0][metric]
