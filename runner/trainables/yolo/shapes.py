"""The generated data set: coloured circles, squares and triangles with polygons, in Ultralytics' layout."""

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

NAME = "shapes"
CLASSES = ("circle", "square", "triangle")
CORNERS = (24, 4, 3)
VERSION = 1
"""Part of the folder's name: raise it when the same parameters give other images."""


@dataclass(frozen=True)
class Shapes:
    """What decides the data set.

    Args:
        train, val: number of images of each split.
        size: side of an image, in pixels.
        most: most shapes in an image.
        seed: of the random generator.
    """

    train: int = 80
    val: int = 32
    size: int = 96
    most: int = 3
    seed: int = 0

    @property
    def folder_name(self) -> str:
        text = repr((VERSION, CLASSES, CORNERS, astuple(self)))
        return f"{NAME}-{hashlib.sha256(text.encode()).hexdigest()[:10]}"


def generate(shapes: Shapes, parent: Path) -> Path:
    """The data.yaml of the data set below `parent`; written once, in one step, and used again from then on."""
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
    return folder / "data.yaml"


def _write(shapes: Shapes, folder: Path) -> None:
    import cv2
    import numpy as np

    generator = np.random.default_rng(shapes.seed)
    for split, count in (("train", shapes.train), ("val", shapes.val)):
        images, labels = folder / "images" / split, folder / "labels" / split
        images.mkdir(parents=True)
        labels.mkdir(parents=True)
        for index in range(count):
            image, lines = _draw(shapes, generator)
            cv2.imwrite(str(images / f"{index:04d}.png"), image)
            (labels / f"{index:04d}.txt").write_text("".join(lines))
    names = "".join(f"  {index}: {name}\n" for index, name in enumerate(CLASSES))
    (folder / "data.yaml").write_text(f"train: images/train\nval: images/val\nnames:\n{names}")


def _draw(shapes: Shapes, generator: "np.random.Generator") -> tuple["np.ndarray", list[str]]:
    """One image (size, size, 3) of uint8 and its label lines: class, then x y of each corner in 0..1."""
    import cv2
    import numpy as np

    background = generator.integers(0, 90, 3)
    noise = generator.normal(0, 8, (shapes.size, shapes.size, 3))
    image = np.clip(background + noise, 0, 255).astype(np.uint8)
    lines = []
    for polygon, kind in _polygons(shapes, generator):
        colour = [int(value) for value in generator.integers(130, 256, 3)]
        cv2.fillPoly(image, [np.round(polygon * shapes.size).astype(np.int32)], colour)
        lines.append(" ".join([str(kind), *(f"{value:.5f}" for value in polygon.reshape(-1))]) + "\n")
    return image, lines


def _polygons(shapes: Shapes, generator: "np.random.Generator") -> Iterator[tuple["np.ndarray", int]]:
    """Polygons of (corners, 2) in 0..1 that do not overlap, with their class."""
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
