"""HyperOpt's tree-structured Parzen estimator through Ray's HyperOptSearch."""

from typing import Annotated, Any

from pydantic import Field

from runner.config.conversion import TEXTS
from runner.config.experiment import Experiment
from runner.config.objective import OBJECTIVE
from runner.config.registry import SEARCHERS
from runner.config.traits import SearcherTraits


@SEARCHERS.register(
    "hyperopt",
    requires=("hyperopt",),
    traits=SearcherTraits(
        paper="Bergstra et al. 2013, https://proceedings.mlr.press/v28/bergstra13.html",
        extra="hyperopt",
        supported=frozenset({"uniform", "loguniform", "randint", "lograndint", "normal", TEXTS}),
        conditions=True,
    ),
)
def hyperopt(
    experiment: Experiment,
    encoding: Any,
    points: Any,
    *,
    n_initial_points: Annotated[int, Field(ge=1)] = 20,
    gamma: Annotated[float, Field(gt=0, lt=1)] = 0.25,
) -> Any:
    """HyperOpt: TPE (Bergstra et al. 2013, https://proceedings.mlr.press/v28/bergstra13.html).

    Args:
        n_initial_points: trials that are drawn at random before it learns.
        gamma: share of the trials that count as good ones.
    """
    from ray.tune.search.hyperopt import HyperOptSearch

    from runner.translate.internals.conditional_hyperopt import ConditionalHyperOpt
    from runner.translate.search.translated_search import Library

    options: dict[str, Any] = {
        "metric": OBJECTIVE, "mode": experiment.objective.mode, "n_initial_points": n_initial_points,
        "random_state_seed": experiment.seed, "gamma": gamma,
    }  # fmt: skip
    if experiment.search_space.conditions:
        search = ConditionalHyperOpt(encoding, points, **options)
    else:
        search = HyperOptSearch(points_to_evaluate=points or None, **options)
    return Library(search, startup=n_initial_points)
