"""An earlier run as a beginning: its best trials to try first, or all that it found out."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from runner.config.experiment import Experiment
from runner.config.nested import flat as dotted
from runner.config.points import BEST, EvaluatedPoint, WarmStart, completed, faults, flat, missing, nested
from runner.runs.locate import run_folder
from runner.runs.points_file import read_points
from runner.runs.run import Run
from runner.runs.trial import Trial
from runner.runs.wording import plural, shown

Point = dict[str, Any]
Known = tuple[list[Point], list[EvaluatedPoint], list[str]]
"""Points to evaluate, points whose results are known, and what to tell."""


def warm_start(warm: WarmStart, experiment: Experiment, project: Path) -> Known:
    """What an earlier run gives to this experiment's searcher.

    Trials whose parameters this search space cannot give are left out, and told. Raises ConfigError where there is no
    such run, ValueError where it cannot be read or none of its trials is of use.
    """
    path = project / warm.run
    if path.is_file():
        return _one(path, warm, experiment)
    run = Run(run_folder(warm.run, project))
    return _results(run, experiment) if warm.results else _best(run, warm.best or BEST, experiment)


def _one(path: Path, warm: WarmStart, experiment: Experiment) -> Known:
    if warm.results or warm.best is not None:
        raise ValueError(f"{shown(path)} is a configuration; best and results are for a run folder")
    candidates = {str(number): flat(p, experiment.search_space) for number, p in enumerate(read_points(path))}
    points, notes = _fitting(candidates, experiment, experiment.trainable.defaults() or {})
    return [nested(point) for point in points.values()], [], notes


def _best(run: Run, amount: int, experiment: Experiment) -> Known:
    trials = run.ranked
    if not trials:
        raise ValueError(f"no trial of {shown(run.folder.root)} has a result")
    fitting, notes = _fitting(_candidates(run, trials, experiment), experiment, experiment.trainable.defaults() or {})
    points: list[Point] = []
    for point in map(nested, fitting.values()):
        if point not in points:
            points.append(point)
    taken = points[:amount]
    where = shown(run.folder.root)
    told = f"{where}: its best {plural(len(taken), 'configuration').removeprefix('1 ')} will be tried first"
    if run.objective != experiment.objective:
        told += f", by {run.objective}, the objective there"
    elif run.objective.several:
        told += f", those of the Pareto front before others, and by {run.objective.label}"
    return taken, [], [told, *notes]


def _results(run: Run, experiment: Experiment) -> Known:
    """A trial's last objective counts, of a stopped one too: the searcher of its own run was told the same."""
    there, here, where = run.objective, experiment.objective, shown(run.folder.root)
    if there != here:
        raise ValueError(
            f"{where} was judged by {there}, this experiment is by {here}: results do not compare; without"
            " results=true its best trials are tried first"
        )
    trials = {trial.name: trial for trial in run.finished}
    if not trials:
        raise ValueError(f"no trial of {shown(run.folder.root)} was completed or stopped with a result")
    fitting, notes = _fitting(_candidates(run, trials.values(), experiment), experiment, {})
    known = [
        EvaluatedPoint(point=nested(point), objective=there.values(trial.last_metrics) if there.several else last)
        for name, point in fitting.items()
        if (last := (trial := trials[name]).last_finite) is not None
    ]
    told = f"the searcher is told the results of {plural(len(known), 'trial')} of {shown(run.folder.root)}"
    return [], known, [told, *notes, *_other_conditions(run, experiment)]


def _candidates(run: Run, trials: Iterable[Trial], experiment: Experiment) -> dict[str, Point]:
    """Trial to its parameters; what was fixed there is one of them where it is searched here."""
    space = experiment.search_space
    fixed = {key: value for key, value in run.constants.items() if key in space.searched()}
    own = {trial.name: run.point(trial) for trial in trials}
    points = {name: {**fixed, **point} for name, point in own.items()}
    return {
        name: {key: value for key, value in point.items() if key in own[name] or space.active(key, point)}
        for name, point in points.items()
    }


def _fitting(
    candidates: Mapping[str, Point], experiment: Experiment, defaults: Mapping[str, Any]
) -> tuple[dict[str, Point], list[str]]:
    """The candidates that the search space can give, completed, and a note of the others. Raises ValueError: none."""
    space = experiment.search_space
    whole = {name: completed(point, space, defaults) for name, point in candidates.items()}
    reasons = {name: reason for name, point in whole.items() if (reason := _misfit(point, experiment))}
    told = "; ".join(f"{reason} ({amount})" for reason, amount in Counter(reasons.values()).most_common())
    if len(reasons) == len(whole):
        raise ValueError(f"none of {plural(len(whole), 'trial')} fits this search space: {told}")
    notes = [f"{len(reasons)} of {len(whole)} trials there do not fit this search space: {told}"] if reasons else []
    return {name: point for name, point in whole.items() if name not in reasons}, notes


def _misfit(point: Mapping[str, Any], experiment: Experiment) -> str:
    """Why the search space could not give this point, or an empty text."""
    space = experiment.search_space
    lacking = [f"{key} has no value" for key in missing(point, space)]
    return next(iter([*(f"{key} {message}" for key, message, _ in faults(point, space)), *lacking]), "")


def _other_conditions(run: Run, experiment: Experiment) -> Iterator[str]:
    """What made the results there and is another here."""
    searched = {f"search_space.{key}" for key in experiment.search_space.searched()}
    there = _conditions(run.config, run.constants)
    here = _conditions(experiment.config, experiment.search_space.constants())
    other = [key for key in {**there, **here} if there.get(key) != here.get(key) and key not in searched]
    if other:
        told = ", ".join(f"{key}={there.get(key)} there, {here.get(key)} here" for key in other)
        yield f"the results were made under other conditions and may mislead the searcher: {told}"


def _conditions(config: Mapping[str, Any], constants: Mapping[str, Any]) -> dict[str, Any]:
    epochs = {"budget.max_epochs": config["budget"]["max_epochs"]}
    return epochs | dotted(config["trainable"], "trainable.") | {f"search_space.{k}": v for k, v in constants.items()}
