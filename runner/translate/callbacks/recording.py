"""From Ray's events to the record of the run."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from ray.tune import Callback
from ray.tune.experiment import Trial

from runner.errors import AttestationError
from runner.runs.decisions import Decision
from runner.runs.record import Record, TrialState
from runner.runs.wording import error_line
from runner.translate.callbacks.reports import metrics_of
from runner.translate.stopping import StopByRule
from runner.translate.verdicts import Verdict, Verdicts

ATTESTATION = f"{AttestationError.__module__}.{AttestationError.__qualname__}:"
"""How the line of a traceback starts that names this error; the error itself stays in the trial's process."""


class Recording(Callback):  # type: ignore[misc]
    """Writes every start, report and end of a trial to the record as it happens, with the rule behind an end."""

    def __init__(self, record: Record, verdicts: Verdicts, stopper: StopByRule, changed: Callable[[], None]) -> None:
        self.record = record
        self.verdicts = verdicts
        self.stopper = stopper
        self.changed = changed

    def on_trial_start(self, iteration: int, trials: list[Trial], trial: Trial, **info: Any) -> None:
        self.record.started(str(trial), trial.config)
        self.changed()

    def on_trial_result(
        self,
        iteration: int,
        trials: list[Trial],
        trial: Trial,
        result: dict[str, Any],
        **info: Any,
    ) -> None:
        self.record.reported(str(trial), result["training_iteration"], metrics_of(result))
        self.changed()

    def on_trial_complete(self, iteration: int, trials: list[Trial], trial: Trial, **info: Any) -> None:
        verdict = self.verdicts.take(trial.trial_id)
        if verdict is None:
            self._completed(trial)
        else:
            self._ended(trial, TrialState.STOPPED, verdict)

    def on_trial_error(self, iteration: int, trials: list[Trial], trial: Trial, **info: Any) -> None:
        # get_error() looks in the storage, where Ray has not copied the file yet.
        error = (
            _plain_error(Path(trial.error_file).read_text(encoding="utf-8")) if trial.error_file else "no error kept"
        )
        reason = re.sub(r"^runner\.[\w.]+: ", "", error_line(error))
        rule = "error"
        if error_line(error).startswith(ATTESTATION):
            rule = "attestation"
            self.stopper.mismatch()
        verdict = Verdict(rule, _iterations(trial), None, None, reason)
        self._ended(trial, TrialState.FAILED, verdict, error)

    def on_step_end(self, iteration: int, trials: list[Trial], **info: Any) -> None:
        if end := self.stopper.end():
            self.record.cut_off(end.detail)
            for trial in trials:
                if self._is_running(trial):
                    self._ended(trial, TrialState.STOPPED, replace(end, iteration=_iterations(trial)))
        self.changed()

    def _is_running(self, trial: Trial) -> bool:
        row = self.record.rows.get(str(trial))
        return row is not None and row.state is TrialState.RUNNING

    def _completed(self, trial: Trial) -> None:
        self._ended(trial, TrialState.COMPLETED, Verdict("end", _iterations(trial), None, None, "trained to its end"))

    def _ended(self, trial: Trial, state: TrialState, verdict: Verdict, error: str = "") -> None:
        decision = Decision(
            str(trial), verdict.iteration, verdict.rule, verdict.value, verdict.compared_with, verdict.detail
        )
        self.record.ended(str(trial), state, decision, error)
        self.changed()


def _plain_error(text: str) -> str:
    """Ray's text of a failure without the line that counts failures and without the colours of a terminal."""
    return re.sub(r"\x1b\[[\d;]*m", "", re.sub(r"^Failure # \d+ \(occurred at .*\)\n", "", text))


def _iterations(trial: Trial) -> int:
    return int(trial.last_result.get("training_iteration", 0)) if trial.last_result else 0
