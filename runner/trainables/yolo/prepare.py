"""What is done once for a run, before its first trial: data, downloads, label caches, fonts.

The part that needs Ultralytics is `caches.py`, a process of its own, so that the driver never imports torch.
"""

import json
import os
import socket
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from runner.errors import RunnerError
from runner.trainables.yolo import dataset, environment, models, shapes

if TYPE_CHECKING:
    from runner.trainables.yolo import Yolo

LOG = "runner.log"
CACHES = "runner.trainables.yolo.caches"
PROBE = ("github.com", 443)
PROBE_SECONDS = 3.0


@dataclass(frozen=True)
class Request:
    """What `caches.py` is asked to do.

    Args:
        task: the model's task.
        data: data.yaml of the run, or the folder of images for classification.
        fraction: of the training images, as in train(): the label cache depends on it.
        split: on which trials validate.
        fetch_data: data.yaml of the package whose images are to be fetched.
        fetch_weights: weights to fetch, as the path where they go.
    """

    task: str
    data: str
    fraction: float | int | list[float]
    split: str
    fetch_data: str | None
    fetch_weights: str | None


def prepare(options: "Yolo", run_folder: Path, project: Path) -> None:
    """Raises RunnerError with the reason and the path of the log."""
    environment.place_fonts(run_folder)
    _write_settings(run_folder, project)
    request = _request(options, run_folder, project)
    offline = request.fetch_data is None and request.fetch_weights is None
    log = run_folder / LOG
    with log.open("a", encoding="utf-8") as output:
        done = subprocess.run(
            [sys.executable, "-m", CACHES, json.dumps(asdict(request))],
            cwd=project,
            env={**os.environ, **environment.environment(run_folder, offline=offline), "PYTHONPATH": _search_path()},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode:
        raise RunnerError(f"trainable.data={options.data} could not be prepared: {_last_line(log)}\n    -> read {log}")
    if request.fetch_data:
        dataset.resolve(Path(request.fetch_data), run_folder, project)


def _request(options: "Yolo", run_folder: Path, project: Path) -> Request:
    task = options.known_task(project) or "detect"
    fetch_data = dataset.source(options.data, project) if dataset.must_be_fetched(options.data, project) else None
    weights = models.weights_folder(project) / options.model
    return Request(
        task=task,
        data=str(_data(options, task, run_folder, project)),
        fraction=options.train_args.get("fraction", 1.0),
        split=options.train_args.get("split", "val"),
        fetch_data=str(fetch_data) if fetch_data else None,
        fetch_weights=str(weights) if models.must_be_fetched(options.model, project) else None,
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


def _search_path() -> str:
    """Where this process found our package, for the case that it is not installed."""
    root = str(Path(__file__).resolve().parents[3])
    return os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))


def _last_line(log: Path) -> str:
    lines = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"


def reachable() -> bool:
    """Whether the place that weights and data sets come from answers, within seconds."""
    try:
        with socket.create_connection(PROBE, timeout=PROBE_SECONDS):
            return True
    except OSError:
        return False
