"""Configurations to try first."""

from collections.abc import Iterator
from typing import Any

from runner.config.experiment import Experiment
from runner.config.suggest import did_you_mean
from runner.errors import Problem


def points_in_space(experiment: Experiment) -> Iterator[Problem]:
    """Each point has known keys with values that the space can give."""
    searched = experiment.search_space.searched()
    points = experiment.searcher.options.get("points_to_evaluate") or []
    for number, point in enumerate(points):
        where = f"searcher.points_to_evaluate.{number}"
        flat = dict(_flat(point))
        for key, value in flat.items():
            if key not in searched:
                yield Problem("point-key", f"{where}.{key}", "is not searched", did_you_mean(key, searched))
            elif not searched[key].contains(value):
                remedy = "change the point, or widen the distribution"
                yield Problem("point-value", f"{where}.{key}", f"{value!r} is outside of {searched[key]}", remedy)
        missing = [key for key in searched if key not in flat]
        if missing and experiment.searcher.name == "optuna":
            yield Problem("point-key", where, f"lacks {', '.join(missing)}", "give every searched key a value")
    if len(points) > experiment.budget.num_samples:
        message = f"{len(points)} points are more than budget.num_samples={experiment.budget.num_samples}"
        yield Problem("points-budget", "searcher.points_to_evaluate", message, f"type budget.num_samples={len(points)}")


def _flat(point: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in point.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value
