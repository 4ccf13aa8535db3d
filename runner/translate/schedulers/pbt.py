"""Population based training: Ray's PopulationBasedTraining, telling what it decides."""

from typing import Annotated, Any

from pydantic import Field

from runner.config.experiment import Experiment
from runner.config.mutations import mutations
from runner.config.objective import Mode
from runner.config.points import nested
from runner.config.registry import SCHEDULERS
from runner.config.traits import SchedulerTraits
from runner.translate.verdicts import Verdicts

REDIRECTS = {
    "time_attr": "leave it out: iterations are counted (YOLO: epochs)",
    "custom_explore_fn": "leave it out: values are kept inside of their distributions",
    "log_config": "leave it out: decisions.jsonl holds every change",
    "require_attrs": "leave it out: a report without the metric is refused",
}
NEEDS_CHECKPOINTS = "a bad trial goes on from the checkpoint of a good one"
CANNOT_RESUME = "trials go on from checkpoints of others, and which, and as whom, is kept nowhere"


@SCHEDULERS.register(
    "pbt",
    redirects=REDIRECTS,
    traits=SchedulerTraits(
        paper="Jaderberg et al. 2017, https://arxiv.org/abs/1711.09846",
        needs_checkpoints=NEEDS_CHECKPOINTS,
        mutates=True,
        cannot_resume=CANNOT_RESUME,
    ),
)
def pbt(
    experiment: Experiment,
    verdicts: Verdicts,
    *,
    perturbation_interval: Annotated[int, Field(ge=1)] = 4,
    burn_in_period: Annotated[int, Field(ge=0)] = 0,
    hyperparam_mutations: dict[str, Any] | None = None,  # noqa: ARG001 - read by `mutations`
    quantile_fraction: Annotated[float, Field(gt=0, le=0.5)] = 0.25,
    resample_probability: Annotated[float, Field(ge=0, le=1)] = 0.25,
    perturbation_factors: Annotated[list[float], Field(min_length=2, max_length=2)] = [1.2, 0.8],  # noqa: B006
    synch: bool = False,
    metric: str | None = None,
    mode: Mode | None = None,
) -> Any:
    """Population based training (Jaderberg et al. 2017, https://arxiv.org/abs/1711.09846).

    Args:
        perturbation_interval: iterations from one comparison of a trial with the others to the next.
        burn_in_period: iterations before the first comparison.
        hyperparam_mutations: what changes and where new values come from, as in a search space; null: all that is
            searched.
        quantile_fraction: the worst of this share go on from the best of the same share.
        resample_probability: that a new value is drawn anew, and not made of the one before.
        perturbation_factors: one of them a number is multiplied by; of a choice the value beside is taken.
        synch: whether all wait for each other at each comparison; then the seed gives the same again.
        metric: watch another reported metric than the objective.
        mode: the better direction of that metric, max or min.
    """
    from runner.config.search_space import Choice
    from runner.translate.distributions import to_ray_domain
    from runner.translate.internals.recorded_pbt import RecordedPBT

    moved, _ = mutations(experiment)
    ray = {key: list(one.categories) if isinstance(one, Choice) else to_ray_domain(one) for key, one in moved.items()}
    monitored = experiment.objective.monitored(metric, mode)
    return RecordedPBT(
        verdicts,
        last_iteration=experiment.budget.max_epochs,
        moved=moved,
        seed=experiment.seed,
        metric=monitored.key,
        mode=monitored.mode,
        perturbation_interval=perturbation_interval,
        burn_in_period=burn_in_period,
        hyperparam_mutations=nested(ray),
        quantile_fraction=quantile_fraction,
        resample_probability=resample_probability,
        perturbation_factors=perturbation_factors,
        synch=synch,
    )
