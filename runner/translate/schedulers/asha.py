"""Asynchronous successive halving: Ray's AsyncHyperBandScheduler, telling why it stops a trial."""

from typing import Annotated, Any

from pydantic import Field

from runner.config.experiment import Experiment
from runner.config.objective import Mode
from runner.config.registry import SCHEDULERS
from runner.config.traits import SchedulerTraits
from runner.translate.verdicts import Verdicts


@SCHEDULERS.register(
    "asha",
    redirects={
        "time_attr": "leave it out: ASHA counts iterations (YOLO: epochs)",
        "max_t": "say it as budget.max_epochs",
    },
    traits=SchedulerTraits(paper="Li et al. 2020, https://arxiv.org/abs/1810.05934", needs_max_epochs=True),
)
def asha(
    experiment: Experiment,
    verdicts: Verdicts,
    *,
    grace_period: Annotated[int, Field(ge=1)] = 1,
    reduction_factor: Annotated[float, Field(gt=1)] = 4,
    brackets: Annotated[int, Field(ge=1)] = 1,
    metric: str | None = None,
    mode: Mode | None = None,
) -> Any:
    """Asynchronous successive halving (Li et al. 2020, https://arxiv.org/abs/1810.05934).

    Args:
        grace_period: iterations before the first rung.
        reduction_factor: of the trials that reached a rung, the best 1/reduction_factor go on.
        brackets: number of brackets; each later one starts a rung later.
        metric: watch another reported metric than the objective.
        mode: the better direction of that metric, max or min.
    """
    from runner.translate.internals.recorded_asha import RecordedASHA

    if experiment.budget.max_epochs is None:
        raise ValueError("asha needs budget.max_epochs")
    monitored = experiment.objective.monitored(metric, mode)
    return RecordedASHA(
        verdicts,
        last_iteration=experiment.budget.max_epochs,
        metric=monitored.key,
        mode=monitored.mode,
        max_t=experiment.budget.max_epochs + 1,  # one above the last epoch: a trial ends itself
        grace_period=grace_period,
        reduction_factor=reduction_factor,
        brackets=brackets,
    )
