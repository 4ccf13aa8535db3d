"""ZOOpt's asynchronous sequential RACOS through Ray's ZOOptSearch."""

from typing import Annotated, Any

from pydantic import Field

from runner.config.conversion import TEXTS
from runner.config.experiment import Experiment
from runner.config.objective import OBJECTIVE
from runner.config.registry import SEARCHERS
from runner.config.traits import SearcherTraits


@SEARCHERS.register(
    "zoopt",
    requires=("zoopt",),
    traits=SearcherTraits(
        paper="Liu et al. 2018, https://arxiv.org/abs/1801.00329",
        extra="zoopt",
        supported=frozenset({"uniform", "randint", TEXTS}),
    ),
)
def zoopt(
    experiment: Experiment,
    encoding: Any,  # noqa: ARG001
    points: Any,
    *,
    budget: Annotated[int, Field(ge=3)],
) -> Any:
    """ZOOpt: a classifier of good regions (Liu et al. 2018, https://arxiv.org/abs/1801.00329).

    Args:
        budget: trials that it plans for, 3 or more; it draws the first 4 (to 50), 6 (to 100) or more at random.
    """
    from runner.translate.internals.patched_zoopt import PatchedZOOpt, training_size
    from runner.translate.search.translated_search import Library

    most = training_size(budget)
    if len(points) > most:
        raise ValueError(
            f"zoopt tries at most {most} points with a budget of {budget}, and there are {len(points)}:"
            " give fewer, or type searcher.budget=1001 for 22"
        )
    search = PatchedZOOpt(points=points, budget=budget, metric=OBJECTIVE, mode=experiment.objective.mode)
    return Library(search, startup=most, finished="found no configuration that it has not tried", global_random=True)
