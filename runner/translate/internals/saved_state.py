"""Whether a trial has saved what a scheduler is about to use."""

from collections.abc import Mapping
from typing import Any

from ray.tune.result import SHOULD_CHECKPOINT

from runner.errors import ExperimentFailed


def saves(result: Mapping[str, Any]) -> bool:
    """Whether a checkpoint came with a report."""
    return bool(result.get(SHOULD_CHECKPOINT))


def unsaved(rule: str, why: str, trial: Any, when: str) -> ExperimentFailed:
    """Ends the experiment where the scheduler `rule` needs a checkpoint that is not there; Ray would say nothing.

    `when` names the report.
    """
    return ExperimentFailed(
        f"{trial} reported {when} without a checkpoint, and {rule} {why}: report it with"
        " ray.tune.report(metrics, checkpoint=ray.tune.Checkpoint.from_directory(FOLDER)), and begin with what"
        " ray.tune.get_checkpoint() gives"
    )
