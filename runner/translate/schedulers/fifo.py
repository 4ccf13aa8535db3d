"""No early stopping."""

from typing import Any

from runner.config.experiment import Experiment
from runner.config.registry import SCHEDULERS
from runner.config.traits import SchedulerTraits
from runner.translate.verdicts import Verdicts


@SCHEDULERS.register("fifo", traits=SchedulerTraits())
def fifo(experiment: Experiment, verdicts: Verdicts) -> Any:  # noqa: ARG001
    """Every trial runs to its end."""
    from ray.tune.schedulers import FIFOScheduler

    return FIFOScheduler()
