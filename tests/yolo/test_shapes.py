"""The generated data set."""

import dataclasses
from pathlib import Path

import pytest
import yaml

from runner.trainables.yolo.data import dataset, shapes
from runner.trainables.yolo.data.labels import label_of
from runner.trainables.yolo.models import TASKS, Task

SMALL = shapes.Shapes(train=6, val=2, size=32)


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_same_parameters_give_the_same_files(tmp_path: Path) -> None:
    first = shapes.generate(SMALL, tmp_path / "a").parent
    second = shapes.generate(SMALL, tmp_path / "b").parent
    assert content(first) == content(second)
    other = shapes.generate(dataclasses.replace(SMALL, seed=1), tmp_path / "b").parent
    assert other != second
    assert content(other) != content(second)


def test_it_is_written_once_and_whole(tmp_path: Path) -> None:
    path = shapes.generate(SMALL, tmp_path)
    mark = path.parent / "mark"
    mark.touch()
    assert shapes.generate(SMALL, tmp_path) == path
    assert mark.exists()
    assert [entry.name for entry in tmp_path.iterdir()] == [SMALL.folder_name]


def test_polygons_lie_in_the_image_and_on_their_shape(tmp_path: Path) -> None:
    import cv2

    folder = shapes.generate(SMALL, tmp_path).parent
    images = sorted((folder / "images" / "train").iterdir())
    assert len(images) == 6
    for path in images:
        image = cv2.imread(str(path))
        assert image.shape == (32, 32, 3)
        lines = label_of(path).read_text().splitlines()
        assert lines
        for line in lines:
            kind, *values = line.split()
            corners = [float(value) for value in values]
            assert len(corners) == 2 * shapes.CORNERS[int(kind)]
            assert all(0 <= value <= 1 for value in corners)
            x, y = sum(corners[::2]) / (len(corners) / 2), sum(corners[1::2]) / (len(corners) / 2)
            assert image[int(y * 32), int(x * 32)].min() > 120  # the colour of a shape, not of the ground


@pytest.mark.parametrize("task", TASKS)
def test_each_task_has_a_place_of_its_own(tmp_path: Path, task: Task) -> None:
    data = dataclasses.replace(SMALL, task=task)
    path = shapes.generate(data, tmp_path)
    assert path == shapes.place(data, tmp_path)
    assert path.is_dir() if task == "classify" else path.name == "data.yaml"
    assert {shapes.Shapes(other).folder_name for other in TASKS if other != task}.isdisjoint({data.folder_name})


def labelled(task: Task, parent: Path) -> tuple[Path, list[str], list[list[float]]]:
    """The folder, and of each shape in the training images the class and the numbers."""
    folder = shapes.generate(dataclasses.replace(SMALL, task=task), parent).parent
    files = sorted((folder / "labels" / "train").iterdir())
    rows = [line.split() for file in files for line in file.read_text().splitlines()]
    return folder, [row[0] for row in rows], [[float(word) for word in row[1:]] for row in rows]


def test_the_tasks_label_the_same_images(tmp_path: Path) -> None:
    folder, kinds, _ = labelled("segment", tmp_path)
    for task, columns in (("detect", 4), ("obb", 8), ("pose", 4 + 4 * 3)):
        other, same_kinds, rows = labelled(task, tmp_path)  # type: ignore[arg-type]
        assert content(other / "images") == content(folder / "images")
        assert same_kinds == kinds
        assert {len(row) for row in rows} == {columns}


def test_boxes_and_keypoints_are_those_of_the_polygons(tmp_path: Path) -> None:
    polygons, boxes, poses = (labelled(task, tmp_path)[2] for task in ("segment", "detect", "pose"))
    for polygon, box, pose in zip(polygons, boxes, poses, strict=True):
        left, right, top, bottom = min(polygon[::2]), max(polygon[::2]), min(polygon[1::2]), max(polygon[1::2])
        assert box == pytest.approx([(left + right) / 2, (top + bottom) / 2, right - left, bottom - top], abs=1e-4)
        assert pose[:4] == box
        points = [pose[start : start + 3] for start in range(4, 16, 3)]
        assert [points[0][0], points[1][1], points[2][0], points[3][1]] == [left, top, right, bottom]
        assert {point[2] for point in points} == {2.0}


def test_the_oriented_box_of_a_square_is_the_square(tmp_path: Path) -> None:
    _, kinds, boxes = labelled("obb", tmp_path)
    _, _, polygons = labelled("segment", tmp_path)
    squares = [pair for kind, *pair in zip(kinds, boxes, polygons, strict=True) if kind == "1"]
    assert squares
    for box, polygon in squares:
        assert sorted(box[::2]) == pytest.approx(sorted(polygon[::2]), abs=1e-3)
        assert sorted(box[1::2]) == pytest.approx(sorted(polygon[1::2]), abs=1e-3)


def test_keypoints_keep_their_meaning_in_a_mirror(tmp_path: Path) -> None:
    content = yaml.safe_load(shapes.generate(dataclasses.replace(SMALL, task="pose"), tmp_path).read_text())
    assert content["kpt_shape"] == [4, 3]
    assert [content["flip_idx"][index] for index in content["flip_idx"]] == [0, 1, 2, 3]


def test_classification_has_a_folder_a_class(tmp_path: Path) -> None:
    data = shapes.Shapes("classify", train=20, val=20, size=32)
    folder = shapes.generate(data, tmp_path)
    for split in ("train", "val"):
        assert {path.name for path in (folder / split).iterdir()} == set(shapes.CLASSES)
        assert len(list((folder / split).rglob("*.png"))) == 20
    assert dataset.source("shapes", tmp_path) == shapes.place(shapes.Shapes("classify"), dataset.folder(tmp_path))


def test_every_class_occurs(tmp_path: Path) -> None:
    folder = shapes.generate(shapes.Shapes(train=20, val=20, size=32), tmp_path).parent
    for split in ("train", "val"):
        lines = [line for path in (folder / "labels" / split).iterdir() for line in path.read_text().splitlines()]
        assert {line.split()[0] for line in lines} == {"0", "1", "2"}
