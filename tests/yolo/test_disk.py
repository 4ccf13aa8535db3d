"""How much disk the weights take, told before the start."""

import dataclasses
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from runner.config.experiment import Choice
from runner.errors import Problem
from runner.trainables.yolo import Yolo, disk, models
from tests.yolo.conftest import experiment


def found(project: Path, **options: Any) -> list[Problem]:
    trainable = Yolo(data="shapes", **{"model": "yolo11x.yaml", **options})
    planned = experiment(trainable, {"lr0": "grid([" + ",".join(["0.01"] * 50) + "])"})
    return list(disk.check(trainable, planned, project))


def with_free(monkeypatch: pytest.MonkeyPatch, free: float) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=free))


@pytest.mark.parametrize(
    ("model", "millions"),
    [
        ("yolo11n.yaml", 2.6), ("yolo11n.pt", 2.6), ("yolo11x-seg.yaml", 62.1), ("yolov8s-seg.yaml", 11.2),
        ("yolov5m.pt", 25.9), ("yolo11.yaml", 2.6), ("rtdetr-l.yaml", None), ("mine.pt", None),
    ],
)  # fmt: skip
def test_parameters_by_name(tmp_path: Path, model: str, millions: float | None) -> None:
    told = disk.parameters(model, tmp_path)
    assert (told and round(told / 1e6, 1)) == millions


def test_parameters_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "mine.pt").write_bytes(b"0" * 2100)
    assert disk.parameters("mine.pt", tmp_path) == 1000
    layers = models.architecture("yolo11.yaml")
    assert layers
    shutil.copyfile(layers, tmp_path / "mine11s.yaml")
    assert disk.parameters("mine11s.yaml", tmp_path) == disk.parameters("yolo11s.yaml", tmp_path)
    (tmp_path / "own8n.yaml").write_text("backbone: []\nhead: []\n")
    assert disk.parameters("own8n.yaml", tmp_path) is None


def test_much_is_told_and_little_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_free(monkeypatch, 1e12)
    [told] = found(tmp_path)
    assert (told.message, told.fatal) == ("the weights of 50 trials take about 16.6 GB", False)
    [told] = found(tmp_path, keep_best=5)
    assert told.message == "the weights of the best 5 of 50 trials take about 5.8 GB"
    assert found(tmp_path, model="yolo11n.yaml", keep_best=5) == []


def test_what_the_disk_does_not_hold_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_free(monkeypatch, 8e9)
    [told] = found(tmp_path)
    assert told.fatal
    assert told.message.startswith("the weights of 50 trials take about 16.6 GB, and 8.0 GB are free below")
    assert told.remedy.startswith("type trainable.keep_best=5")
    assert not found(tmp_path, keep_best=5)[0].fatal
    with_free(monkeypatch, 1e9)
    assert "keep_best" not in found(tmp_path, keep_best=5)[0].remedy


def test_trials_that_are_cut_short_leave_more(tmp_path: Path) -> None:
    options = Yolo(model="yolo11n.yaml", data="shapes")
    trained = experiment(options)
    cut_short = dataclasses.replace(trained, scheduler=Choice("asha"))
    assert disk.need(1, cut_short, 10, None) == pytest.approx(10 * 20.4 + 81.6)
    assert disk.need(1, trained, 10, None) == pytest.approx(10 * 4.2 + 81.6)
