"""How much disk the weights of an experiment will take, from the model's number of parameters."""

import math
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from runner.config.search_space import Grid
from runner.errors import Problem
from runner.trainables.yolo import models

if TYPE_CHECKING:
    from runner.config.experiment import Experiment
    from runner.trainables.yolo import Yolo

STRIPPED, LIVE = 2.1, 10.2
"""Bytes for a parameter in last.pt and best.pt: at the end of a training, when they hold half-precision weights alone,
and before that, with the state of the optimizer. Measured on yolo11n with AdamW; with MuSGD a live one takes 6.1, with
SGD 4.1."""

FILES = 2
"""Of an ended trial: last.pt and best.pt."""

LIVE_FILES = 8
"""Of a running trial: two of its own, and two in each of three checkpoints."""

LETTERS = "yolov8{}.yaml"
"""Gives the usual size of a scale letter to architectures that do not state their own."""

TOLD_FROM = 10**9
"""Bytes below which nothing is said, as long as they are free."""


def check(options: "Yolo", experiment: "Experiment", project: Path) -> Iterator[Problem]:
    """Whether the disk holds the weights of all trials, or of those that are kept."""
    needed = weights(options, experiment, project)
    if needed is None:
        return
    trials = _trials(experiment)
    folder = (project / experiment.output_dir).resolve()
    free = shutil.disk_usage(next(path for path in (folder, *folder.parents) if path.exists())).free
    some = f"the best {options.keep_best} of " if (options.keep_best or trials) < trials else ""
    message = f"the weights of {some}{trials} trials take about {needed / 1e9:.1f} GB"
    if needed > free:
        message += f", and {free / 1e9:.1f} GB are free below {folder}"
        smaller = "" if options.keep_best else "type trainable.keep_best=5, "
        yield Problem(
            "yolo-disk", "trainable.keep_best", message, f"{smaller}free some space or type output_dir=FOLDER"
        )
    elif needed >= TOLD_FROM:
        yield Problem("yolo-disk", "trainable.keep_best", message, fatal=False)


def weights(options: "Yolo", experiment: "Experiment", project: Path) -> float | None:
    """Bytes of the weights of a run, or None where the size of the model is not known."""
    count = parameters(options.model, project)
    return None if count is None else need(count, experiment, _trials(experiment), options.keep_best)


def need(parameters: int, experiment: "Experiment", trials: int, keep_best: int | None) -> float:
    """Bytes: those of the trials that are kept, and of the ones that run meanwhile (one, where nobody says)."""
    cut_short = experiment.scheduler.name != "fifo" or experiment.stoppers or experiment.budget.time_budget
    ended = FILES * (LIVE if cut_short else STRIPPED)
    running = LIVE_FILES * LIVE * min(trials, experiment.budget.max_concurrent or 1)
    return parameters * (ended * min(trials, keep_best or trials) + running)


def _trials(experiment: "Experiment") -> int:
    """At most: given points may leave less of a grid."""
    grids = (kind for kind in experiment.search_space.searched().values() if isinstance(kind, Grid))
    return experiment.budget.num_samples * math.prod(len(grid.categories) for grid in grids)


def parameters(model: str, project: Path) -> int | None:
    """About as many as the model has, or None where neither a file nor its name tells.

    From the size of weights that are there; else from the summary that an architecture file of the package has in a
    comment; else from its scale letter.
    """
    path = Path(models.resolve(model, project))
    if path.suffix == ".pt" and path.is_file():
        return round(path.stat().st_size / STRIPPED)
    own = path.is_file()
    architecture = path if own else models.architecture(f"{path.stem}.yaml")
    letter = re.search(r"\d([nsmlx])(?![a-z])", path.stem)
    told = _summary(architecture, letter[1] if letter else None) if architecture else None
    if told is None and letter and not own:
        usual = models.architecture(LETTERS.format(letter[1]))
        return _summary(usual, letter[1]) if usual else None
    return told


def _summary(architecture: Path, letter: str | None) -> int | None:
    """The library takes the first scale where the name has no letter."""
    text = architecture.read_text(encoding="utf-8")
    found = re.search(rf"^ +{letter or '[a-z]'}: .*?([\d,]+) parameters", text, re.MULTILINE)
    return int(found[1].replace(",", "")) if found else None
