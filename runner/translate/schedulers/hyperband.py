"""HyperBand: Ray's HyperBandScheduler, telling what it decides."""

from typing import Annotated, Any

from pydantic import Field

from runner.config.experiment import Experiment
from runner.config.objective import Mode
from runner.config.registry import SCHEDULERS
from runner.config.traits import SchedulerTraits
from runner.translate.verdicts import Verdicts

REDIRECTS = {
    "time_attr": "leave it out: iterations are counted (YOLO: epochs)",
    "max_t": "say it as budget.max_epochs",
    "stop_last_trials": "leave it out: a trial that comes to its last iteration ends itself",
}
NEEDS_CHECKPOINTS = "it pauses the trials of a bracket until all of them can be compared"
CANNOT_RESUME = "which trials wait for which in its brackets is kept nowhere"


@SCHEDULERS.register(
    "hyperband",
    redirects=REDIRECTS,
    traits=SchedulerTraits(
        paper="Li et al. 2018, https://arxiv.org/abs/1603.06560",
        needs_checkpoints=NEEDS_CHECKPOINTS,
        needs_max_epochs=True,
        cannot_resume=CANNOT_RESUME,
    ),
)
def hyperband(
    experiment: Experiment,
    verdicts: Verdicts,
    *,
    reduction_factor: Annotated[float, Field(gt=1)] = 3,
    metric: str | None = None,
    mode: Mode | None = None,
) -> Any:
    """HyperBand (Li et al. 2018, https://arxiv.org/abs/1603.06560).

    Args:
        reduction_factor: of the trials of a bracket, the best 1/reduction_factor go on at each comparison.
        metric: watch another reported metric than the objective.
        mode: the better direction of that metric, max or min.
    """
    from runner.translate.internals.recorded_hyperband import RecordedHyperBand

    if experiment.budget.max_epochs is None:
        raise ValueError("hyperband needs budget.max_epochs")
    monitored = experiment.objective.monitored(metric, mode)
    return RecordedHyperBand(
        verdicts,
        last_iteration=experiment.budget.max_epochs,
        metric=monitored.key,
        mode=monitored.mode,
        reduction_factor=reduction_factor,
    )
