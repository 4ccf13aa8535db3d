"""What is known of a run so far, kept on disk as it happens."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from runner.config.objective import OBJECTIVE, Objective
from runner.runs.atomic import cut_unfinished_line
from runner.runs.best import Best
from runner.runs.best_file import PARAMETERS_ALONE, BestFile
from runner.runs.decisions import PAUSED, PROMOTED, RESTARTED, RETRY, Decision, append, is_over, read
from runner.runs.folder import RunFolder
from runner.runs.front import Front
from runner.runs.history import History, Report
from runner.runs.pareto import pareto_front
from runner.runs.ranking import alike, configuration, ranked, sample
from runner.runs.sample import Sample
from runner.runs.trial import DEFAULTS, Trial, TrialState
from runner.runs.trials_table import TrialsTable, read_trials
from runner.runs.weights import Weights

__all__ = ["Record", "Trial", "TrialState"]


class Record:
    """Told of every start, report and end of a trial, in the order in which they happen.

    Args:
        folder: where to keep it.
        objective: which of two reports is better.
        expected_trials: trials of the whole run, None where nobody knows.
        max_epochs: reports of a full trial, None where the trainable decides.
        unit: what one report is called.
        keep_best: trials whose weights are kept, None for all.
        ending_seconds: how long a trial that has ended may still read and write its weights.
        repeat: trials of each configuration, whose mean decides which is the best.
        defaults_first: the first trial runs the trainable's own defaults.
        best_file: how the parameters of the winner are written.
        clock: seconds since the epoch.
        seconds_before: that earlier processes have worked on the run.

    Attributes:
        rows: every trial by its name, in order of start.
        best: the trial with the best report, of the best configuration where those are repeated; a failed trial never
            is, a stopped or interrupted one may be. Of several objectives: by the first.
        front: the trials of the Pareto front, the best by the first objective first; none where there is one objective.
            A trial counts with its best report by the first objective, of which it keeps its weights, once it has ended
            and unless it failed.
        ended_rows: the trials that ended, in that order.
        states: trials by state.
        epochs: reports of all trials together.
        most_running: trials that ran at once, at most.
        ended_early: why the experiment ended before all its trials had; empty where it did not.
        ended_by: the rule that ended it then.
    """

    def __init__(
        self,
        folder: RunFolder,
        objective: Objective,
        *,
        expected_trials: int | None,
        max_epochs: int | None,
        unit: str = "iteration",
        keep_best: int | None = None,
        ending_seconds: float = 10.0,
        repeat: int = 1,
        defaults_first: bool = False,
        best_file: BestFile = PARAMETERS_ALONE,
        clock: Callable[[], float] = time.time,
        seconds_before: float = 0.0,
    ) -> None:
        self.folder = folder
        self.objective = objective
        self.expected_trials = expected_trials
        self.max_epochs = max_epochs
        self.unit = unit
        self.repeat = repeat
        self.defaults_first = defaults_first
        self.ending_seconds = ending_seconds
        self.clock = clock
        self.began = clock() - seconds_before
        self.rows: dict[str, Trial] = {}
        self.best: Trial | None = None
        self.front: list[Trial] = []
        self.ended_rows: list[Trial] = []
        self.states: Counter[TrialState] = Counter()
        self.epochs = 0
        self.most_running = 0
        self.ended_early = self.ended_by = ""
        self._table = TrialsTable(folder.trials_csv, objective, repeat)
        if not folder.trials_csv.exists():
            self._table.write([])
        self._history = History(folder.history_csv)  # after the table: it makes the folder that of a run
        self._best = Best(folder, objective, best_file, unit)
        self._front = Front(folder, objective, best_file, unit)
        self._weights = Weights(folder, objective, keep_best)
        folder.decisions.touch()
        cut_unfinished_line(folder.decisions)

    def resume(
        self,
        configs: Mapping[str, Mapping[str, Any]],
        ends: Mapping[str, Trial] | None = None,
        retry: Collection[str] = (),
    ) -> None:
        """Know the trials of earlier processes; those that had not ended are `interrupted` until they start again.

        Args:
            configs: the parameters of each trial, as they were proposed.
            ends: each trial with what no report holds: its end, restarts and note. Left out, trials.csv is read.
            retry: trials that failed and run again: they count as interrupted.
        """
        ends = read_trials(self.folder.trials_csv) if ends is None else ends
        rules = {line["trial"]: line["rule"] for line in read(self.folder.decisions)}
        for name, before in ends.items():
            self.rows[name] = self._new(name, configs[name], TrialState.INTERRUPTED, before.note)
            self.rows[name].restarts = before.restarts
        for report in self._history.rows():
            row = self.rows[report.trial]
            row.iterations, row.seconds, row.last_metrics = report.iteration, report.seconds, report.metrics
            self.epochs += 1
            objective = float(report.metrics[OBJECTIVE])
            if self.objective.better(objective, row.best):
                row.improves(objective, report.iteration, row.last_metrics)
        for name, before in ends.items():
            if name in retry:
                self._retry(self.rows[name], before.reason)
            else:
                self._restore_end(self.rows[name], before, rules.get(name, ""))
        self._choose_best()
        self._choose_front()
        self._keep_best()
        self._write_table()

    def _restore_end(self, row: Trial, before: Trial, rule: str) -> None:
        row.started_at -= row.seconds
        if is_over(before.state, rule):
            row.state, row.reason, row.checkpoint = before.state, before.reason, before.checkpoint
            row.seconds = before.seconds
            row.rule = rule
            row.forget_earlier_bests()
            if row.state.failed and self.folder.trial_error(row.name).is_file():
                row.error = self.folder.trial_error(row.name).read_text(encoding="utf-8", errors="replace")
            self.ended_rows.append(row)
        self.states[row.state] += 1

    def _retry(self, row: Trial, reason: str) -> None:
        row.started_at -= row.seconds
        detail = f"it failed ({reason}) and runs again, by --retry-failed"
        decision = Decision(row.name, row.iterations, RETRY, row.last, None, detail)
        append(self.folder.decisions, decision, RESTARTED, self._now())
        if self.folder.trial_error(row.name).is_file():
            self.folder.trial_error(row.name).replace(self.folder.earlier_error(row.name))
        self.states[row.state] += 1

    def _new(self, name: str, config: Mapping[str, Any], state: TrialState, note: str) -> Trial:
        number = configuration(name, self.repeat) if self.repeat > 1 else ""
        return Trial(name, config, self.clock(), state, note=note, number=number)

    def reports(self) -> Iterator[Report]:
        """Every report of the run, in the order in which they came."""
        return self._history.rows()

    def started(self, name: str, config: Mapping[str, Any]) -> None:
        """A trial starts, or goes on after a pause or a failure."""
        row = self.rows.get(name)
        if row is None:
            # A new mapping, as another thread may be going through the old one.
            note = DEFAULTS if self.defaults_first and not self.rows else ""
            self.rows = {**self.rows, name: self._new(name, config, TrialState.RUNNING, note)}
            self.states[TrialState.RUNNING] += 1
        else:
            row.config, row.started_at = config, self.clock() - row.seconds
            row.rule = row.reason = row.error = row.checkpoint = ""
            self._turn(row, TrialState.RUNNING)
            self._table.forget(name)
            self._choose_best()
            self._choose_front()
        self.most_running = max(self.most_running, self.states[TrialState.RUNNING])
        self._prune(self.clock() - self.ending_seconds)
        self._write_table()

    def reported(self, name: str, iteration: int, metrics: Mapping[str, Any]) -> None:
        """A trial reports flat, plain `metrics`, the objective among them; on disk when this returns."""
        row = self.rows[name]
        if iteration <= row.iterations:
            self._run_again(row, iteration)
        row.iterations = iteration
        row.seconds = self.clock() - row.started_at
        row.last_metrics = dict(metrics)
        self.epochs += 1
        self._history.append(name, iteration, row.seconds, metrics)
        value = float(metrics[OBJECTIVE])
        if self.objective.better(value, row.best):
            row.improves(value, iteration, row.last_metrics)
            if self.repeat > 1:
                self._choose_best()
            elif self.best is None or self.objective.better(value, self.best.best):
                self.best = row
            if self.best is row:
                self._keep_best()

    def epochs_left(self, name: str) -> int | None:
        """Epochs that a trial has not run of a full one, None where nobody knows how long that is."""
        return None if self.max_epochs is None else self.max_epochs - self.rows[name].iterations

    def promoted(self, decision: Decision) -> None:
        """A scheduler compared a trial and lets it go on."""
        append(self.folder.decisions, decision, PROMOTED, self._now())

    def paused(self, decision: Decision) -> None:
        """A scheduler lets a trial wait: it is `started` again where it is to go on."""
        append(self.folder.decisions, decision, PAUSED, self._now())
        self._pause(self.rows[decision.trial])

    def exploited(self, decision: Decision, state: str, config: Mapping[str, Any]) -> None:
        """A scheduler lets a trial go on from `decision.exploit` with `config`; `state` is EXPLOITED or REPLAYED.

        What the trial reported beyond that checkpoint is replaced by what it reports from now on. Its best report stays
        its best, with the parameters that it had.
        """
        row = self.rows[decision.trial]
        append(self.folder.decisions, decision, state, self._now())
        self._pause(row)
        row.config = config
        if decision.exploit is not None:
            if decision.exploit.iteration < row.iterations:
                self.epochs -= self._history.forget(row.name, decision.exploit.iteration + 1)
            row.iterations = decision.exploit.iteration

    def restarted(self, decision: Decision) -> None:
        """A trial's process died, and the trial goes on in a new one: told before it is `started` again."""
        row = self.rows[decision.trial]
        row.restarts += 1
        row.seconds = self.clock() - row.started_at
        append(self.folder.decisions, decision, RESTARTED, self._now())

    def ended(
        self, name: str, state: TrialState, decision: Decision, error: str = "", checkpoint: Path | None = None
    ) -> None:
        """A trial ends in `state` by `decision`; `error` is the traceback of a failed one.

        `checkpoint` is the newest that Ray keeps of it. Where the trial has weights in its own folder, those are told.
        """
        row = self.rows[name]
        row.seconds = self.clock() - row.started_at
        row.rule, row.reason, row.error = decision.rule, decision.detail, error
        row.forget_earlier_bests()
        row.checkpoint = self._left(name, checkpoint)
        self._turn(row, state)
        self.ended_rows.append(row)
        append(self.folder.decisions, decision, state, self._now())
        if error:
            self.folder.trial(name).mkdir(parents=True, exist_ok=True)
            self.folder.trial_error(name).write_text(error, encoding="utf-8")
        if self.repeat > 1 or (row is self.best and state.failed):
            self._choose_best()
        self._choose_front()
        self._keep_best()
        self._prune(self.clock() - self.ending_seconds)
        self._table.forget(name)  # one that was interrupted may end without having been started again
        self._write_table()

    @property
    def best_sample(self) -> Sample:
        """What the trials of the best configuration came to."""
        return sample(alike(self.rows.values(), self.best.name, self.repeat) if self.best else ())

    @property
    def best_value(self) -> float | None:
        """The best objective; of repeated configurations the best mean."""
        if self.repeat > 1:
            return self.best_sample.mean
        return None if self.best is None else self.best.best

    def ranked(self) -> list[Trial]:
        """The trials that have ended and did not fail, best first; of several objectives those of the front first."""
        return ranked(self._comparable(), self.repeat, self.objective)

    def cut_off(self, rule: str, reason: str) -> None:
        """The experiment ends now, whatever its trials do; told before they end."""
        unended = sum(amount for state, amount in self.states.items() if not state.ended)
        if unended or len(self.rows) < (self.expected_trials or 0):
            self.ended_early, self.ended_by = reason, rule

    def close(self) -> None:
        """The run is over, and so are its processes: what still runs was interrupted."""
        for row in list(self.rows.values()):
            if not row.state.ended:
                detail = "the run was interrupted"
                decision = Decision(row.name, row.iterations, "interrupted", row.last, None, detail)
                self.ended(row.name, TrialState.INTERRUPTED, decision)
        if self._prune(self.clock()):
            self._write_table()

    def _pause(self, row: Trial) -> None:
        row.seconds = self.clock() - row.started_at
        self._turn(row, TrialState.PAUSED)
        self._keep_best()  # with its weights, which whatever it goes on from may take the place of
        self._write_table()

    def _run_again(self, row: Trial, iteration: int) -> None:
        """Forget what a trial reported from `iteration` on: its process died, and it went on from before."""
        self.epochs -= self._history.forget(row.name, iteration)
        row.forget_from(iteration)
        if row is self.best:
            self._choose_best()
            self._keep_best()

    def _write_table(self) -> None:
        self._table.write(self.rows.values())

    def _keep_best(self) -> None:
        if not self.objective.several:
            self._best.keep(self.best, f"; {self.best_sample}" if self.repeat > 1 else "")

    def _prune(self, ended_before: float) -> bool:
        """Whether a trial has lost its weights by it."""
        best = self.front if self.objective.several else filter(None, [self.best])
        lost = self._weights.prune(self.rows.values(), best, ended_before)
        for row in lost:
            self._table.forget(row.name)
        return bool(lost)

    def _left(self, name: str, checkpoint: Path | None) -> str:
        weights = self.folder.trial_weights(name)
        left = weights if weights.is_file() else checkpoint
        return "" if left is None else str(left.resolve().relative_to(self.folder.root.resolve()))

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.clock()).astimezone()

    def _turn(self, row: Trial, state: TrialState) -> None:
        self.states[row.state] -= 1
        self.states[state] += 1
        row.state = state

    def _choose_best(self) -> None:
        """Compare all trials anew: one that counted no longer does, or one that did not does again."""
        if self.repeat > 1:
            self.best = next(iter(ranked(self.rows.values(), self.repeat, self.objective)), None)
            return
        self.best = None
        for row in self.rows.values():
            if row.state.failed or row.best is None:
                continue
            if self.objective.better(row.best, self.best.best if self.best else None):
                self.best = row

    def _comparable(self) -> list[Trial]:
        """The trials that have ended and did not fail, with a finite report."""
        rows = self.rows.values()
        return [row for row in rows if row.state.ended and not row.state.failed and row.best is not None]

    def _choose_front(self) -> None:
        """Compare the trials that have ended anew, where there are several objectives."""
        if not self.objective.several:
            return
        points = {row.name: self.objective.values(row.best_metrics) for row in self._comparable()}
        self.front = [self.rows[name] for name in pareto_front(points, self.objective)]
        names = {row.name for row in self.front}
        for row in self.rows.values():
            if row.front != (row.name in names):
                row.front = not row.front
                self._table.forget(row.name)
        self._front.keep(self.front)
