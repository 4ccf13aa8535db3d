"""The images of a split, as the library finds them (BaseDataset.get_img_files)."""

import glob
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from runner.trainables.yolo import package


@cache
def suffixes() -> frozenset[str]:
    """What the library reads as an image: .jpg, .png, ..."""
    return frozenset(f".{name}" for name in package.constants("data/utils.py")["IMG_FORMATS"])


@dataclass
class Images:
    """Of one split.

    Attributes:
        paths: every image, absolute.
        adrift: entries of a list that start neither at the root nor with ./, where the list's folder would be.
        absent: images of a list that do not exist.
        unreadable: lists that are not text.
    """

    paths: list[Path] = field(default_factory=list)
    adrift: list[str] = field(default_factory=list)
    absent: list[Path] = field(default_factory=list)
    unreadable: list[Path] = field(default_factory=list)


def find(places: Iterable[Path]) -> Images:
    """The images in folders, at any depth, and in lists of one path a line; files of other kinds are left out."""
    found = Images()
    for place in places:
        if place.is_dir():
            found.paths += [path for path in _below(place) if path.suffix.lower() in suffixes()]
        else:
            _read_list(place, found)
    return found


def _below(folder: Path) -> list[Path]:
    """Hidden files and folders are left out."""
    return [Path(name) for name in sorted(glob.glob(f"{glob.escape(str(folder))}/**/*.*", recursive=True))]  # noqa: PTH207 -- follows links as the library does


def _read_list(place: Path, found: Images) -> None:
    try:
        lines = place.read_text(encoding="utf-8-sig").strip().splitlines()
    except UnicodeDecodeError:
        found.unreadable.append(place)
        return
    for line in lines:
        path = place.parent / line
        if path.suffix.lower() not in suffixes():
            continue
        if not line.startswith(("./", "/")):
            found.adrift.append(line)
        elif path.is_file():
            found.paths.append(path)
        else:
            found.absent.append(path)
