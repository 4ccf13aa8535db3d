"""HEBO's Bayesian optimisation through Ray's HEBOSearch."""

from typing import Annotated, Any

from pydantic import Field

from runner.config.conversion import TEXTS
from runner.config.experiment import Experiment
from runner.config.objective import OBJECTIVE
from runner.config.registry import SEARCHERS
from runner.config.traits import SearcherTraits


@SEARCHERS.register(
    "hebo",
    requires=("HEBO",),
    traits=SearcherTraits(
        paper="Cowen-Rivers et al. 2022, https://arxiv.org/abs/2012.03826",
        install=(
            "pip install gpytorch catboost disjoint-set 'cma<5' autograd alive-progress dill Deprecated decorator six"
            " && pip install --no-deps HEBO==0.3.6 pymoo==0.6.0 GPy==1.15.0 paramz==0.10.0"
        ),
        supported=frozenset({"uniform", "loguniform", "randint", "lograndint", TEXTS}),
    ),
)
def hebo(
    experiment: Experiment,
    encoding: Any,  # noqa: ARG001
    points: Any,
    *,
    batch: Annotated[int, Field(ge=1)] = 8,
) -> Any:
    """HEBO: heteroscedastic evolutionary Bayesian optimisation (https://arxiv.org/abs/2012.03826).

    Args:
        batch: configurations that it proposes at once, for trials beside each other (HEBOSearch's max_concurrent).
    """
    from ray.tune.search.hebo import HEBOSearch

    from runner.translate.search.translated_search import Library

    search = HEBOSearch(
        metric=OBJECTIVE,
        mode=experiment.objective.mode,
        points_to_evaluate=points or None,
        random_state_seed=experiment.seed,
        max_concurrent=batch,
    )
    return Library(search, global_random=True)
