"""CSV files, written by Ray's own callback."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from runner.config.experiment import Experiment
from runner.config.registry import LOGGERS
from runner.runs.record import Record


@LOGGERS.register("csv")
def csv(experiment: Experiment, record: Record, outputs: Path, tell: Callable[[str], None]) -> Any:  # noqa: ARG001
    """progress.csv in each trial's folder below tune/."""
    from ray.tune.logger import CSVLoggerCallback

    return CSVLoggerCallback()
