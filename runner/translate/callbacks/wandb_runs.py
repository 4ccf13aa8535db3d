"""Weights & Biases runs of trials, all open at once in the driver."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ray.tune import Callback
from ray.tune.experiment import Trial

from runner.translate.callbacks.reports import metrics_of


class WandbRuns(Callback):  # type: ignore[misc]
    """One run a trial, finished when the trial ends, however it ends.

    Ray's own callback starts a process a trial, may wait half an hour at the end and keeps the API key on an object
    that is pickled. `reinit="create_new"` (wandb 0.19 and later) holds several runs open in one process instead.
    """

    def __init__(
        self,
        run_folder: Path,
        tell: Callable[[str], None],
        *,
        project: str,
        entity: str | None,
        group: str,
        tags: list[str],
        mode: str | None,
        finish_timeout: float,
    ) -> None:
        self.run_folder = run_folder
        self.tell = tell
        self.finish_timeout = finish_timeout
        self.options: dict[str, Any] = {
            "project": project,
            "entity": entity,
            "group": group,
            "tags": tags or None,
            "mode": mode,
        }
        self._runs: dict[str, Any] = {}

    def on_trial_start(self, iteration: int, trials: list[Trial], trial: Trial, **info: Any) -> None:
        import wandb

        if trial.trial_id in self._runs:
            return
        settings = wandb.Settings(
            silent=True,
            console="off",
            disable_git=True,
            finish_timeout=self.finish_timeout,
            finish_timeout_raises=False,
        )
        try:
            self._runs[trial.trial_id] = wandb.init(
                **self.options,
                id=run_id(self.run_folder, str(trial)),
                name=str(trial),
                config=dict(trial.config),
                dir=str(self.run_folder),
                resume="allow",
                reinit="create_new",
                settings=settings,
            )
        except wandb.errors.Error as error:
            # A server that is away is no reason to lose a training; the run folder has everything.
            self.tell(f"W&B has no run of {trial}: {error}")

    def on_trial_result(
        self,
        iteration: int,
        trials: list[Trial],
        trial: Trial,
        result: dict[str, Any],
        **info: Any,
    ) -> None:
        run = self._runs.get(trial.trial_id)
        if run is not None:
            run.log(metrics_of(result), step=result["training_iteration"])

    def on_trial_complete(self, iteration: int, trials: list[Trial], trial: Trial, **info: Any) -> None:
        self._finish(trial.trial_id, exit_code=0)

    def on_trial_error(self, iteration: int, trials: list[Trial], trial: Trial, **info: Any) -> None:
        self._finish(trial.trial_id, exit_code=1)

    def on_experiment_end(self, trials: list[Trial], **info: Any) -> None:
        """Finish what the end of the experiment cut off: a time budget or Ctrl-C."""
        for trial_id in list(self._runs):
            self._finish(trial_id, exit_code=0)

    def _finish(self, trial_id: str, exit_code: int) -> None:
        run = self._runs.pop(trial_id, None)
        if run is not None:
            run.finish(exit_code=exit_code)


def run_id(run_folder: Path, trial: str) -> str:
    """The id of a trial's run: the same for the same trial of the same run folder, in letters that W&B allows."""
    return re.sub(r"[^\w-]+", "-", f"{run_folder.parent.name}-{run_folder.name}-{trial}")
