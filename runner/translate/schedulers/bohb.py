"""HyperBand as BOHB needs it: Ray's HyperBandForBOHB, telling what it decides."""

from typing import Annotated, Any

from pydantic import Field

from runner.config.experiment import Experiment
from runner.config.objective import Mode
from runner.config.registry import SCHEDULERS
from runner.config.traits import SchedulerTraits
from runner.translate.schedulers.hyperband import CANNOT_RESUME, NEEDS_CHECKPOINTS, REDIRECTS
from runner.translate.verdicts import Verdicts


@SCHEDULERS.register(
    "bohb",
    redirects=REDIRECTS,
    traits=SchedulerTraits(
        paper="Falkner et al. 2018, https://arxiv.org/abs/1807.01774",
        needs_checkpoints=NEEDS_CHECKPOINTS,
        needs_max_epochs=True,
        searcher="bohb",
        cannot_resume=CANNOT_RESUME,
    ),
)
def bohb(
    experiment: Experiment,
    verdicts: Verdicts,
    *,
    reduction_factor: Annotated[float, Field(gt=1)] = 3,
    metric: str | None = None,
    mode: Mode | None = None,
) -> Any:
    """HyperBand for searcher=bohb, the largest bracket first (Falkner et al. 2018, https://arxiv.org/abs/1807.01774).

    Args:
        reduction_factor: of the trials of a bracket, the best 1/reduction_factor go on at each comparison.
        metric: watch another reported metric than the objective.
        mode: the better direction of that metric, max or min.
    """
    from runner.translate.internals.recorded_hyperband import RecordedBOHB

    if experiment.budget.max_epochs is None:
        raise ValueError("bohb needs budget.max_epochs")
    monitored = experiment.objective.monitored(metric, mode)
    return RecordedBOHB(
        verdicts,
        last_iteration=experiment.budget.max_epochs,
        metric=monitored.key,
        mode=monitored.mode,
        reduction_factor=reduction_factor,
    )
