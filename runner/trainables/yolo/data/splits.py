"""The images and labels of the splits that a run reads: what is wrong with them, and what they hold."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runner.errors import Problem
from runner.trainables.yolo.data import classes, dataset, images
from runner.trainables.yolo.data.dataset import WHERE, problem
from runner.trainables.yolo.data.images import Images
from runner.trainables.yolo.data.labels import Fault, Labels, Rules, label_of, read_labels

EXAMPLES = 3
CLASSES_TOLD = 8

CONVERT = (
    "convert it with ultralytics.data.converter.convert_coco(FOLDER_OF_THE_JSON), and name the data.yaml of the result"
)
BOXES_REMEDY = {
    "segment": "label polygons, or choose a detection model, such as trainable.model=yolo11n.yaml",
    "obb": "label the four corners, or choose a detection model, such as trainable.model=yolo11n.yaml",
}
REMEDIES = {
    Fault.TEXT: "save them as UTF-8",
    Fault.NUMBERS: "correct these rows",
    Fault.MIXED: "label all of a file in one way: Ultralytics drops such files",
    Fault.CLASS: "correct the ids, which start at 0, or names: in the data.yaml",
    Fault.RANGE: "divide x and width by the width of the image, y and height by its height",
    Fault.CORNERS: "label four corners, unless the smallest turned box around each polygon is what you want",
    Fault.DUPLICATE: "remove one of them; Ultralytics leaves it out anyway",
}


@dataclass(frozen=True)
class Split:
    """One split after reading."""

    key: str
    images: Images
    labels: Labels


def problems(keys: Iterable[str], content: Mapping[str, Any], start: Path, rules: Rules | None) -> Iterator[Problem]:
    """Of images and label files. Without `rules`, which the data.yaml does not tell, labels are only looked for."""
    read = []
    for key in keys:
        places = dataset.places(content, key, start)
        lost = [place for place in places if not place.exists()]
        for place in lost:
            yield problem(f"{key}: there is no {place}", "correct path: and the split in the data.yaml")
        jsons = [place for place in places if place.suffix == ".json"]
        for place in jsons:
            yield problem(f"{key}: {place} is COCO's JSON, which Ultralytics does not read", CONVERT)
        if places and not lost and not jsons:
            found = images.find(places)
            yield from _image_problems(key, places, found)
            read.append(Split(key, found, read_labels(found.paths, rules or Rules("detect", None))))
    for split in read:
        yield from _label_problems(split, start)
    if rules is None:
        return
    yield from _fault_problems(read, start, rules)
    yield from _class_problems(read, classes.names(content))
    if read:
        yield Problem("yolo-data-counts", WHERE, _told(read, classes.names(content)), fatal=False)


def _image_problems(key: str, places: list[Path], found: Images) -> Iterator[Problem]:
    for place in found.unreadable:
        yield problem(f"{key}: {place} is no list of images", "name a folder, or a text file with a path a line")
    if found.adrift:
        message = f"{key}: {len(found.adrift)} listed images start in no folder, such as {found.adrift[0]}"
        yield problem(message, "begin each with ./ for the folder of the list, or write it from the root on")
    if found.absent:
        some = ", ".join(map(str, found.absent[:EXAMPLES]))
        message = f"{key}: {len(found.absent)} listed images do not exist, such as {some}"
        yield problem(message, "correct the list")
    if not (found.paths or found.adrift or found.absent or found.unreadable):
        yield problem(f"{key}: no images in {', '.join(map(str, places))}", "put the images there")


def _label_problems(split: Split, start: Path) -> Iterator[Problem]:
    """No labels at all, or some images without."""
    labels, key = split.labels, split.key
    if not labels.images:
        return
    if labels.missing == labels.images:
        jsons = [*start.glob("annotations/*.json"), *split.images.paths[0].parent.glob("*.json")]
        message = f"{key}: no labels, such as {label_of(split.images.paths[0])}"
        if jsons:
            yield problem(f"{message}; {jsons[0]} seems to be COCO's JSON, which Ultralytics does not read", CONVERT)
        else:
            remedy = "put a .txt beside each image, in a folder labels/ where the image's is images/"
            yield problem(message, remedy)
    elif not labels.labelled:
        yield problem(f"{key}: no labels, every label file is empty", "label what the images show")
    elif labels.missing or labels.empty:
        message = (
            f"{key}: {labels.missing + labels.empty} of {labels.images} images count as background"
            f" ({labels.empty} empty label files, {labels.missing} without one)"
        )
        yield problem(message, "label them if they show something", fatal=False)


def _fault_problems(read: Sequence[Split], start: Path, rules: Rules) -> Iterator[Problem]:
    """Each kind once, over all splits."""
    total = sum(split.labels.images - split.labels.missing for split in read)
    for fault in Fault:
        files: dict[Path, int] = {}
        for split in read:
            files |= split.labels.faults.get(fault, {})
        if files:
            examples = [f"{_relative(path, start)}:{line}" for path, line in list(files.items())[:EXAMPLES]]
            message = f"{len(files)} of {total} label files {fault}: {', '.join(examples)}"
            yield problem(message, _fault_remedy(fault, rules), fatal=fault.fatal)


def _fault_remedy(fault: Fault, rules: Rules) -> str:
    if fault is Fault.COLUMNS:
        return f"write each row as {rules.row}"
    return BOXES_REMEDY[rules.task] if fault is Fault.BOXES else REMEDIES[fault]


def _relative(path: Path, start: Path) -> Path:
    return path.relative_to(start) if path.is_relative_to(start) else path


def _class_problems(read: Sequence[Split], names: Sequence[str]) -> Iterator[Problem]:
    for split in read:
        unseen = [name for number, name in enumerate(names) if not split.labels.instances[number]]
        if split.key == "train" and unseen and split.labels.instances:
            rest = len(unseen) - CLASSES_TOLD
            listed = ", ".join(unseen[:CLASSES_TOLD]) + (f" and {rest} more" if rest > 0 else "")
            yield problem(f"train shows no {listed}", "label some, or take them out of names:", fatal=False)


def _told(read: Sequence[Split], names: Sequence[str]) -> str:
    """One line: images and instances of each split, and the instances of each class in the first, train."""
    sizes = [
        f"{split.key} {split.labels.images} images, {split.labels.labelled} labelled,"
        f" {split.labels.instances.total()} instances"
        for split in read
    ]
    return f"{'; '.join(sizes)} ({_per_class(read[0].labels.instances, names)} in {read[0].key})"


def _per_class(instances: Counter[int], names: Sequence[str]) -> str:
    counts = sorted(((instances[number], name) for number, name in enumerate(names)), reverse=True)
    told = ", ".join(f"{name} {count}" for count, name in counts[:CLASSES_TOLD])
    rest = counts[CLASSES_TOLD:]
    return f"{told}, {len(rest)} more with {rest[-1][0]} to {rest[0][0]}" if rest else told
