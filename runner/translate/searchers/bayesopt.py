"""Gaussian processes of the package bayesian-optimization through Ray's BayesOptSearch."""

from typing import Annotated, Any

from pydantic import Field

from runner.config.experiment import Experiment
from runner.config.objective import OBJECTIVE
from runner.config.registry import SEARCHERS
from runner.config.traits import SearcherTraits


@SEARCHERS.register(
    "bayesopt",
    requires=("bayesian-optimization",),
    traits=SearcherTraits(
        paper="Snoek et al. 2012, https://arxiv.org/abs/1206.2944",
        extra="bayesopt",
        supported=frozenset({"uniform"}),
    ),
)
def bayesopt(
    experiment: Experiment,
    encoding: Any,  # noqa: ARG001
    points: Any,
    *,
    random_search_steps: Annotated[int, Field(ge=1)] = 10,
    utility_kwargs: dict[str, Any] = {},  # noqa: B006
    patience: Annotated[int, Field(ge=1)] = 5,
) -> Any:
    """BayesOpt: a Gaussian process over numbers (Snoek et al. 2012, https://arxiv.org/abs/1206.2944).

    Args:
        random_search_steps: trials that are drawn at random before it learns.
        utility_kwargs: of the acquisition function: kind (ucb, ei or poi), kappa, xi.
        patience: proposals of one and the same configuration after which the search ends: it has converged.
    """
    from runner.translate.internals.patched_bayesopt import PatchedBayesOpt
    from runner.translate.search.translated_search import Library

    search = PatchedBayesOpt(
        metric=OBJECTIVE,
        mode=experiment.objective.mode,
        points_to_evaluate=points or None,
        random_state=experiment.seed,
        random_search_steps=random_search_steps,
        utility_kwargs={"kind": "ucb", "kappa": 2.576, "xi": 0.0, **utility_kwargs},
        patience=patience,
    )
    finished = f"proposed one and the same configuration {patience} times: it has converged (searcher.patience)"
    return Library(search, startup=random_search_steps, finished=finished)
