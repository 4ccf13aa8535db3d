"""Configurations to try first: points, an earlier run, the trainable's defaults."""

from collections.abc import Iterator, Mapping
from typing import Any

from runner.config.experiment import Experiment
from runner.config.points import completed, faults, flat, missing
from runner.config.registry import SEARCHERS
from runner.errors import Problem

POINTS = "searcher.points_to_evaluate"

BREEDING = "nsgaii"
BREEDS = "breeds from trials of its own generations alone"
"""Optuna 5.0 counts a trial to a generation where the sampler has drawn it."""


def points_in_space(experiment: Experiment) -> Iterator[Problem]:
    """Each point has known keys with values that the space can give, and so has each whose result is known.

    The points of a file are not there before it is read; then this is asked again.
    """
    points = _points(experiment)
    for number, point in enumerate(points):
        yield from _point(experiment, f"{POINTS}.{number}", point, sampled=experiment.searcher.name == "random")
    for number, known in enumerate(experiment.searcher.options.get("evaluated_points") or []):
        yield from _point(experiment, f"searcher.evaluated_points.{number}.point", known.point, sampled=False)
    first = _defaults_first(experiment)
    count = len(points) + first
    if points and count > experiment.budget.num_samples:
        told = f"{len(points)} points and the defaults" if first else f"{len(points)} points"
        message = f"{told} are more than budget.num_samples={experiment.budget.num_samples}"
        yield Problem("points-budget", POINTS, message, f"type budget.num_samples={count}")


def _point(experiment: Experiment, where: str, point: Mapping[str, Any], *, sampled: bool) -> Iterator[Problem]:
    space, defaults = experiment.search_space, experiment.trainable.defaults() or {}
    whole = completed(flat(point, space), space, defaults)
    for key, message, remedy in faults(whole, space):
        rule = "point-value" if key in space.searched() else "point-key"
        without = f"; '{POINTS}=[]' tries no points" if where.startswith(POINTS) else ""
        yield Problem(rule, f"{where}.{key}", message, f"{remedy}{without}")
    lacking = {key: key for key in missing(whole, space) if not sampled}
    lacking |= {
        key: f"{key}, whose default {defaults[key]!r} is outside of {space.searched()[key]}"
        for key in missing(whole, space)
        if key in defaults
    }
    if lacking:
        yield Problem("point-key", where, f"lacks {', '.join(lacking.values())}", "give every searched key a value")


def defaults_first(experiment: Experiment) -> Iterator[Problem]:
    """There are defaults to try, and trials beside the one that tries them."""
    where = "searcher.defaults_first"
    if not _defaults_first(experiment):
        return
    if experiment.trainable.defaults() is None:
        name = experiment.config["trainable"]["name"]
        remedy = f"type {where}=false, and say them as the first of {POINTS}"
        yield Problem("no-defaults", where, f"trainable={name} does not tell its defaults", remedy)
    elif experiment.budget.num_samples == 1 and experiment.search_space.searched():
        message = "the only trial runs the defaults: nothing is searched"
        yield Problem("defaults-alone", where, message, f"type budget.num_samples=2, or {where}=false", fatal=False)


def known_results(experiment: Experiment) -> Iterator[Problem]:
    """Results are given to a searcher that learns from them."""
    options = experiment.searcher.options
    warm = options.get("warm_start")
    given = {
        "searcher.evaluated_points": bool(options.get("evaluated_points")),
        "searcher.warm_start.results": warm is not None and warm.results,
    }
    traits = SEARCHERS.get(experiment.searcher.name).traits
    if not traits.takes_results:
        for where in (where for where, has in given.items() if has):
            message = f"searcher={experiment.searcher.name} cannot be told what came out of other trials"
            remedy = f"type searcher.warm_start={warm.run}, which tries its best first" if warm else f"remove {where}"
            yield Problem("results-unused", where, message, remedy)
        return
    unlearned = None if traits.learns else f"searcher={experiment.searcher.name}"
    why = "draws every trial alike, whatever came out before"
    if options.get("sampler") in {"random", "qmc", BREEDING}:
        unlearned = f"searcher.sampler={options['sampler']}"
        why = BREEDS if options["sampler"] == BREEDING else why
    for where in (where for where, has in given.items() if has and unlearned):
        message = f"{unlearned} {why}: results teach it nothing"
        remedy = (
            f"type searcher.warm_start={warm.run}, which tries its best trials first" if warm else f"remove {where}"
        )
        yield Problem("results-unused", where, message, remedy)


def points_of_no_generation(experiment: Experiment) -> Iterator[Problem]:
    """Configurations that a genetic algorithm did not propose itself are run, and that is all."""
    options = experiment.searcher.options
    warm, sampler = options.get("warm_start"), options.get("sampler")
    given = {
        POINTS: bool(options.get("points_to_evaluate")),
        "searcher.warm_start": warm is not None and not warm.results,
        "searcher.defaults_first": _defaults_first(experiment),
    }
    for where in (where for where, has in given.items() if has and sampler == BREEDING):
        message = f"searcher.sampler={sampler} {BREEDS}: what comes out of these trials teaches it nothing"
        yield Problem("points-unused", where, message, "type searcher.sampler=tpe where it should", fatal=False)


def _points(experiment: Experiment) -> list[dict[str, Any]]:
    points = experiment.searcher.options.get("points_to_evaluate") or []
    return [] if isinstance(points, str) else points


def _defaults_first(experiment: Experiment) -> bool:
    return bool(experiment.searcher.options.get("defaults_first"))
