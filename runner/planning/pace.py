"""How fast trials are, as an earlier run of the same training shows."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runner.config.experiment import Experiment
from runner.config.nested import flat
from runner.config.read_search_space import read_search_space
from runner.errors import ConfigError
from runner.runs.folder import RunFolder
from runner.runs.history import rows
from runner.runs.kept_config import read_config
from runner.runs.locate import runs_below
from runner.runs.trials_table import read_trials
from runner.runs.wording import shown

NEWEST = 30
"""Run folders to look at."""


@dataclass(frozen=True)
class Pace:
    """How long things take, in seconds.

    Attributes:
        epoch: an epoch.
        beside: all that a trial does beside its epochs: starting a process, loading, a last validation.
        every_trial: whether each trial does that; else the first in each worker process alone.
        source: where the numbers are from.
    """

    epoch: float
    beside: float
    every_trial: bool
    source: str


def earlier_pace(experiment: Experiment, project: Path) -> Pace | None:
    """That of the newest run below output_dir with the same trainable, data and fixed values, or None."""
    outputs = project / experiment.output_dir
    for run in runs_below(outputs)[: -NEWEST - 1 : -1]:
        if _trained_alike(run, experiment):
            try:
                pace = pace_of(run, shown(run.root), reuse_workers=experiment.trainable.reuse_workers)
            except ConfigError:  # a damaged run says nothing of the pace, and does not keep others from it
                continue
            if pace is not None:
                return pace
    return None


def pace_of(run: RunFolder, source: str, *, reuse_workers: bool) -> Pace | None:
    """The means over all trials of a run, or None where no trial reported.

    Where trials follow each other in a worker process, only the first has what comes beside the epochs.
    """
    reports: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for report in rows(run.history_csv):
        reports[report["trial"]].append((int(report["iteration"]), float(report["seconds"])))
    if not reports:
        return None
    epoch = _seconds_an_epoch(reports.values())
    ended = read_trials(run.trials_csv).values()
    beside = [trial.seconds - trial.iterations * epoch for trial in ended if trial.iterations]
    usual = max(beside) if reuse_workers else sum(beside) / len(beside)
    return Pace(epoch, max(0.0, usual), not reuse_workers, source)


def _seconds_an_epoch(trials: Iterable[list[tuple[int, float]]]) -> float:
    """From the first report to the last: what comes before is the start of the trial."""
    spans = [(last[0] - first[0], last[1] - first[1]) for first, *_, last in ([*one, one[-1]] for one in trials)]
    counted = sum(iterations for iterations, _ in spans)
    if counted:
        return sum(seconds for _, seconds in spans) / counted
    firsts = [one[0][1] for one in trials]
    return sum(firsts) / len(firsts)


def _trained_alike(run: RunFolder, experiment: Experiment) -> bool:
    """Whether both train with the same fixed values, but for those that one of both searches.

    So a preset that holds the parameters of a search's winner has the pace of the search. Options that only one of both
    knows count for nothing; a config that cannot be read is another experiment's.
    """
    try:
        config = read_config(run)
        there, _ = read_search_space(config["search_space"] or {})
        trained: Mapping[str, Any] = config["trainable"]
        here, trains = experiment.search_space, experiment.config["trainable"]
        known = trained.keys() & trains.keys()
    except (ConfigError, KeyError, TypeError, AttributeError):
        return False
    searched = {*there.searched(), *here.searched()}
    return _fixed(trained, known, there.constants(), searched) == _fixed(trains, known, here.constants(), searched)


def _fixed(
    trainable: Mapping[str, Any], known: Collection[str], constants: Mapping[str, Any], searched: Collection[str]
) -> dict[str, Any]:
    """What a trial trains with, wherever it is said: among the trainable's arguments, or as a constant of the space."""
    options = {key: trainable[key] or None for key in known}
    arguments = {key: value for one in options.values() if isinstance(one, Mapping) for key, value in flat(one).items()}
    rest = {f"trainable.{key}": value for key, value in options.items() if not isinstance(value, Mapping | None)}
    return {key: value for key, value in {**rest, **arguments, **constants}.items() if key not in searched}
