"""What is wrong with a data set on this machine, and what it holds: read before anything starts."""

import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runner.config.suggest import did_you_mean
from runner.errors import Problem
from runner.trainables.yolo.data import class_folders, classes, dataset, downloads, shapes, splits
from runner.trainables.yolo.data.dataset import problem
from runner.trainables.yolo.data.labels import Rules
from runner.trainables.yolo.data.splits import CONVERT
from runner.trainables.yolo.models import Task

if TYPE_CHECKING:
    from runner.trainables.yolo import Yolo


def problems(options: "Yolo", project: Path) -> Iterator[Problem]:
    """Every problem of the data set, and what it holds as the last one; nothing of what must be fetched first."""
    data, task = options.data, options.known_task(project)
    if data == shapes.NAME:
        return
    path = dataset.source(data, project)
    split = str(options.train_args.get("split", "val"))
    if path is None and (project / data).is_dir():
        yield _folder_problem(project / data, data, task)
    elif path is None:
        yield problem(f"there is no {data} in {project}", _remedy(data))
    elif path.suffix == ".json":
        yield problem(f"{path} is COCO's JSON, which Ultralytics does not read", CONVERT)
    elif path.is_dir() and task != "classify":
        yield _folder_problem(path, data, task)
    elif path.is_dir():
        yield from class_folders.problems(path, split)
    elif task == "classify":
        yield problem("classification takes a folder with train/ and val/", "name that folder")
    else:
        yield from _file_problems(path, options, split, project)


def _folder_problem(folder: Path, data: str, task: Task | None) -> Problem:
    """A folder that is no data set by itself."""
    if task == "classify":
        message = f"{folder} is a folder without train/"
        return problem(message, "name the folder that holds train/ and val/, in which each class has a folder")
    files = sorted(folder.glob("*.y*ml"), key=lambda file: (file.stem != "data", file.name))
    message = f"{folder} is a folder, and {task or 'detection'} takes a data.yaml"
    if files:
        return problem(message, f"type trainable.data={shlex.quote(str(Path(data) / files[0].name))}")
    return problem(message, "write one with path:, train:, val: and names:, and type trainable.data=path/to/data.yaml")


def _remedy(data: str) -> str:
    named = did_you_mean(data, [*dataset.packaged(), shapes.NAME]) if "/" not in data else ""
    return f"type trainable.data=path/to/data.yaml{'; ' if named else ''}{named}"


def _file_problems(path: Path, options: "Yolo", split: str, project: Path) -> Iterator[Problem]:
    try:
        content = dataset.read(path)
    except ValueError as error:
        yield problem(str(error), "correct the file")
        return
    if dataset.to_be_fetched(options.data, project, trust=options.trust_data):
        return
    start = dataset.root(content, path, project)
    keys = list(dict.fromkeys(("train", "val", split)))
    missing = [key for key in keys if not content.get(key)]
    if missing:
        yield problem(f"{path} lacks {', '.join(missing)}", f"add {missing[0]}: images/{missing[0]}")
    wrong = list(classes.problems(path, content, options.known_task(project)))
    yield from wrong
    unfetched = list(_download_problems(path, content, start))
    yield from unfetched
    if not unfetched:
        yield from splits.problems(keys, content, start, None if wrong else _rules(content, options, project))


def _rules(content: Mapping[str, Any], options: "Yolo", project: Path) -> Rules:
    count = None if options.train_args.get("single_cls") else len(classes.names(content))
    return Rules(options.known_task(project) or "detect", count, classes.keypoints(content))


def _download_problems(path: Path, content: Mapping[str, Any], start: Path) -> Iterator[Problem]:
    """Where the images are not there and the data.yaml would fetch them: why that is not done."""
    if not content.get("download") or dataset.splits_exist(content, start):
        return
    url = downloads.url(content)
    lost = next(
        place for key in ("train", "val") for place in dataset.places(content, key, start) if not place.exists()
    )
    if url:
        message = f"there is no {lost}, and {path} would fetch it from {url}"
        yield problem(message, "type trainable.trust_data=true where you trust that address, or fetch it yourself")
    else:
        message = f"there is no {lost}, and the download: of {path} is a script, which never runs here"
        yield problem(message, "read the script, fetch the images yourself, and correct path: if they lie elsewhere")
