"""Optuna's samplers through Ray's OptunaSearch."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any, Literal

from runner.config.experiment import Experiment
from runner.config.objective import OBJECTIVE
from runner.config.points import EvaluatedPoint, Points, RunToBeginWith, default_point, fits, flat, listed, nested
from runner.config.registry import SEARCHERS

_SAMPLERS = {
    "tpe": "TPESampler",
    "random": "RandomSampler",
    "cmaes": "CmaEsSampler",
    "gp": "GPSampler",
    "qmc": "QMCSampler",
}


@SEARCHERS.register("optuna", requires=("optuna",))
def optuna(
    experiment: Experiment,
    *,
    sampler: Literal["tpe", "random", "cmaes", "gp", "qmc"] = "tpe",
    sampler_args: dict[str, Any] = {},  # noqa: B006
    points_to_evaluate: Points = [],  # noqa: B006
    evaluated_points: list[EvaluatedPoint] = [],  # noqa: B006
    warm_start: RunToBeginWith = None,  # noqa: ARG001 - read before, into the two above
    defaults_first: bool = False,
) -> Any:
    """Optuna (Akiba et al. 2019, https://arxiv.org/abs/1907.10902).

    Args:
        sampler: tpe (multivariate by default), random, cmaes, gp or qmc.
        sampler_args: arguments of the sampler, by Optuna's own names.
        points_to_evaluate: configurations to try first, or the YAML file that holds them; a key that is left out has
            the trainable's default.
        evaluated_points: [{point: {...}, objective: 0.4}], results that are known; none of them runs.
        warm_start: a run folder, whose five best trials are tried first, or {run: ..., best: k}, or
            {run: ..., results: true}: what came out of all its finished trials is told, and none of them runs.
        defaults_first: trial 0 runs the trainable's own defaults; outside of the space Optuna is not told of it.
    """
    import optuna as library

    from runner.translate.defaults_first import DefaultsFirst
    from runner.translate.informed_optuna import InformedOptuna

    if "seed" in sampler_args:
        raise ValueError("the seed of the sampler is the experiment's: type seed=...")
    space = experiment.search_space
    first = default_point(space, experiment.trainable.defaults() or {}) if defaults_first else None
    told = [nested(first)] if first is not None and fits(first, space) else []
    # OptunaSearch ignores its own seed when a sampler is passed, so the sampler has it.
    arguments = {"multivariate": True} if sampler == "tpe" else {}
    build = getattr(library.samplers, _SAMPLERS[sampler])
    points = [_joined(point, experiment) for point in (*told, *listed(points_to_evaluate))]
    startup = {"random": None, "qmc": 1}.get(sampler, sampler_args.get("n_startup_trials", _default_startup(build)))
    search = InformedOptuna(
        evaluated=[(_joined(known.point, experiment), known.objective) for known in evaluated_points],
        # Given points come first whatever else is known; then the sampler draws at random until it knows enough.
        foreseeable=None if startup is None else max(1, len(points), startup - len(evaluated_points)),
        metric=OBJECTIVE,
        mode=experiment.objective.mode,
        sampler=build(**{**arguments, **sampler_args, "seed": experiment.seed}),
        points_to_evaluate=points or None,
    )
    return search if first is None or told else DefaultsFirst(search, nested(first))


def _default_startup(sampler: Callable[..., Any]) -> int | None:
    """Trials that a sampler draws at random before it learns; None for one that never does so."""
    argument = inspect.signature(sampler).parameters.get("n_startup_trials")
    return None if argument is None else int(argument.default)


def _joined(point: Mapping[str, Any], experiment: Experiment) -> dict[str, Any]:
    """Nested keys as a/b: OptunaSearch replaces a nested part by a random value (Ray 2.60)."""
    return {key.replace(".", "/"): value for key, value in flat(point, experiment.search_space).items()}
