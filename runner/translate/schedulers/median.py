"""The median stopping rule, telling why it stops a trial."""

from typing import Annotated, Any

from pydantic import Field

from runner.config.experiment import Experiment
from runner.config.objective import Mode
from runner.config.registry import SCHEDULERS
from runner.config.traits import SchedulerTraits
from runner.translate.verdicts import Verdicts

_NEVER_PAUSES = "leave it out: a trial with too few others to compare with goes on, and none is paused"


@SCHEDULERS.register(
    "median",
    redirects={
        "time_attr": "leave it out: the rule counts iterations (YOLO: epochs)",
        "min_time_slice": _NEVER_PAUSES,
        "hard_stop": _NEVER_PAUSES,
    },
    traits=SchedulerTraits(paper="Golovin et al. 2017, https://research.google/pubs/pub46180/"),
)
def median(
    experiment: Experiment,
    verdicts: Verdicts,
    *,
    grace_period: Annotated[int, Field(ge=1)] = 1,
    min_samples_required: Annotated[int, Field(ge=1)] = 3,
    metric: str | None = None,
    mode: Mode | None = None,
) -> Any:
    """Median stopping rule (Golovin et al. 2017, https://research.google/pubs/pub46180/).

    A trial stops where its best value so far is worse than the median of what the others had on average up to there.

    Args:
        grace_period: iterations before the first comparison; means begin there too.
        min_samples_required: other trials that must have come as far.
        metric: watch another reported metric than the objective.
        mode: the better direction of that metric, max or min.
    """
    from runner.translate.internals.recorded_median import RecordedMedian

    monitored = experiment.objective.monitored(metric, mode)
    return RecordedMedian(
        verdicts,
        last_iteration=experiment.budget.max_epochs,
        metric=monitored.key,
        mode=monitored.mode,
        grace_period=grace_period,
        min_samples_required=min_samples_required,
    )
