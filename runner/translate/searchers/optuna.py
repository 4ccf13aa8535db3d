"""Optuna's samplers through Ray's OptunaSearch."""

from typing import Any, Literal

from runner.config.experiment import Experiment
from runner.config.objective import OBJECTIVE
from runner.config.registry import SEARCHERS

_SAMPLERS = {
    "tpe": "TPESampler",
    "random": "RandomSampler",
    "cmaes": "CmaEsSampler",
    "gp": "GPSampler",
    "qmc": "QMCSampler",
}


@SEARCHERS.register("optuna")
def optuna(
    experiment: Experiment,
    *,
    sampler: Literal["tpe", "random", "cmaes", "gp", "qmc"] = "tpe",
    sampler_args: dict[str, Any] = {},  # noqa: B006
    points_to_evaluate: list[dict[str, Any]] = [],  # noqa: B006
) -> Any:
    """Optuna (Akiba et al. 2019, https://arxiv.org/abs/1907.10902).

    Args:
        sampler: tpe (multivariate by default), random, cmaes, gp or qmc.
        sampler_args: arguments of the sampler, by Optuna's own names.
        points_to_evaluate: configurations to try first, each with every searched key.
    """
    import optuna as library
    from ray.tune.search.optuna import OptunaSearch

    if "seed" in sampler_args:
        raise ValueError("the seed of the sampler is the experiment's: type seed=...")
    # OptunaSearch ignores its own seed when a sampler is passed, so the sampler has it.
    arguments = {"multivariate": True} if sampler == "tpe" else {}
    build = getattr(library.samplers, _SAMPLERS[sampler])
    return OptunaSearch(
        metric=OBJECTIVE,
        mode=experiment.objective.mode,
        sampler=build(**{**arguments, **sampler_args, "seed": experiment.seed}),
        points_to_evaluate=[_flat(point) for point in points_to_evaluate] or None,
    )


def _flat(point: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested keys as a/b: OptunaSearch replaces a nested part by a random value (Ray 2.60)."""
    flat: dict[str, Any] = {}
    for key, value in point.items():
        flat |= _flat(value, f"{prefix}{key}/") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return flat
