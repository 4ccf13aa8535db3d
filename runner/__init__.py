"""Experiments for hyperparameter tuning: a YAML file in git, run by Ray Tune, kept as one folder."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runner.runs.read_run import Run

__version__ = "0.1.0"

STARTED = time.monotonic()
"""When this process began with the package. The process itself may be older: a shell that has become it."""


def load(run: str | Path) -> "Run":
    """The run that `run` names (a run folder, a folder of runs, `latest`), for notebooks: see runner.runs.read_run."""
    from runner.runs.read_run import load as read

    return read(run)
