"""A data set and weights as digests of their content: the same digest, the same training data."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from runner.trainables.yolo import models
from runner.trainables.yolo.data import dataset, images, shapes
from runner.trainables.yolo.data.labels import label_of

if TYPE_CHECKING:
    from runner.trainables.yolo import Yolo

SPLITS = ("train", "val", "test")
HOMES = ("path", "download")
"""Keys of a data.yaml that say where the images come from, and nothing of what they are."""


def fingerprint(options: "Yolo", project: Path) -> dict[str, str]:
    """Digests of the data and of the model's file, each where it is on this machine.

    Of an image its name and its size count, of a label file every byte: 10,000 images take a second.
    """
    found = {}
    data = _data(options, project)
    if data is not None and data.exists():
        found["data"] = _digest(_of_folder(data) if data.is_dir() else _of_yaml(data, project))
    model = Path(models.resolve(options.model, project))
    if model.is_file():
        with model.open("rb") as file:
            found["model"] = f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
    return found


def _data(options: "Yolo", project: Path) -> Path | None:
    if options.data == shapes.NAME:
        return shapes.place(shapes.Shapes(options.known_task(project) or "detect"), dataset.folder(project))
    return dataset.source(options.data, project)


def _digest(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))  # so that no two lists of parts run together
        digest.update(part)
    return f"sha256:{digest.hexdigest()}"


def _of_yaml(path: Path, project: Path) -> Iterator[bytes]:
    """What the data.yaml says, and the images of its splits in order of their names."""
    content = dataset.read(path)
    yield repr(sorted((str(key), value) for key, value in content.items() if key not in HOMES)).encode()
    start = dataset.root(content, path, project)
    for split in SPLITS:
        yield split.encode()
        yield from _of_images(images.find(dataset.places(content, split, start)).paths, start)


def _of_folder(root: Path) -> Iterator[bytes]:
    """Of classification: the class is the name of an image's folder."""
    for image in images.find([root]).paths:
        yield _named(image, root)


def _of_images(paths: Iterable[Path], start: Path) -> Iterator[bytes]:
    for image in sorted(paths):
        yield _named(image, start)
        label = label_of(image)
        yield label.read_bytes() if label.is_file() else b""


def _named(image: Path, start: Path) -> bytes:
    name = image.relative_to(start) if image.is_relative_to(start) else Path(image.name)
    return f"{name.as_posix()} {image.stat().st_size}".encode()
