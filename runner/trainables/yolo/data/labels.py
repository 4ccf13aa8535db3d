"""What label files hold, and what is wrong with them, read without the library.

The rules are those of verify_image_label and verify_labels in ultralytics/data, which drops a faulty file in silence
or ends the first trial; a test holds every file that the library drops to be found here too. Where the library checks
less (the box of a pose, corners of a polygon) the rule here is the same for every coordinate.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal

from runner.trainables.yolo.models import Task

LEAST, MOST = -0.01, 1.01
"""The library takes coordinates that lie outside of the image by a hundredth."""

BOX_COLUMNS = 5
LEAST_POLYGON_COLUMNS = 7
CORNER_COLUMNS = 9
"""The class before x y width height, three points, and four."""


class Fault(StrEnum):
    """What can be wrong with a row, as a sentence's end; the last two are warnings."""

    TEXT = "are not text in UTF-8"
    NUMBERS = "hold something else than numbers"
    BOXES = "hold boxes where polygons are needed"
    MIXED = "hold boxes and polygons"
    COLUMNS = "hold rows of a wrong length"
    CLASS = "hold class ids that the data.yaml does not name"
    RANGE = "hold coordinates outside of 0..1"
    CORNERS = "hold polygons of other than 4 corners"
    DUPLICATE = "hold the same row twice"

    @property
    def fatal(self) -> bool:
        return self not in {Fault.CORNERS, Fault.DUPLICATE}


@dataclass(frozen=True)
class Rules:
    """What a row must hold.

    Args:
        task: of the model: detect, segment, pose or obb.
        classes: number of classes, None where any id is taken (single_cls).
        keypoints: count and numbers of each, as kpt_shape says; (0, 0) where it says nothing.
    """

    task: Task
    classes: int | None
    keypoints: tuple[int, int] = (0, 0)

    @property
    def row(self) -> str:
        """The form of a row, for people."""
        if self.task == "pose":
            count, numbers = self.keypoints
            return f"class x y width height and {numbers} numbers for each of {count} keypoints"
        polygon = "class x1 y1 x2 y2 x3 y3 ..."
        forms = {"segment": polygon, "obb": "class x1 y1 x2 y2 x3 y3 x4 y4"}
        return forms.get(self.task, f"class x y width height, or {polygon}")

    def shape(self, columns: int) -> Literal["box", "polygon"] | None:
        """What a row of that length holds; keypoints come with a box, and are left out by tasks without any."""
        with_keypoints = BOX_COLUMNS + self.keypoints[0] * self.keypoints[1]
        if columns == with_keypoints or (columns == BOX_COLUMNS and self.task != "pose"):
            return "box"
        polygonal = self.task != "pose" and columns >= LEAST_POLYGON_COLUMNS and columns % 2
        return "polygon" if polygonal else None

    def fault(self, numbers: list[float]) -> Fault | None:
        """The first fault of one row: its class and what follows it."""
        shape = self.shape(len(numbers))
        if shape is None:
            return Fault.COLUMNS
        if shape == "box" and self.task in {"segment", "obb"}:
            return Fault.BOXES
        if not math.isfinite(sum(numbers)):
            return Fault.NUMBERS
        if numbers[0] % 1 or numbers[0] < 0 or (self.classes is not None and numbers[0] >= self.classes):
            return Fault.CLASS
        coordinates = self._coordinates(numbers) if shape == "box" else numbers[1:]
        if min(coordinates) < LEAST or max(coordinates) > MOST or (shape == "box" and min(numbers[3:5]) < 0):
            return Fault.RANGE
        return Fault.CORNERS if self.task == "obb" and len(numbers) != CORNER_COLUMNS else None

    def _coordinates(self, numbers: list[float]) -> list[float]:
        """Of a box, and of the keypoints that the task reads, whose third number is no coordinate."""
        box, rest = numbers[1:BOX_COLUMNS], numbers[BOX_COLUMNS:]
        if self.task != "pose":
            return box
        step = self.keypoints[1]
        return box + rest[::step] + rest[1::step]


@dataclass
class Labels:
    """What the labels of one split hold.

    Attributes:
        images: number of images; missing: of those without a label file; empty: of those with an empty one.
        instances: rows of each class.
        faults: kind to label file to the first line that has it (0: the whole file).
    """

    images: int = 0
    missing: int = 0
    empty: int = 0
    instances: Counter[int] = field(default_factory=Counter)
    faults: dict[Fault, dict[Path, int]] = field(default_factory=dict)

    @property
    def labelled(self) -> int:
        return self.images - self.missing - self.empty


def read_labels(images: Iterable[Path], rules: Rules) -> Labels:
    """Read the label file of every image."""
    found = Labels()
    for image in images:
        path = label_of(image)
        found.images += 1
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (FileNotFoundError, IsADirectoryError):  # a folder of that name is no label file to the library
            found.missing += 1
            continue
        except UnicodeDecodeError:
            found.faults.setdefault(Fault.TEXT, {})[path] = 0
            continue
        lines = text.splitlines()
        if not text.strip():
            found.empty += 1
        for number, fault in _file_faults(lines, rules, found.instances):
            found.faults.setdefault(fault, {}).setdefault(path, number)
    return found


def _file_faults(lines: list[str], rules: Rules, instances: Counter[int]) -> Iterator[tuple[int, Fault]]:
    """Line and fault of each faulty row; counts the classes of the others."""
    shapes = set()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = [float(part) for part in line.split()]
        except ValueError:
            yield number, Fault.NUMBERS
            continue
        fault = rules.fault(row)
        if fault:
            yield number, fault
        if not fault or not fault.fatal:
            instances[int(row[0])] += 1
            shapes.add(rules.shape(len(row)))
            if len(shapes) > 1:
                yield number, Fault.MIXED
    if len(set(lines)) < len(lines):
        yield from _duplicates(lines)


def _duplicates(lines: list[str]) -> Iterator[tuple[int, Fault]]:
    seen = set()
    for number, line in enumerate(lines, 1):
        if line.strip() and line in seen:
            yield number, Fault.DUPLICATE
        seen.add(line)


def label_of(image: Path) -> Path:
    """The label file of an image: the last folder called images becomes labels (img2label_paths of the library)."""
    *parents, name = image.parts
    if "images" in parents:
        parents[len(parents) - 1 - parents[::-1].index("images")] = "labels"
    return Path(*parents, name).with_suffix(".txt")
