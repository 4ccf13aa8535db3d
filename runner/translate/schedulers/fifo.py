"""No early stopping."""

from typing import Any

from runner.config.experiment import Experiment
from runner.config.registry import SCHEDULERS
from runner.translate.verdicts import Verdicts


@SCHEDULERS.register("fifo")
def fifo(experiment: Experiment, verdicts: Verdicts) -> Any:  # noqa: ARG001
    """Every trial runs to its end."""
    from ray.tune.schedulers import FIFOScheduler

    return FIFOScheduler()
