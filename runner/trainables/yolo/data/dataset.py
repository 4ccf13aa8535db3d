"""Where a data set lies, and the data.yaml with absolute paths that every trial of a run takes."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from runner.errors import Problem
from runner.trainables.yolo import package
from runner.trainables.yolo.data import downloads, shapes

WHERE = "trainable.data"


@cache
def packaged() -> Mapping[str, Path]:
    """Name of each data.yaml of the package to its path."""
    return {path.name: path for path in sorted((package.root() / "cfg" / "datasets").glob("*.yaml"))}


def shipped(path: Path) -> Path | None:
    """The package's own data.yaml that `path` is or is a copy of, byte for byte; None where there is no such one."""
    content = path.read_bytes()
    return next((own for own in packaged().values() if own.read_bytes() == content), None)


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
    if "val" not in content and "validation" in content:  # the library takes that name too
        content["val"] = content.pop("validation")
    for key in ("train", "val", "test"):
        value = content.get(key)
        if value is not None and not isinstance(value, str | list):
            raise ValueError(f"{path}: {key} is {value!r}, neither a path nor a list of paths")
    return content


def root(content: Mapping[str, Any], path: Path, project: Path) -> Path:
    """The folder that the paths in a data.yaml start from, absolute.

    `path:` is relative to the file, to the folder of the command, or to the folder of downloads: the first that exists.
    The library would look in the process's own folder, which in a worker of Ray is not the user's.
    """
    stated = Path(str(content.get("path") or "."))
    starts = (path.parent, project, folder(project))
    found = [start / stated for start in starts if (start / stated).is_dir() and splits_exist(content, start / stated)]
    home = folder(project) if shipped(path) else path.parent
    return (found[0] if found else home / stated).resolve()


def splits_exist(content: Mapping[str, Any], start: Path) -> bool:
    """Whether there is something where the images of training and validation should be."""
    return all(place.exists() for key in ("train", "val") for place in places(content, key, start))


def places(content: Mapping[str, Any], key: str, start: Path) -> list[Path]:
    """The folders and lists of images of one split below `start`, as the library finds them; links are followed."""
    value = content.get(key)
    if not isinstance(value, str):
        return [(start / str(part)).resolve() for part in value or ()]
    place = (start / value).resolve()
    # Exports of Roboflow say ../train/images of what lies beside the data.yaml; the library puts up with it.
    return [place if place.exists() or not value.startswith("../") else (start / value[3:]).resolve()]


def resolve(path: Path, run_folder: Path, project: Path) -> Path:
    """Write the run's data.yaml: absolute paths, and no `download`, so that a trial never fetches anything."""
    content = read(path)
    start = root(content, path, project)
    resolved = {key: value for key, value in content.items() if key != "download"} | {"path": str(start)}
    target = resolved_file(run_folder)
    target.write_text(yaml.safe_dump(resolved, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return target


def to_be_fetched(data: str, project: Path, *, trust: bool) -> Path | None:
    """The data.yaml where its images are not on this machine yet and may be fetched; else None.

    Those of the package may; with `trust` those too that lie at a URL.
    """
    path = source(data, project)
    if path is None or not path.is_file():
        return None
    try:
        content = read(path)
    except ValueError:
        return None  # `data_checks` tells what is wrong with the file
    allowed = shipped(path) or (trust and downloads.url(content))
    return path if allowed and not splits_exist(content, root(content, path, project)) else None


def tells_mirror(data: str, project: Path) -> bool:
    """Whether the data.yaml says which keypoints change places in a mirror; True where there is none to read."""
    path = source(data, project)
    try:
        return path is None or not path.is_file() or bool(read(path).get("flip_idx"))
    except ValueError:
        return True  # `data_checks` tells what is wrong with the file


def problem(message: str, remedy: str, *, fatal: bool = True) -> Problem:
    """Something that is wrong with the data."""
    return Problem("yolo-data", WHERE, message, remedy, fatal)
