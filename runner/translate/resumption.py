"""Taking up a run again: what its searcher, scheduler and stoppers knew is told to new ones."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ray.tune.experiment import Trial
from ray.tune.schedulers import TrialScheduler

from runner.config.objective import OBJECTIVE
from runner.runs.history import Report
from runner.runs.journal import Event
from runner.runs.record import Record, TrialState
from runner.translate.internals.unfinished_trials import count_failures, go_on
from runner.translate.stopping import StopByRule
from runner.translate.verdicts import Verdict, Verdicts

UNFINISHED = (TrialState.RUNNING, TrialState.INTERRUPTED)


@dataclass
class Resumption:
    """Brings every trial of the run back to where it was.

    Ray 2.60 saves no scheduler, and saves its trials behind what they do. So the reports of history.csv are told again,
    in their order: to the rungs of the scheduler and to the windows of the stoppers.
    """

    record: Record
    events: list[Event]
    scheduler: TrialScheduler
    stopper: StopByRule
    verdicts: Verdicts

    def bring_back(self, trials: Mapping[str, Trial], tell_end: Callable[[str, dict[str, Any]], None]) -> list[Trial]:
        """The trials that are still to run, with their checkpoints.

        Args:
            tell_end: tells the searcher of a trial, by its id, that a rule had ended with that result.
        """
        last = self._tell_reports(trials)
        waiting = []
        for name, trial in trials.items():
            row = self.record.rows.get(name)
            if row is None:
                waiting.append(trial)
            elif row.state not in UNFINISHED:
                self._end(trial, last.get(name), failed=row.state.failed)
            elif name in last and last[name][1] is not None:
                self._stop(trial, *last[name], tell_end)
            else:
                count_failures(trial, row.restarts)
                self._go_on(trial, last.get(name))
                waiting.append(trial)
        return waiting

    def _tell_reports(self, trials: Mapping[str, Trial]) -> dict[str, tuple[Report, Verdict | None]]:
        """Every trial's last report, and the verdict that followed it."""
        last: dict[str, tuple[Report, Verdict | None]] = {}
        for report in self.record.reports():
            trial = trials[report.trial]
            if report.trial not in last:
                self.scheduler.on_trial_add(None, trial)
            result = as_result(report)
            if not self.stopper(trial.trial_id, result):
                self.scheduler.on_trial_result(None, trial, result)
            # What it promoted is in decisions.jsonl.
            self.verdicts.take_notes()
            last[report.trial] = report, self.verdicts.take(trial.trial_id)
        return last

    def _end(self, trial: Trial, last: tuple[Report, Verdict | None] | None, *, failed: bool) -> None:
        if last is None:
            return
        if failed:
            self.scheduler.on_trial_error(None, trial)
        else:
            self.scheduler.on_trial_complete(None, trial, as_result(last[0]))

    def _stop(
        self,
        trial: Trial,
        report: Report,
        verdict: Verdict | None,
        tell_end: Callable[[str, dict[str, Any]], None],
    ) -> None:
        """A rule had ended the trial, and the process died before that was written down."""
        if verdict is None:
            return
        self._end(trial, (report, verdict), failed=verdict.state.failed)
        tell_end(trial.trial_id, as_result(report))
        saved = self.record.epochs_left(str(trial))
        self.record.ended(str(trial), verdict.state, verdict.decision(str(trial), saved))

    def _go_on(self, trial: Trial, last: tuple[Report, Verdict | None] | None) -> None:
        if last is None:
            return
        report = last[0]
        found = self._newest_checkpoint(str(trial), report.iteration)
        if found is None:
            go_on(trial, as_result(report), None, {})
            return
        iteration, folder = found
        counted = next(
            as_result(one) for one in self.record.reports() if (one.trial, one.iteration) == (report.trial, iteration)
        )
        go_on(trial, as_result(report), folder, counted)

    def _newest_checkpoint(self, trial: str, iteration: int) -> tuple[int, Path] | None:
        """Of those whose report is known: a later one would leave a gap."""
        for event in reversed(self.events):
            folder = self.record.folder.root.resolve() / event.path
            known = (event.kind, event.trial) == ("checkpoint", trial) and (event.iteration or 0) <= iteration
            if known and folder.is_dir():
                return event.iteration or 0, folder
        return None


def as_result(report: Report) -> dict[str, Any]:
    """A report as Ray had it."""
    ray = {"training_iteration": report.iteration, "time_total_s": report.seconds}
    return {**report.metrics, **ray, OBJECTIVE: float(report.metrics[OBJECTIVE])}
