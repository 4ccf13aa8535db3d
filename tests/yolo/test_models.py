"""What a model's name and its file tell."""

import os
import pickle
import zipfile
from pathlib import Path
from typing import Any

import pytest

from runner.trainables.yolo import models


@pytest.mark.parametrize(
    ("model", "task"),
    [
        ("yolo11n.yaml", "detect"), ("yolo11n-seg.yaml", "segment"), ("yolo11x-pose.yaml", "pose"),
        ("yolo11n-obb.pt", "obb"), ("yolo11n-cls.pt", "classify"), ("yolo11n.pt", "detect"),
        ("yolo26s-seg.pt", "segment"),
        ("rtdetr-l.yaml", "detect"), ("rtdetr-l.pt", "detect"), ("yolov8n-p2.yaml", "detect"),
        ("yolov10n.yaml", "detect"),
        ("yolov9c-seg.yaml", "segment"), ("yolo26n-depth.pt", None), ("yolo26n-sem.yaml", None), ("mine.pt", None),
        ("runs/mine-seg.pt", "segment"),
    ],
)  # fmt: skip
def test_the_task(model: str, task: str | None) -> None:
    assert models.task_of(model) == task


def test_the_scale_letter_is_no_part_of_the_file_name() -> None:
    assert models.architecture("yolo11n-seg.yaml") == models.architectures()["yolo11-seg.yaml"]
    assert models.architecture("yolov10n.yaml") == models.architectures()["yolov10n.yaml"]
    assert models.architecture("yolo13n.yaml") is None


def test_a_file_of_the_user_tells_its_task(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("head: [[-1, 1, Conv, [64]], [[1], 1, Segment, [nc, 32, 256]]]\n")
    assert models.task_of("mine.yaml", tmp_path) == "segment"


def test_weights_that_can_be_fetched() -> None:
    assert {"yolo11n.pt", "yolo11n-seg.pt", "yolo26x.pt", "rtdetr-l.pt"} <= models.weights()
    assert not {"sam_b.pt", "FastSAM-s.pt"} & models.weights()


def test_a_model_of_the_user_comes_first(tmp_path: Path) -> None:
    assert models.resolve("yolo11n.pt", tmp_path) == "yolo11n.pt"
    assert models.must_be_fetched("yolo11n.pt", tmp_path)
    fetched = models.weights_folder(tmp_path) / "yolo11n.pt"
    fetched.parent.mkdir(parents=True)
    fetched.touch()
    assert models.resolve("yolo11n.pt", tmp_path) == str(fetched)
    (tmp_path / "yolo11n.pt").touch()
    assert models.resolve("yolo11n.pt", tmp_path) == str(tmp_path / "yolo11n.pt")
    assert not models.must_be_fetched("yolo11n.pt", tmp_path)


class Runs:
    """Pickled, it makes the folder `made` when it is loaded."""

    def __init__(self, made: Path) -> None:
        self.made = made

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.made),)


def weights(file: Path, content: Any) -> Path:
    """A file as torch.save writes it, without the numbers."""
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(f"{file.stem}/data.pkl", pickle.dumps(content, protocol=2))
    return file


def test_weights_tell_their_task_and_nothing_of_them_runs(tmp_path: Path) -> None:
    task = "segment"  # the same text twice: the second is a reference to the first
    content = {"model": {"task": "detect", "kind": task}, "run": Runs(tmp_path / "made"), "train_args": {"task": task}}
    weights(tmp_path / "best.pt", content)
    assert models.task_of("best.pt", tmp_path) == task
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("content", [{"model": 1}, {"train_args": {"imgsz": 96}}, {"train_args": {"task": "depth"}}])
def test_weights_without_a_task_of_ours(tmp_path: Path, content: Any) -> None:
    weights(tmp_path / "best.pt", content)
    assert models.task_of("best.pt", tmp_path) is None


def test_a_file_that_is_no_weights(tmp_path: Path) -> None:
    (tmp_path / "best.pt").write_text("text")
    assert models.task_of("best.pt", tmp_path) is None
    assert models.task_of("absent.pt", tmp_path) is None
