"""Checkpoints of a training: what a trial whose process died goes on from.

Ultralytics writes last.pt while it trains and strips it at the end, when nothing can go on from it any more. So the
live one is copied after an epoch, with a note of the epoch and of what the copies must look like.
"""

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from runner.errors import CheckpointError

NOTE = "epoch.json"
LAST, BEST = "last.pt", "best.pt"
RESULTS = "results.csv"

_WARMUP = "the warm-up is over when a training goes on from a checkpoint"
FIXED_AT_START = {
    "optimizer": "the state of one optimizer does not fit another",
    "pretrained": "the weights come from the checkpoint",
    "warmup_epochs": _WARMUP,
    "warmup_momentum": _WARMUP,
    "warmup_bias_lr": _WARMUP,
}
"""Arguments of train() that a training which goes on cannot take up anew, and why."""


@contextmanager
def saved(trainer: Any, best_is_last: bool) -> Iterator[Path]:
    """A folder that holds the epoch's last.pt, and best.pt where that is another epoch's; gone after the block.

    Args:
        trainer: Ultralytics' trainer, after it has written both.
        best_is_last: whether this epoch is the best so far.
    """
    with TemporaryDirectory(dir=trainer.save_dir, prefix=".checkpoint-") as name:
        folder = Path(name)
        for weights in (trainer.last,) if best_is_last else (trainer.last, trainer.best):
            shutil.copyfile(weights, folder / weights.name)
        digests = {weights.name: _digest(weights) for weights in folder.glob("*.pt")}
        note = {
            "epoch": trainer.epoch + 1,
            "trial": Path(trainer.save_dir).name,
            "sha256": digests,
            "buffer": list(getattr(trainer.train_loader.dataset, "buffer", ())),
        }
        (folder / NOTE).write_text(json.dumps(note) + "\n", encoding="utf-8")
        yield folder


def epoch(folder: Path) -> int:
    """The epochs, from 1, that a checkpoint has behind it. Raises CheckpointError where it is not whole."""
    note = _note(folder)
    for name, digest in note["sha256"].items():
        path = folder / name
        if not path.is_file():
            raise CheckpointError(f"{name} is missing")
        if _digest(path) != digest:
            raise CheckpointError(f"{name} is not what was written")
    return int(note["epoch"])


def epochs_behind(folder: Path) -> int:
    """The same, without a look at the files."""
    return int(_note(folder)["epoch"])


def mosaic_buffer(folder: Path) -> list[int]:
    """The images that the trial's process held for mosaics, oldest first; none where other processes load them."""
    return list(_note(folder).get("buffer", ()))


def is_of(folder: Path, trial: Path) -> bool:
    """Whether a checkpoint is the trial's own, and not one of another trial that it goes on from."""
    return bool(_note(folder).get("trial", trial.name) == trial.name)


def put_back(folder: Path, trial: Path) -> Path:
    """Make the trial's own folder what it was at the checkpoint; returns its last.pt. The files were checked before.

    With another trial's checkpoint its own best.pt stays, which is that of its own best report.
    """
    weights = trial / "weights"
    weights.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(folder / LAST, weights / LAST)
    best = folder / BEST
    if is_of(folder, trial) or not (weights / BEST).is_file():
        shutil.copyfile(best if best.is_file() else folder / LAST, weights / BEST)
    _shorten(trial / RESULTS, _note(folder)["epoch"])
    return weights / LAST


def clear(trial: Path) -> None:
    """Take away what a process left that died before its first checkpoint."""
    for name in (LAST, BEST):
        (trial / "weights" / name).unlink(missing_ok=True)
    (trial / RESULTS).unlink(missing_ok=True)


def finish(trial: Path) -> None:
    """Strip the weights of a training whose process died after its last epoch, as its end would have."""
    from ultralytics.utils.torch_utils import strip_optimizer

    for name in (LAST, BEST):
        strip_optimizer(trial / "weights" / name)


def _note(folder: Path) -> Mapping[str, Any]:
    try:
        note = json.loads((folder / NOTE).read_text(encoding="utf-8"))
        if not isinstance(note["epoch"], int) or LAST not in note["sha256"]:
            raise CheckpointError(f"{NOTE} does not tell the epoch and the files")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CheckpointError(f"{NOTE} cannot be read: {error}") from error
    else:
        return dict(note)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _shorten(results: Path, last: int) -> None:
    """Leave the header and the rows of the epochs up to `last`: the library appends those that are run again."""
    if results.is_file():
        lines = results.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines[1:] if int(line.split(",", 1)[0]) <= last]
        results.write_text("".join([*lines[:1], *kept]), encoding="utf-8")
