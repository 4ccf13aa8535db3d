"""The generated data set: coloured circles, squares and triangles, labelled for each task in Ultralytics' layout."""

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from runner.trainables.yolo.models import Task

if TYPE_CHECKING:
    import numpy as np

NAME = "shapes"
CLASSES = ("circle", "square", "triangle")
CORNERS = (24, 4, 3)
KEYPOINTS = {"kpt_shape": [4, 3], "flip_idx": [2, 1, 0, 3]}
"""Of pose: left, top, right and bottom of a shape; a mirror changes left and right."""
VERSION = 2
"""Part of the folder's name: raise it when the same parameters give other images or labels."""


@dataclass(frozen=True)
class Shapes:
    """What decides the data set.

    Args:
        task: for which it is labelled; images for classification show one shape.
        train, val: number of images of each split.
        size: side of an image, in pixels.
        most: most shapes in an image.
        seed: of the random generator.
    """

    task: Task = "segment"
    train: int = 80
    val: int = 32
    size: int = 96
    most: int = 3
    seed: int = 0

    @property
    def folder_name(self) -> str:
        text = repr((VERSION, CLASSES, CORNERS, astuple(self)))
        return f"{NAME}-{self.task}-{hashlib.sha256(text.encode()).hexdigest()[:10]}"


def place(shapes: Shapes, parent: Path) -> Path:
    """What train() takes as `data`: the data.yaml below `parent`, or for classification the folder."""
    folder = parent / shapes.folder_name
    return folder if shapes.task == "classify" else folder / "data.yaml"


def generate(shapes: Shapes, parent: Path) -> Path:
    """Its place below `parent`; written once, in one step, and used again from then on."""
    folder = parent / shapes.folder_name
    if not folder.is_dir():
        parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{NAME}-", dir=parent))
        _write(shapes, draft)
        draft.chmod(0o755)
        try:
            draft.rename(folder)
        except OSError:
            shutil.rmtree(draft)
            if not folder.is_dir():  # else another process was first
                raise
    return place(shapes, parent)


def _write(shapes: Shapes, folder: Path) -> None:
    import numpy as np

    generator = np.random.default_rng(shapes.seed)
    for split, count in (("train", shapes.train), ("val", shapes.val)):
        for index in range(count):
            if shapes.task == "classify":
                _write_classified(shapes, generator, folder / split, f"{index:04d}")
            else:
                _write_labelled(shapes, generator, folder, f"{split}/{index:04d}")
    if shapes.task != "classify":
        (folder / "data.yaml").write_text(_data_yaml(shapes.task))


def _data_yaml(task: Task) -> str:
    names = "".join(f"  {index}: {name}\n" for index, name in enumerate(CLASSES))
    keypoints = "".join(f"{key}: {value}\n" for key, value in KEYPOINTS.items()) if task == "pose" else ""
    return f"train: images/train\nval: images/val\n{keypoints}names:\n{names}"


def _write_classified(shapes: Shapes, generator: "np.random.Generator", split: Path, name: str) -> None:
    """An image of one shape, in the folder of its class."""
    polygon, kind = next(_polygons(shapes, generator))
    _draw(shapes, generator, [polygon], split / CLASSES[kind] / f"{name}.png")


def _write_labelled(shapes: Shapes, generator: "np.random.Generator", folder: Path, name: str) -> None:
    """An image below images/, and its label below labels/: a line a shape, its class and numbers in 0..1."""
    drawn = list(_polygons(shapes, generator))
    _draw(shapes, generator, [polygon for polygon, _ in drawn], folder / "images" / f"{name}.png")
    label = folder / "labels" / f"{name}.txt"
    label.parent.mkdir(parents=True, exist_ok=True)
    rows = ((kind, LABELS[shapes.task](polygon).reshape(-1)) for polygon, kind in drawn)
    label.write_text("".join(" ".join([str(kind), *(f"{value:.5f}" for value in row)]) + "\n" for kind, row in rows))


def _draw(shapes: Shapes, generator: "np.random.Generator", polygons: list["np.ndarray"], path: Path) -> None:
    """Write one image (size, size, 3) of uint8."""
    import cv2
    import numpy as np

    background = generator.integers(0, 90, 3)
    noise = generator.normal(0, 8, (shapes.size, shapes.size, 3))
    image = np.clip(background + noise, 0, 255).astype(np.uint8)
    for polygon in polygons:
        colour = [int(value) for value in generator.integers(130, 256, 3)]
        cv2.fillPoly(image, [np.round(polygon * shapes.size).astype(np.int32)], colour)
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), image)


def _polygons(shapes: Shapes, generator: "np.random.Generator") -> Iterator[tuple["np.ndarray", int]]:
    """Polygons of (corners, 2) in 0..1 that do not overlap, with their class; one at the least."""
    import numpy as np

    taken: list[tuple[float, float, float]] = []
    for _ in range(int(generator.integers(1, shapes.most + 1))):
        radius = float(generator.uniform(0.12, 0.22))
        x, y = (float(value) for value in generator.uniform(radius, 1 - radius, 2))
        kind = int(generator.integers(len(CLASSES)))
        turn = float(generator.uniform(0, 2 * np.pi))
        if any(np.hypot(x - other_x, y - other_y) < radius + other for other_x, other_y, other in taken):
            continue
        taken.append((x, y, radius))
        angles = turn + np.linspace(0, 2 * np.pi, CORNERS[kind], endpoint=False)
        yield np.stack([x + radius * np.cos(angles), y + radius * np.sin(angles)], axis=1), kind


def _box(polygon: "np.ndarray") -> "np.ndarray":
    """Centre, width and height (4,) of the box along the axes."""
    import numpy as np

    low, high = polygon.min(axis=0), polygon.max(axis=0)
    return np.concatenate([(low + high) / 2, high - low])


def _oriented_box(polygon: "np.ndarray") -> "np.ndarray":
    """Corners (4, 2) of the smallest turned box; those of a triangle may lie outside of the image, and are moved in."""
    import cv2
    import numpy as np

    corners: np.ndarray = cv2.boxPoints(cv2.minAreaRect(polygon.astype(np.float32)))
    return corners.clip(0, 1)


def _keypoints(polygon: "np.ndarray") -> "np.ndarray":
    """The box, then x, y and 2 (labelled and visible) of each keypoint (16,)."""
    import numpy as np

    x, y = polygon[:, 0], polygon[:, 1]
    points = polygon[[x.argmin(), y.argmin(), x.argmax(), y.argmax()]]
    return np.concatenate([_box(polygon), np.column_stack([points, np.full(len(points), 2)]).reshape(-1)])


LABELS: dict[Task, Callable[["np.ndarray"], "np.ndarray"]] = {
    "detect": _box,
    "segment": lambda polygon: polygon,
    "pose": _keypoints,
    "obb": _oriented_box,
}
