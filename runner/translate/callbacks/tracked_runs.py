"""Runs of trials in a tracker, all open at once in the driver."""

import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from ray.tune import Callback
from ray.tune.experiment import Trial

from runner.config.experiment import Experiment
from runner.config.nested import differing
from runner.runs.record import Record
from runner.translate.callbacks.reports import metrics_of
from runner.translate.callbacks.tracked_run import OpenRun, TrackedRun


class Tracker(Protocol):
    """A library that keeps runs.

    Attributes:
        title: its name, for people.
        option: its place in the config.
        finish_timeout: seconds that all runs together may hold the experiment at its end.
    """

    title: str
    option: str
    finish_timeout: float

    def start(self, name: str, config: Mapping[str, Any]) -> OpenRun:
        """Open the run of a trial, or go on with it where an earlier process opened it. In a thread of the run."""

    def later(self) -> str:
        """How what is written can still be sent, as a sentence; empty: it cannot."""

    def let_go(self) -> None:
        """Some runs are late: have nothing of the library hold the exit of this process."""


class TrackedRuns(Callback):  # type: ignore[misc]
    """One run a trial, closed when the trial has ended and its files are there; a trial that goes on keeps its run.

    Each is written by a thread of its own: a server that hangs holds no trial. At the end of the experiment all runs
    together have the tracker's `finish_timeout` to finish.

    Args:
        record: tells how a trial ended; whatever writes it comes before this among Ray's callbacks.
    """

    def __init__(self, tracker: Tracker, experiment: Experiment, record: Record, tell: Callable[[str], None]) -> None:
        self.tracker = tracker
        self.trainable = experiment.trainable
        self.settings = experiment.trainable.settings(experiment)
        self.record = record
        self.tell = tell
        self._open: dict[str, TrackedRun] = {}
        self._begun_with: dict[str, dict[str, Any]] = {}
        self._finishing: list[TrackedRun] = []

    def on_trial_start(self, iteration: int, trials: list[Trial], trial: Trial, **info: Any) -> None:
        name, config = str(trial), dict(trial.config)
        if name not in self._open:  # else it goes on after a failure or a pause
            self._begun_with[name] = config
            known = {**self.settings, **config}
            self._open[name] = TrackedRun(name, self.tracker.title, lambda: self.tracker.start(name, known), self.tell)

    def on_trial_result(
        self,
        iteration: int,
        trials: list[Trial],
        trial: Trial,
        result: dict[str, Any],
        **info: Any,
    ) -> None:
        run = self._open.get(str(trial))
        if run is not None:  # else the end of the experiment was recorded for it before this report
            metrics = {self.trainable.dashboard_name(name): value for name, value in metrics_of(result).items()}
            run.log({**metrics, **self._changed(trial)}, step=result["training_iteration"])
        self._finish_complete()

    def on_trial_complete(self, iteration: int, trials: list[Trial], trial: Trial, **info: Any) -> None:
        self._finish_complete()

    def on_trial_error(self, iteration: int, trials: list[Trial], trial: Trial, **info: Any) -> None:
        self._finish_complete()

    def close(self) -> None:
        """Finish what is open, within `finish_timeout` seconds for all together, and tell what is not done by then.

        The record must be closed by now, and files that are still to come come no more.
        """
        for name in list(self._open):
            self._finish(name)
        timeout = self.tracker.finish_timeout
        deadline = time.monotonic() + timeout
        late = [run for run in self._finishing if not run.join(deadline - time.monotonic())]
        if late:
            for run in late:
                run.give_up()
            names = ", ".join(run.name for run in late)
            limit = f"{self.tracker.option}.finish_timeout={timeout:g} s"
            told = f"{self.tracker.title} has not all of {names} after {limit}; the run folder has."
            self.tell(f"{told} {self.tracker.later()}".rstrip())
            self.tracker.let_go()

    def _changed(self, trial: Trial) -> dict[str, Any]:
        """The numbers that a scheduler has changed: a tracker has one configuration a run, that of the beginning."""
        changes = differing(self._begun_with[str(trial)], trial.config)
        return {f"config/{key}": new for key, _, new in changes if isinstance(new, int | float)}

    def _finish_complete(self) -> None:
        """Finish the runs of trials that have ended and lack no files."""
        places = {row.name: place for place, row in enumerate(self.record.ranked(), 1)}
        for name in list(self._open):
            ended = self.record.rows[name].state.ended
            if ended and not self.trainable.lacks_artifacts(self.record.folder.trial(name), places.get(name)):
                self._finish(name)

    def _finish(self, name: str) -> None:
        run = self._open.pop(name)
        run.finish(self.record.rows[name], self.trainable.artifacts(self.record.folder.trial(name)))
        self._finishing = [*(other for other in self._finishing if not other.join(0)), run]


def run_id(run_folder: Path, trial: str) -> str:
    """The id of a trial's run: the same for the same trial of the same run folder, in letters that W&B allows."""
    return re.sub(r"[^\w-]+", "-", f"{run_folder.parent.name}-{run_folder.name}-{trial}")
