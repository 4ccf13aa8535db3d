"""What is done once for a run, before its first trial: data, downloads, label caches, fonts.

The parts that need Ultralytics, `fetch.py` and `caches.py`, are processes of their own, so that the driver never
imports torch.
"""

import json
import socket
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from runner.errors import ConfigError, RunnerError
from runner.trainables.yolo import environment, helper, models
from runner.trainables.yolo.data import checks as data_checks
from runner.trainables.yolo.data import dataset, downloads, shapes

if TYPE_CHECKING:
    from runner.trainables.yolo import Yolo

PACKAGE_HOST = "https://github.com"
"""Where the package fetches its weights and data sets from."""

PROBE_SECONDS = 3.0


@dataclass(frozen=True)
class FetchRequest:
    """What `fetch.py` is asked to do, each where it is not None.

    Args:
        package_data: data.yaml of the package whose images are to be fetched, by its script if it has one.
        url: archive of images that the user trusts, to be unpacked in `folder`.
        weights: of the package, as the path where they go.
    """

    package_data: str | None
    url: str | None
    folder: str
    weights: str | None


@dataclass(frozen=True)
class CacheRequest:
    """What `caches.py` is asked to do.

    Args:
        task: the model's task.
        data: data.yaml of the run, or the folder of images for classification.
        fraction: of the training images, as in train(): the label cache depends on it.
        split: on which trials validate.
    """

    task: str
    data: str
    fraction: float | int | list[float]
    split: str


def prepare(options: "Yolo", run_folder: Path, project: Path) -> None:
    """Raises RunnerError with the reason and the path of the log, ConfigError where what was fetched is not whole."""
    environment.place_fonts(run_folder)
    _write_settings(run_folder, project)
    if wanted := _wanted(options, project):
        _run("fetch", wanted, options, run_folder, project)
        faults = [problem for problem in data_checks.problems(options, project) if problem.fatal]
        if faults:
            raise ConfigError(faults)
    task = options.known_task(project) or "detect"
    request = CacheRequest(
        task=task,
        data=str(_data(options, task, run_folder, project)),
        fraction=options.train_args.get("fraction", 1.0),
        split=options.train_args.get("split", "val"),
    )
    _run("caches", request, options, run_folder, project)


def _run(module: str, request: FetchRequest | CacheRequest, options: "Yolo", run_folder: Path, project: Path) -> None:
    """Have it done by the module of that name, in a process of its own; only what fetches has a network."""
    argument = json.dumps(asdict(request))
    offline = not isinstance(request, FetchRequest)
    failure = helper.run_module(f"{dataset.__package__}.{module}", argument, run_folder, project, offline=offline)
    if failure:
        log = run_folder / helper.LOG
        raise RunnerError(f"trainable.data={options.data} could not be prepared: {failure}\n    -> read {log}")


def _wanted(options: "Yolo", project: Path) -> FetchRequest | None:
    """What is not on this machine; None: all of it is."""
    data = dataset.to_be_fetched(options.data, project, trust=options.trust_data)
    fetches_weights = models.must_be_fetched(options.model, project)
    if data is None and not fetches_weights:
        return None
    own = dataset.shipped(data) if data else None
    return FetchRequest(
        package_data=str(own) if own else None,
        url=downloads.url(dataset.read(data)) if data and not own else None,
        folder=str(dataset.folder(project).resolve()),
        weights=str(models.weights_folder(project) / options.model) if fetches_weights else None,
    )


def _data(options: "Yolo", task: models.Task, run_folder: Path, project: Path) -> Path:
    if options.data == shapes.NAME:
        path: Path | None = shapes.generate(shapes.Shapes(task), dataset.folder(project))
    else:
        path = dataset.source(options.data, project)
    if path is None:
        raise RunnerError(f"trainable.data={options.data}: there is no such file in {project}")
    return path if path.is_dir() else dataset.resolve(path, run_folder, project)


def _write_settings(run_folder: Path, project: Path) -> None:
    """Only the folders: the library adds the rest once, in the process below, and no trial writes it again."""
    path = environment.folder(run_folder) / "Ultralytics" / "settings.json"
    folders = {
        "datasets_dir": str(dataset.folder(project).resolve()),
        "weights_dir": str(models.weights_folder(project).resolve()),
        "runs_dir": str((run_folder / "trials").resolve()),
    }
    path.write_text(json.dumps(folders), encoding="utf-8")


def reachable(url: str) -> bool:
    """Whether the host of `url` answers, within seconds."""
    parts = urlsplit(url)
    try:
        address = (str(parts.hostname), parts.port or {"http": 80}.get(parts.scheme, 443))
        with socket.create_connection(address, timeout=PROBE_SECONDS):
            return True
    except OSError:
        return False
