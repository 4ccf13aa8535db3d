"""Optuna's samplers through Ray's OptunaSearch."""

import inspect
import warnings
from collections.abc import Callable, Mapping
from typing import Any, Literal

from runner.config.conversion import TEXTS
from runner.config.experiment import Experiment
from runner.config.registry import SEARCHERS
from runner.config.traits import SearcherTraits

_SAMPLERS = {
    "tpe": "TPESampler",
    "random": "RandomSampler",
    "cmaes": "CmaEsSampler",
    "gp": "GPSampler",
    "qmc": "QMCSampler",
    "nsgaii": "NSGAIISampler",
}


@SEARCHERS.register(
    "optuna",
    requires=("optuna",),
    traits=SearcherTraits(
        paper="Akiba et al. 2019, https://arxiv.org/abs/1907.10902",
        supported=frozenset(
            {"uniform", "quniform", "loguniform", "randint", "qrandint", "lograndint", "choice", TEXTS}
        ),
        conditions=True,
        objectives=True,
    ),
)
def optuna(
    experiment: Experiment,
    encoding: Any,
    points: Any,
    *,
    sampler: Literal["tpe", "random", "cmaes", "gp", "qmc", "nsgaii"] = "tpe",
    sampler_args: dict[str, Any] = {},  # noqa: B006
) -> Any:
    """Optuna (Akiba et al. 2019, https://arxiv.org/abs/1907.10902).

    Args:
        sampler: tpe (multivariate by default), random, cmaes, gp, qmc, or nsgaii, a genetic algorithm; all but cmaes
            take several objectives.
        sampler_args: arguments of the sampler, by Optuna's own names.
    """
    import optuna as library
    from ray.tune.search.optuna import OptunaSearch

    from runner.translate.search.define_by_run import DefineByRun
    from runner.translate.search.translated_search import Library

    if "seed" in sampler_args:
        raise ValueError("the seed of the sampler is the experiment's: type seed=...")
    # OptunaSearch ignores its own seed when a sampler is passed, so the sampler has it.
    arguments = {"multivariate": True} if sampler == "tpe" else {}
    conditional = bool(experiment.search_space.conditions)
    if conditional and {**arguments, **sampler_args}.get("multivariate"):
        # Without it a multivariate TPE draws each parameter alone in a space that is not the same for all trials.
        arguments["group"] = True
    build = getattr(library.samplers, _SAMPLERS[sampler])
    startup = {"random": None, "qmc": 1}.get(sampler, _startup(build, sampler_args))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Argument ``group`` is an experimental feature")  # nobody typed it
        made = build(**{**arguments, **sampler_args, "seed": experiment.seed})
    options: dict[str, Any] = {"sampler": made, "points_to_evaluate": points or None}
    return Library(DefineByRun(encoding, **options) if conditional else OptunaSearch(**options), startup)


def _startup(sampler: Callable[..., Any], arguments: Mapping[str, Any]) -> int | None:
    """Trials that a sampler draws at random before it learns (the first generation); None for one that never does."""
    parameters = inspect.signature(sampler).parameters
    name = next((name for name in ("n_startup_trials", "population_size") if name in parameters), None)
    return None if name is None else int(arguments.get(name, parameters[name].default))
