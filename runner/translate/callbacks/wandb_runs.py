"""Weights & Biases runs of trials, all open at once in the driver."""

import os
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ray.tune import Callback
from ray.tune.experiment import Trial

from runner.config.trainable import Trainable
from runner.runs.record import Record
from runner.runs.trial import TrialState
from runner.runs.wording import shown
from runner.translate.callbacks.reports import metrics_of
from runner.translate.callbacks.wandb_run import WandbRun

TEARDOWN_SECONDS = 1.0


class WandbRuns(Callback):  # type: ignore[misc]
    """One run a trial, closed when the trial has ended and its files are there; a trial that goes on keeps its run.

    Ray's own callback starts a process a trial, may wait half an hour at the end and keeps the API key on an object
    that is pickled. `reinit="create_new"` (wandb 0.19 and later) holds several runs open in one process instead, each
    written by a thread of its own: a server that hangs holds no trial. At the end of the experiment all runs together
    have `finish_timeout` seconds to finish.

    Args:
        record: tells how a trial ended; whatever writes it comes before this among Ray's callbacks.
    """

    def __init__(
        self,
        trainable: Trainable,
        record: Record,
        tell: Callable[[str], None],
        *,
        project: str,
        entity: str | None,
        group: str,
        tags: list[str],
        mode: str | None,
        finish_timeout: float,
    ) -> None:
        self.trainable = trainable
        self.record = record
        self.run_folder = record.run.root.resolve()
        self.tell = tell
        self.finish_timeout = finish_timeout
        self.options: dict[str, Any] = {
            "project": project,
            "entity": entity,
            "group": group,
            "tags": tags or None,
            "mode": mode,
        }
        # Where no server answers, wandb's reports on itself would hold the exit of this process for a minute.
        os.environ.setdefault("WANDB_ERROR_REPORTING", "false")
        self._open: dict[str, WandbRun] = {}
        self._finishing: list[WandbRun] = []

    def on_trial_start(self, iteration: int, trials: list[Trial], trial: Trial, **info: Any) -> None:
        import wandb

        name = str(trial)
        if name in self._open:  # it goes on after a failure
            return
        settings = wandb.Settings(
            silent=True,
            console="off",
            disable_git=True,
            finish_timeout=self.finish_timeout,
            finish_timeout_raises=False,
        )
        options = {
            **self.options,
            "id": run_id(self.run_folder, name),
            "name": name,
            "config": dict(trial.config),
            "dir": str(self.run_folder),
            "resume": "allow",
            "reinit": "create_new",
            "settings": settings,
        }
        self._open[name] = WandbRun(name, options, self.tell)

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
            run.log(metrics, step=result["training_iteration"])
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
        deadline = time.monotonic() + self.finish_timeout
        late = [run for run in self._finishing if not run.join(deadline - time.monotonic())]
        if late:
            for run in late:
                run.give_up()
            names = ", ".join(run.name for run in late)
            limit = f"logger.wandb.finish_timeout={self.finish_timeout:g} s"
            later = f"wandb sync {shown(self.run_folder / 'wandb')}/run-*"
            self.tell(f"W&B has not all of {names} after {limit}; the run folder has. To send what is written: {later}")
            _let_go()

    def _finish_complete(self) -> None:
        """Finish the runs of trials that have ended and lack no files."""
        places = {row.name: place for place, row in enumerate(self.record.ranked(), 1)}
        for name in list(self._open):
            ended = self.record.rows[name].state is not TrialState.RUNNING
            if ended and not self.trainable.lacks_artifacts(self.record.run.trial(name), places.get(name)):
                self._finish(name)

    def _finish(self, name: str) -> None:
        row = self.record.rows[name]
        run = self._open.pop(name)
        good = row.state in {TrialState.COMPLETED, TrialState.STOPPED}
        run.finish(row, self.trainable.artifacts(self.record.run.trial(name)), exit_code=0 if good else 1)
        self._finishing = [*(other for other in self._finishing if not other.join(0)), run]


def run_id(run_folder: Path, trial: str) -> str:
    """The id of a trial's run: the same for the same trial of the same run folder, in letters that W&B allows."""
    return re.sub(r"[^\w-]+", "-", f"{run_folder.parent.name}-{run_folder.name}-{trial}")


def _let_go() -> None:
    """Have W&B's service end by itself: the interpreter's exit would wait for it, and for all that it uploads."""
    import wandb

    thread = threading.Thread(target=wandb.teardown, daemon=True)
    thread.start()
    thread.join(TEARDOWN_SECONDS)
