"""The same digest for the same training data wherever it lies, and another for any other."""

import shutil
from pathlib import Path

import pytest

from runner.trainables.yolo import Yolo


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "here"
    for split in ("train", "val"):
        (root / "images" / split).mkdir(parents=True)
        (root / "labels" / split).mkdir(parents=True)
        for number in range(3):
            (root / "images" / split / f"{number}.png").write_bytes(b"0" * (number + 5))
            (root / "labels" / split / f"{number}.txt").write_text(f"{number} 0.5 0.5 0.1 0.1\n")
    (root / "data.yaml").write_text("path: .\ntrain: images/train\nval: images/val\nnames: [a, b, c]\n")
    return root


def digest(project: Path, data: str = "data.yaml") -> str:
    return Yolo(model="yolo11n.yaml", data=data).fingerprint(project)["data"]


def test_a_copy_elsewhere_is_the_same_data(project: Path, tmp_path: Path) -> None:
    before = digest(project)
    copy = tmp_path / "there"
    shutil.copytree(project, copy)
    (copy / "labels" / "train.cache").write_text("Ultralytics leaves this")
    assert digest(copy) == before
    text = (project / "data.yaml").read_text().replace("path: .", f"path: {copy}")
    (project / "data.yaml").write_text(text)
    assert digest(project) == before
    lists = text.replace("images/train", "train.txt")
    (copy / "train.txt").write_text("".join(f"./images/train/{number}.png\n" for number in range(3)))
    (project / "data.yaml").write_text(lists)
    assert digest(project) != before  # another data.yaml, read by the same trainable


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("labels/val/1.txt", "1 0.5 0.5 0.1 0.2\n"),
        ("images/train/2.png", "another size"),
        ("images/train/9.png", "one more"),
        ("data.yaml", "path: .\ntrain: images/train\nval: images/val\nnames: [a, b, d]\n"),
    ],
)
def test_what_is_changed_shows(project: Path, file: str, content: str) -> None:
    before = digest(project)
    (project / file).write_text(content)
    assert digest(project) != before


def test_a_label_that_is_gone_shows(project: Path) -> None:
    before = digest(project)
    (project / "labels" / "train" / "0.txt").unlink()
    assert digest(project) != before


def test_classification_and_weights(project: Path) -> None:
    before = digest(project, "images")
    (project / "images" / "train" / "0.png").rename(project / "images" / "val" / "new.png")
    assert digest(project, "images") != before
    (project / "mine.pt").write_bytes(b"weights")
    found = Yolo(model="mine.pt", data="nowhere.yaml").fingerprint(project)
    assert list(found) == ["model"]
