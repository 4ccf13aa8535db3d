"""Trials of an earlier process that go on. Puts a checkpoint into Ray's own bookkeeping (tried on Ray 2.60)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ray.train._internal.session import _TrainingResult
from ray.tune import Checkpoint
from ray.tune.experiment import Trial


def count_failures(trial: Trial, number: int) -> None:
    """Let Ray know how often the process of a trial has died before: it retries up to a number of times in all."""
    trial.run_metadata.num_failures = number


def go_on(trial: Trial, last_result: Mapping[str, Any], checkpoint: Path | None, counted: Mapping[str, Any]) -> None:
    """Make a trial that has not started look as if it had been paused.

    Args:
        last_result: its last report.
        checkpoint: the folder to go on from, None: from the start.
        counted: the report that came with the checkpoint, by which Ray counts on: iteration, seconds, objective.
    """
    trial.update_last_result(dict(last_result))
    if checkpoint is not None:
        result = _TrainingResult(checkpoint=Checkpoint.from_directory(str(checkpoint)), metrics=dict(counted))
        trial.run_metadata.checkpoint_manager.register_checkpoint(result)
