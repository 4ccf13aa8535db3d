"""BOHB's model of the package HpBandSter through Ray's TuneBOHB."""

from collections.abc import Mapping
from typing import Any

from runner.config.conversion import TEXTS
from runner.config.experiment import Experiment
from runner.config.objective import OBJECTIVE
from runner.config.registry import SEARCHERS
from runner.config.traits import SearcherTraits

DECIMALS = 13
"""To which ConfigSpace rounds bounds: a point at a bound is outside of them without (tried on 1.2.2)."""


@SEARCHERS.register(
    "bohb",
    requires=("hpbandster", "ConfigSpace"),
    traits=SearcherTraits(
        paper="Falkner et al. 2018, https://arxiv.org/abs/1807.01774",
        extra="bohb",
        supported=frozenset({"uniform", "randint", "lograndint", TEXTS}),
        takes_results=False,
        cannot_resume="what BOHB was told at each rung is not kept",
    ),
)
def bohb(
    experiment: Experiment,
    encoding: Any,  # noqa: ARG001
    points: Any,
    *,
    bohb_config: dict[str, Any] = {},  # noqa: B006
) -> Any:
    """BOHB's searcher, for scheduler=bohb (Falkner et al. 2018, https://arxiv.org/abs/1807.01774).

    Args:
        bohb_config: arguments of HpBandSter's model, by its own names: min_points_in_model, top_n_percent,
            num_samples, random_fraction, bandwidth_factor, min_bandwidth.
    """
    from ray.tune.search.bohb import TuneBOHB

    from runner.translate.search.translated_search import Library

    search = TuneBOHB(
        metric=OBJECTIVE,
        mode=experiment.objective.mode,
        points_to_evaluate=[_rounded(point) for point in points] or None,
        seed=experiment.seed,
        bohb_config=bohb_config,
    )
    return Library(search, global_random=True)


def _rounded(point: Mapping[str, Any]) -> dict[str, Any]:
    return {key: round(value, DECIMALS) if isinstance(value, float) else value for key, value in point.items()}
