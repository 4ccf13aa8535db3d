"""Random search and grids."""

from typing import Any

from runner.config.experiment import Experiment
from runner.config.registry import SEARCHERS
from runner.config.search_space import KINDS
from runner.config.traits import SearcherTraits


@SEARCHERS.register(
    "random",
    traits=SearcherTraits(
        paper="Bergstra and Bengio 2012, https://jmlr.org/papers/v13/bergstra12a.html",
        supported=frozenset(KINDS),
        learns=False,
        conditions=True,
        objectives=True,
    ),
)
def random(experiment: Experiment, encoding: Any, points: Any) -> Any:  # noqa: ARG001
    """Random search; every point of a grid where the space has one."""
    from runner.translate.search.random_search import RandomSearch
    from runner.translate.search.translated_search import Library

    return Library(RandomSearch(points, experiment.budget.num_samples, experiment.seed), startup=None)
