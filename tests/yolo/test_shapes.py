"""The generated data set."""

import dataclasses
from pathlib import Path

from runner.trainables.yolo import dataset, shapes

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
        lines = dataset.label_of(path).read_text().splitlines()
        assert lines
        for line in lines:
            kind, *values = line.split()
            corners = [float(value) for value in values]
            assert len(corners) == 2 * shapes.CORNERS[int(kind)]
            assert all(0 <= value <= 1 for value in corners)
            x, y = sum(corners[::2]) / (len(corners) / 2), sum(corners[1::2]) / (len(corners) / 2)
            assert image[int(y * 32), int(x * 32)].min() > 120  # the colour of a shape, not of the ground


def test_every_class_occurs(tmp_path: Path) -> None:
    folder = shapes.generate(shapes.Shapes(train=20, val=20, size=32), tmp_path).parent
    for split in ("train", "val"):
        lines = [line for path in (folder / "labels" / split).iterdir() for line in path.read_text().splitlines()]
        assert {line.split()[0] for line in lines} == {"0", "1", "2"}
