"""From Ray's events to the record of the run."""

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from ray.tune import Callback, Checkpoint
from ray.tune.experiment import Trial

from runner.config.trainable import Trainable
from runner.errors import AttestationError, OutOfMemoryError
from runner.runs.decisions import CUT_OFF, END, PAUSED, PROMOTED, TRIAL_TIMEOUT, Decision
from runner.runs.journal import Event, Journal
from runner.runs.record import Record, TrialState
from runner.runs.wording import error_line, said
from runner.translate.callbacks.reports import metrics_of
from runner.translate.internals.retries import process_died
from runner.translate.stacks import take_stack
from runner.translate.stopping import StopByRule
from runner.translate.trial_timeout import TrialTimeout
from runner.translate.verdicts import Verdict, Verdicts
from runner.translate.watchdog import Watchdog

ATTESTATION = f"{AttestationError.__module__}.{AttestationError.__qualname__}:"
"""How the line of a traceback starts that names this error; the error itself stays in the trial's process."""

OUT_OF_MEMORY = (
    f"{OutOfMemoryError.__module__}.{OutOfMemoryError.__qualname__}:",
    "torch.OutOfMemoryError:",
    "torch.cuda.OutOfMemoryError:",
    "MemoryError",
)


class Recording(Callback):  # type: ignore[misc]
    """Writes every start, report and end of a trial to the record as it happens, with the rule behind an end."""

    def __init__(
        self,
        record: Record,
        journal: Journal,
        verdicts: Verdicts,
        stopper: StopByRule,
        watchdog: Watchdog,
        timeout: TrialTimeout,
        trainable: Trainable,
        changed: Callable[[], None],
        tell: Callable[[str], None],
    ) -> None:
        self.record = record
        self.journal = journal
        self.verdicts = verdicts
        self.stopper = stopper
        self.watchdog = watchdog
        self.timeout = timeout
        self.trainable = trainable
        self.changed = changed
        self.tell = tell

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
        self.timeout.reported(trial)
        before = self.record.rows[str(trial)].iterations
        now = result["training_iteration"]
        self.record.reported(str(trial), now, metrics_of(result))
        if now <= before:
            again = f"{now} to {before}" if now < before else f"{now}"
            self.tell(f"{trial} runs again what no usable checkpoint held: {self.record.unit} {again}")
        self._take_notes(trials)
        self.changed()

    def on_checkpoint(
        self, iteration: int, trials: list[Trial], trial: Trial, checkpoint: Checkpoint, **info: Any
    ) -> None:
        path = str(Path(checkpoint.path).relative_to(self.record.folder.root.resolve()))
        self.journal.write(Event("checkpoint", str(trial), trial.last_result["training_iteration"], path=path))

    def on_trial_complete(self, iteration: int, trials: list[Trial], trial: Trial, **info: Any) -> None:
        verdict = self.verdicts.take(trial.trial_id)
        self.stopper.ended(None)
        if verdict is None:
            self._completed(trial)
        else:
            self._ended(trial, verdict.state, verdict)

    def on_trial_error(self, iteration: int, trials: list[Trial], trial: Trial, **info: Any) -> None:
        self._started(trial)
        # get_error() looks in the storage, where Ray has not copied the file yet.
        error = _last_error(Path(trial.error_file).read_text(encoding="utf-8")) if trial.error_file else "no error kept"
        line = error_line(error)
        state, rule, reason = TrialState.FAILED, "error", said(line)
        if line.startswith(ATTESTATION):
            rule = "attestation"
        elif line.startswith(OUT_OF_MEMORY):
            state, rule = TrialState.OUT_OF_MEMORY, "out_of_memory"
        elif late := self.timeout.reasons.get(trial.trial_id):
            rule, reason = TRIAL_TIMEOUT, late
            error = f"{take_stack(self.record.folder.trial(str(trial)))}{reason}"
        elif process_died(trial):
            rule, reason = "process_died", f"its process died {_times(self.record.rows[str(trial)].restarts + 1)}"
        self.stopper.ended(error, mismatch=rule == "attestation")
        self._ended(trial, state, Verdict(rule, self._iterations(trial), None, None, reason), error)

    def on_trial_recover(self, iteration: int, trials: list[Trial], trial: Trial, **info: Any) -> None:
        """Its process died, and Ray starts another one for it."""
        self._started(trial)
        row = self.record.rows[str(trial)]
        kept = trial.checkpoint is not None
        detail = (
            f"its process died after {self.record.unit} {row.iterations}"
            f" ({row.restarts + 1} of at most {trial.max_failures} times):"
            f" it goes on from its {'last checkpoint' if kept else 'start, having no checkpoint'}"
        )
        decision = Decision(row.name, row.iterations, "process_died", row.restarts + 1, trial.max_failures, detail)
        self.record.restarted(decision)
        self.tell(f"{row.name}: {detail}")
        self.changed()

    def on_step_end(self, iteration: int, trials: list[Trial], **info: Any) -> None:
        self.watchdog.looks_at(trials)
        self.timeout.looks_at(trials)
        if end := self.stopper.end():
            self.record.cut_off(end.rule, end.detail)
            for trial in trials:
                if self._is_under_way(trial):
                    self._ended(trial, TrialState.STOPPED, replace(end, iteration=self._iterations(trial)))
        self.changed()

    def _take_notes(self, trials: list[Trial]) -> None:
        """Trials that go on, in whatever way: a report of one may decide about others as well."""
        notes = self.verdicts.take_notes()
        by_id = {trial.trial_id: trial for trial in trials} if notes else {}
        for note in notes:
            trial = by_id[note.trial_id]
            decision = note.verdict.decision(str(trial))
            if note.state == PROMOTED:
                self.record.promoted(decision)
            elif note.state == PAUSED:
                self.record.paused(decision)
            else:
                self.record.exploited(decision, note.state, trial.config)

    def _started(self, trial: Trial) -> None:
        """A process may fail before Ray has told that the trial has started in it."""
        if str(trial) not in self.record.rows:
            self.record.started(str(trial), trial.config)

    def _is_under_way(self, trial: Trial) -> bool:
        row = self.record.rows.get(str(trial))
        return row is not None and not row.state.ended

    def _iterations(self, trial: Trial) -> int:
        return self.record.rows[str(trial)].iterations

    def _completed(self, trial: Trial) -> None:
        adjusted = self.record.rows[str(trial)].adjusted
        instead = "".join(
            f", with {key}={value} in the place of {trial.config.get(key, 'the default')}"
            for key, value in adjusted.items()
        )
        rule, told = END, "trained to its end"
        iterations, most = self._iterations(trial), self.record.max_epochs
        if most is not None and iterations < most:
            rule, told = self.trainable.early_end(trial.config)
            told = f"{told}, after {self.record.unit} {iterations} of {most}"
        verdict = Verdict(rule, iterations, None, None, f"{told}{instead}")
        self._ended(trial, TrialState.COMPLETED, verdict)

    def _ended(self, trial: Trial, state: TrialState, verdict: Verdict, error: str = "") -> None:
        saved = self.record.epochs_left(str(trial)) if state is TrialState.STOPPED else None
        decision = verdict.decision(str(trial), saved)
        kept = Path(trial.checkpoint.path) if trial.checkpoint else None
        if self.trainable.keeps_weights and not state.failed and verdict.rule not in CUT_OFF:
            for folder in self.record.folder.checkpoints(str(trial)):
                shutil.rmtree(folder)
            kept = None
        self.record.ended(str(trial), state, decision, error, kept)
        self.changed()


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _last_error(text: str) -> str:
    """Ray's text of the last failure, without the line that counts failures and without the colours of a terminal."""
    last = re.split(r"^Failure # \d+ \(occurred at .*\)\n", text, flags=re.MULTILINE)[-1]
    return re.sub(r"\x1b\[[\d;]*m", "", last)
