"""Population based bandits: Ray's PB2, telling what it decides."""

from typing import Annotated, Any

from pydantic import Field

from runner.config.experiment import Experiment
from runner.config.mutations import mutations
from runner.config.objective import Mode
from runner.config.points import nested
from runner.config.registry import SCHEDULERS
from runner.config.traits import SchedulerTraits
from runner.translate.schedulers.pbt import CANNOT_RESUME, NEEDS_CHECKPOINTS, REDIRECTS
from runner.translate.verdicts import Verdicts


@SCHEDULERS.register(
    "pb2",
    redirects=REDIRECTS,
    traits=SchedulerTraits(
        paper="Parker-Holder et al. 2020, https://arxiv.org/abs/2002.02518",
        needs_checkpoints=NEEDS_CHECKPOINTS,
        mutates=True,
        cannot_resume=CANNOT_RESUME,
    ),
)
def pb2(
    experiment: Experiment,
    verdicts: Verdicts,
    *,
    perturbation_interval: Annotated[int, Field(ge=1)] = 4,
    hyperparam_bounds: dict[str, Any] | None = None,  # noqa: ARG001 - read by `mutations`
    quantile_fraction: Annotated[float, Field(gt=0, le=0.5)] = 0.25,
    synch: bool = False,
    metric: str | None = None,
    mode: Mode | None = None,
) -> Any:
    """Population based bandits (Parker-Holder et al. 2020, https://arxiv.org/abs/2002.02518).

    Args:
        perturbation_interval: iterations from one comparison of a trial with the others to the next.
        hyperparam_bounds: what changes, each key with its bounds, [LOWER, UPPER]; null: all continuous ranges that are
            searched.
        quantile_fraction: the worst of this share go on from the best of the same share.
        synch: whether all wait for each other at each comparison; then the seed gives the same again.
        metric: watch another reported metric than the objective.
        mode: the better direction of that metric, max or min.
    """
    from runner.translate.internals.recorded_pbt import RecordedPB2

    moved, _ = mutations(experiment)
    monitored = experiment.objective.monitored(metric, mode)
    return RecordedPB2(
        verdicts,
        last_iteration=experiment.budget.max_epochs,
        moved=moved,
        seed=experiment.seed,
        metric=monitored.key,
        mode=monitored.mode,
        perturbation_interval=perturbation_interval,
        hyperparam_bounds=nested({key: list(one.bounds() or ()) for key, one in moved.items()}),
        quantile_fraction=quantile_fraction,
        synch=synch,
    )
