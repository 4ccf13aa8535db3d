"""The classes and the keypoints that a data.yaml names."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from runner.errors import Problem
from runner.trainables.yolo.data.dataset import problem
from runner.trainables.yolo.models import Task


def problems(path: Path, content: Mapping[str, Any], task: Task | None) -> Iterator[Problem]:
    """Of the data.yaml itself: its classes and keypoints."""
    names, count = content.get("names"), content.get("nc")
    if names is None and count is None:
        yield problem(f"{path} lacks names", "add names: with a name for each class")
    elif names is None and (not isinstance(count, int) or count < 1):
        yield problem(f"{path}: nc is {count!r}, no number of classes", "add names: with a name for each class")
    elif names is not None:
        yield from _name_problems(path, names, count)
    if task == "pose" and keypoints(content) == (0, 0):
        message = f"{path}: kpt_shape is {content.get('kpt_shape')!r}, and a pose model needs [keypoints, 2 or 3]"
        yield problem(message, "add kpt_shape: [17, 3], the number of keypoints and the numbers of each")
    mirror = content.get("flip_idx")
    if task == "pose" and mirror and not _is_order(mirror, keypoints(content)[0]):
        message = f"{path}: flip_idx is {mirror!r}, which is no order of {keypoints(content)[0]} keypoints"
        yield problem(message, "list every keypoint of kpt_shape once, the first is 0")


def _is_order(mirror: Any, count: int) -> bool:
    return isinstance(mirror, list) and sorted(map(str, mirror)) == sorted(map(str, range(count)))


def _name_problems(path: Path, names: Any, count: Any) -> Iterator[Problem]:
    if not isinstance(names, list | dict) or not names:
        yield problem(f"{path}: names is {names!r}, no list of names", "write names: [first, second]")
    elif isinstance(names, dict) and sorted(map(str, names)) != sorted(map(str, range(len(names)))):
        yield problem(f"{path}: the ids in names are not 0 to {len(names) - 1}", "number the classes from 0 on")
    elif count is not None and str(count) != str(len(names)):
        yield problem(f"{path}: nc is {count!r}, and names has {len(names)}", "remove nc")


def keypoints(content: Mapping[str, Any]) -> tuple[int, int]:
    """kpt_shape, or (0, 0) where it is missing or wrong."""
    match content.get("kpt_shape"):
        case [int(count), 2 | 3 as numbers] if count > 0:
            return count, numbers
    return 0, 0


def names(content: Mapping[str, Any]) -> list[str]:
    names = content.get("names") or [f"class_{number}" for number in range(int(content["nc"]))]
    return [str(names[key]) for key in sorted(names, key=int)] if isinstance(names, dict) else list(map(str, names))
