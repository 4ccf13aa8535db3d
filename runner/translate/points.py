"""The points to evaluate, where the searcher names them by a file or by an earlier run."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from runner.config.experiment import Experiment
from runner.config.points import EvaluatedPoint, Points, WarmStart, completed, flat, nested
from runner.errors import ConfigError, Problem
from runner.runs.points_file import read_points
from runner.translate.warm_start import Known, warm_start

WHERE = "searcher.points_to_evaluate"


def resolve_points(experiment: Experiment, project: Path) -> tuple[Experiment, list[str]]:
    """Put the points themselves in place of the file and the run that hold them; returns notes to tell.

    So the experiment, and the config.yaml that is kept of it, needs neither any more. Each point gets the trainable's
    defaults for what it leaves out. Raises ConfigError for what cannot be read.
    """
    options = experiment.searcher.options
    points = [_whole(point, experiment) for point in _read(options["points_to_evaluate"], project)]
    evaluated = list(options["evaluated_points"])
    notes: list[str] = []
    if options["warm_start"] is not None:
        more, known, notes = _begin_with(options["warm_start"], experiment, project)
        points += [point for point in more if point not in points]
        evaluated += known
    return _with(experiment, points, evaluated), notes


def _read(points: Points, project: Path) -> Iterable[Mapping[str, Any]]:
    if not isinstance(points, str):
        return points
    try:
        return read_points(project / points)
    except ValueError as error:
        remedy = f"correct the path or the file, or write the points: {WHERE}=[{{...}}]"
        raise ConfigError([Problem("points-file", WHERE, str(error), remedy)]) from error


def _begin_with(warm: WarmStart, experiment: Experiment, project: Path) -> Known:
    where = "searcher.warm_start"
    try:
        return warm_start(warm, experiment, project)
    except ConfigError as error:
        raise ConfigError(
            [replace(p, where=where, message=f"{p.where}: {p.message}") for p in error.problems]
        ) from error
    except ValueError as error:
        remedy = f"type {where}=RUN_FOLDER, or {where}=null"
        raise ConfigError([Problem("warm-start", where, str(error), remedy)]) from error


def _whole(point: Mapping[str, Any], experiment: Experiment) -> dict[str, Any]:
    space = experiment.search_space
    return nested(completed(flat(point, space), space, experiment.trainable.defaults() or {}))


def _with(experiment: Experiment, points: list[dict[str, Any]], evaluated: list[EvaluatedPoint]) -> Experiment:
    options = {"points_to_evaluate": points, "warm_start": None, "evaluated_points": evaluated}
    kept = {**options, "evaluated_points": [known.model_dump() for known in evaluated]}
    searcher = replace(experiment.searcher, options={**experiment.searcher.options, **options})
    config = {**experiment.config, "searcher": {**experiment.config["searcher"], **kept}}
    return replace(experiment, searcher=searcher, config=config)
