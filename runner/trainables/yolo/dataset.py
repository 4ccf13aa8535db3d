"""Where a data set lies, whether it is whole, and the data.yaml with absolute paths that every trial of a run takes."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from runner.config.suggest import did_you_mean
from runner.errors import Problem
from runner.trainables.yolo import package, shapes
from runner.trainables.yolo.models import Task

IMAGES = frozenset({".bmp", ".dng", ".jpeg", ".jpg", ".mpo", ".png", ".tif", ".tiff", ".webp", ".pfm", ".heic"})
WHERE = "trainable.data"


@cache
def packaged() -> Mapping[str, Path]:
    """Name of each data.yaml of the package to its path."""
    return {path.name: path for path in sorted((package.root() / "cfg" / "datasets").glob("*.yaml"))}


def folder(project: Path) -> Path:
    """Where generated and downloaded data sets are kept, for all experiments of a project."""
    return project / "outputs" / "data"


def resolved_file(run_folder: Path) -> Path:
    """The data.yaml of a run."""
    return run_folder / "data.yaml"


def source(data: str, project: Path) -> Path | None:
    """The data.yaml, or for classification the folder of images, that the option names; None: there is none."""
    if data == shapes.NAME:  # trials of the other tasks take the run's data.yaml
        return shapes.place(shapes.Shapes("classify"), folder(project)).resolve()
    for path in (project / data, folder(project) / data):
        if path.is_file() or (path.is_dir() and (path / "train").is_dir()):
            return path.resolve()
    return packaged().get(data) or packaged().get(f"{data}.yaml")


def read(path: Path) -> dict[str, Any]:
    """The content of a data.yaml. Raises ValueError with what is wrong."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is not YAML: {error}") from error
    if not isinstance(content, dict):
        raise ValueError(f"{path} holds no keys")  # noqa: TRY004
    return content


def root(content: Mapping[str, Any], path: Path, project: Path) -> Path:
    """The folder that the paths in a data.yaml start from, absolute.

    `path:` is relative to the file, to the folder of the command, or to the folder of downloads: the first that exists.
    The library would look in the process's own folder, which in a worker of Ray is not the user's.
    """
    stated = Path(str(content.get("path") or "."))
    starts = (path.parent, project, folder(project))
    found = [start / stated for start in starts if (start / stated).is_dir() and _splits_exist(content, start / stated)]
    home = folder(project) if path in packaged().values() else path.parent
    return (found[0] if found else home / stated).resolve()


def _splits_exist(content: Mapping[str, Any], start: Path) -> bool:
    return all(place.exists() for key in ("train", "val") for place in _places(content.get(key), start))


def _places(value: Any, start: Path) -> list[Path]:
    values = value if isinstance(value, list) else [value]
    return [start / str(part) for part in values if part]


def resolve(path: Path, run_folder: Path, project: Path) -> Path:
    """Write the run's data.yaml: absolute paths, and no `download`, so that a trial never fetches anything."""
    content = read(path)
    start = root(content, path, project)
    resolved = {key: value for key, value in content.items() if key != "download"} | {"path": str(start)}
    target = resolved_file(run_folder)
    target.write_text(yaml.safe_dump(resolved, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return target


def must_be_fetched(data: str, project: Path) -> bool:
    """Whether it is a data set of the package that is not on this machine yet."""
    path = source(data, project)
    if path is None or path not in packaged().values():
        return False
    content = read(path)
    return not _splits_exist(content, root(content, path, project))


def home(data: str, project: Path) -> Path:
    """Where the images of a data set of the package belong."""
    path = packaged().get(data) or packaged()[f"{data}.yaml"]
    return root(read(path), path, project)


def tells_mirror(data: str, project: Path) -> bool:
    """Whether the data.yaml says which keypoints change places in a mirror; True where there is none to read."""
    path = source(data, project)
    try:
        return path is None or not path.is_file() or bool(read(path).get("flip_idx"))
    except ValueError:
        return True  # `problems` tells what is wrong with the file


def problems(data: str, task: Task | None, split: str, project: Path) -> Iterator[Problem]:
    """What is wrong with the data set on this machine."""
    if data == shapes.NAME:
        return
    path = source(data, project)
    if path is None:
        yield Problem("yolo-data", WHERE, f"there is no {data} in {project}", _remedy(data))
    elif path.is_dir() and task != "classify":
        yield Problem("yolo-data", WHERE, f"{path} is a folder", "name its data.yaml")
    elif path.is_file() and task == "classify":
        yield Problem("yolo-data", WHERE, "classification takes a folder with train/ and val/", "name that folder")
    elif path.is_file() and not must_be_fetched(data, project):
        yield from _file_problems(path, split, project)


def _remedy(data: str) -> str:
    named = did_you_mean(data, [*packaged(), shapes.NAME]) if "/" not in data else ""
    return f"type trainable.data=path/to/data.yaml{'; ' if named else ''}{named}"


def _file_problems(path: Path, split: str, project: Path) -> Iterator[Problem]:
    try:
        content = read(path)
    except ValueError as error:
        yield Problem("yolo-data", WHERE, str(error), "correct the file")
        return
    missing = [key for key in dict.fromkeys(("train", "val", split)) if not content.get(key)]
    if missing:
        remedy = f"add {missing[0]}: images/{missing[0]}"
        yield Problem("yolo-data", WHERE, f"{path} lacks {', '.join(missing)}", remedy)
    if content.get("names") is None and content.get("nc") is None:
        yield Problem("yolo-data", WHERE, f"{path} lacks names", "add names: with a name for each class")
    start = root(content, path, project)
    for key in dict.fromkeys(("train", "val", split)):
        for place in _places(content.get(key), start):
            yield from _place_problems(key, place)


def _place_problems(key: str, place: Path) -> Iterator[Problem]:
    if not place.exists():
        yield Problem("yolo-data", WHERE, f"{key}: there is no {place}", "correct path: and the split in the data.yaml")
        return
    if not place.is_dir():
        return  # a list of images: Ultralytics reads it when it builds the label cache
    images = [path for path in place.rglob("*") if path.suffix.lower() in IMAGES]
    if not images:
        yield Problem("yolo-data", WHERE, f"{key}: no images in {place}", "put the images there")
    elif not any(label_of(image).is_file() for image in images):
        remedy = "put a .txt beside each image, in a folder labels/ where the image's is images/"
        yield Problem("yolo-data", WHERE, f"{key}: no labels, such as {label_of(images[0])}", remedy)


def label_of(image: Path) -> Path:
    """The label file of an image: the last folder called images becomes labels."""
    parts = list(image.parts)
    if "images" in parts:
        parts[len(parts) - 1 - parts[::-1].index("images")] = "labels"
    return Path(*parts).with_suffix(".txt")
