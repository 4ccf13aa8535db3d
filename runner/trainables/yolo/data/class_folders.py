"""Data sets for classification: a folder a split, a folder a class below it, and the images in that."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from runner.errors import Problem
from runner.trainables.yolo.data import images
from runner.trainables.yolo.data.dataset import WHERE, problem

NAMES = {"train": ("train",), "val": ("val", "validation", "valid"), "test": ("test",)}
"""The folders of a split, of which the library takes the first that there is."""
SHOWN = 5


def problems(folder: Path, split: str) -> Iterator[Problem]:
    """What is wrong with `folder`, and what it holds.

    Args:
        folder: holds train/, and val/ or what else trials validate on.
        split: on which they validate: train, val or test.
    """
    counts: dict[str, Mapping[str, int]] = {}
    for key in dict.fromkeys(("train", split)):
        place = next((folder / name for name in NAMES[key] if (folder / name).is_dir()), None)
        if place is None:
            yield problem(f"there is no {folder / key}", _remedy(folder, key))
            continue
        counts[key] = _count(place)
        if not any(counts[key].values()):
            remedy = "put the images of each class into a folder that has its name"
            yield problem(f"{key}: no images in folders of {place}", remedy)
    if "train" in counts:
        yield from _class_problems(counts["train"], counts.get(split, {}), split)
        yield Problem("yolo-data-counts", WHERE, _told(counts), fatal=False)


def _remedy(folder: Path, key: str) -> str:
    others = [other for other in ("val", "test") if any((folder / name).is_dir() for name in NAMES[other])]
    typed = f", or type trainable.train_args.split={others[0]}" if others and key != "train" else ""
    return f"put images there, in a folder for each class{typed}"


def _count(place: Path) -> dict[str, int]:
    """Images of each class."""
    classes = sorted(path for path in place.iterdir() if path.is_dir())
    return {path.name: len(images.find([path]).paths) for path in classes}


def _class_problems(train: Mapping[str, int], other: Mapping[str, int], split: str) -> Iterator[Problem]:
    if len(train) == 1:
        message = f"train holds one class only, {next(iter(train))}"
        yield problem(message, "add a folder for each other class")
    empty = [name for name, count in train.items() if not count]
    if empty and any(train.values()):
        message = f"train holds no image of {_listed(empty)}"
        yield problem(message, "add some, or remove the empty folders", fatal=False)
    if not any(other.values()):
        return
    missing = [name for name, count in train.items() if count and not other.get(name)]
    if missing:
        message = f"{split} holds no image of {_listed(missing)}, whose accuracy is not measured"
        yield problem(message, f"put some of train's into {split}", fatal=False)
    unknown = [name for name, count in other.items() if count and name not in train]
    if unknown:
        message = f"{split} holds {_listed(unknown)}, which train does not: Ultralytics leaves these images out"
        yield problem(message, "name the folders of both splits alike", fatal=False)


def _listed(names: list[str]) -> str:
    rest = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {rest} more" if rest > 0 else "")


def _told(counts: Mapping[str, Mapping[str, int]]) -> str:
    train = counts["train"]
    sizes = ", ".join(f"{key} {sum(count.values())} images" for key, count in counts.items())
    least, most = (pick(train, key=train.__getitem__, default="") for pick in (min, max))
    spread = f"; in train from {train[least]} ({least}) to {train[most]} ({most}) a class" if train else ""
    return f"{sizes} of {len(train)} classes{spread}"
