"""Nevergrad's optimizers through Ray's NevergradSearch."""

from typing import Annotated, Any

from pydantic import Field

from runner.config.conversion import TEXTS
from runner.config.experiment import Experiment
from runner.config.objective import OBJECTIVE
from runner.config.registry import SEARCHERS
from runner.config.suggest import did_you_mean
from runner.config.traits import SearcherTraits


@SEARCHERS.register(
    "nevergrad",
    requires=("nevergrad",),
    traits=SearcherTraits(
        paper="Bennet et al. 2021, https://doi.org/10.1145/3460310.3460312",
        extra="nevergrad",
        supported=frozenset({"uniform", "randint", TEXTS}),
    ),
)
def nevergrad(
    experiment: Experiment,
    encoding: Any,  # noqa: ARG001
    points: Any,
    *,
    budget: Annotated[int, Field(ge=1)],
    optimizer: str = "NGOpt",
    optimizer_kwargs: dict[str, Any] = {},  # noqa: B006
) -> Any:
    """Nevergrad (Bennet et al. 2021, https://doi.org/10.1145/3460310.3460312).

    Args:
        budget: trials that it plans for.
        optimizer: a name in its registry, such as NGOpt, OnePlusOne, TwoPointsDE or PSO.
        optimizer_kwargs: its other arguments, such as num_workers.
    """
    import nevergrad as library
    from ray.tune.search.nevergrad import NevergradSearch

    from runner.translate.search.translated_search import Library

    if optimizer not in library.optimizers.registry:
        raise ValueError(
            f"nevergrad has no optimizer {optimizer}: {did_you_mean(optimizer, library.optimizers.registry)}"
        )
    search = NevergradSearch(
        optimizer=library.optimizers.registry[optimizer],
        optimizer_kwargs={**optimizer_kwargs, "budget": budget},
        metric=OBJECTIVE,
        mode=experiment.objective.mode,
        points_to_evaluate=points or None,
    )
    return Library(search, global_random=True)
