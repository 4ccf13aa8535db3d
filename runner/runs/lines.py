"""Plain lines, for a pipe, a file or CI: few, short, without colour."""

from rich.console import Console

from runner.runs.decisions import END
from runner.runs.estimate import about_left
from runner.runs.record import Record
from runner.runs.trial import Trial, TrialState
from runner.runs.wording import duration, error_line, number, plural, said, wrapped

PAUSE = 1.0
"""Seconds between two lines; trials that end faster are told together."""


class Lines:
    """Tells of each trial that ended, and at most every `seldom` seconds how things stand."""

    def __init__(self, record: Record, console: Console, *, time_budget: float | None, seldom: float) -> None:
        self.record = record
        self.console = console
        self.time_budget = time_budget
        self.seldom = seldom
        self._told = len(record.ended_rows)
        self._failure_told = False
        self._last_line = -PAUSE
        self._last_status = record.began

    def update(self) -> None:
        """Tell what is new, if there is anything and the last line is not too fresh."""
        now = self.record.clock()
        new = self.record.ended_rows[self._told :]
        failure = next((row for row in new if row.state.failed), None)
        if failure and not self._failure_told:
            # The first failure is told at once: the rest may fail alike.
            self._failure_told = True
            self.tell(self._ending(failure))
            self._told += len(new) == 1
        elif new and now - self._last_line >= PAUSE:
            self._tell_new(new)
        if now - self._last_status >= self.seldom:
            self._tell_status()

    def finish(self) -> None:
        """Tell what was held back."""
        new = self.record.ended_rows[self._told :]
        if new:
            self._tell_new(new)

    def tell(self, text: str) -> None:
        """One line, with the time since the start before it."""
        now = self.record.clock()
        line = wrapped(f"[{duration(now - self.record.began)}] {text}", self.console.width, indent=4)
        self.console.print(line, soft_wrap=True, markup=False, highlight=False, emoji=False)
        self._last_line = now

    def _tell_new(self, new: list[Trial]) -> None:
        if len(new) == 1:
            self._told += 1
            self.tell(self._ending(new[0]))
        else:
            self._tell_status()

    def _tell_status(self) -> None:
        self._told = len(self.record.ended_rows)
        self._last_status = self.record.clock()
        self.tell(self._status())

    def _ending(self, row: Trial) -> str:
        word = self.record.unit
        of = (
            f" of {self.record.max_epochs}"
            if self.record.max_epochs and row.iterations != self.record.max_epochs
            else ""
        )
        best = (
            f", best{self._first()} {number(row.best)} at {word} {row.best_iteration}" if row.best is not None else ""
        )
        reason = said(error_line(row.error)) or row.reason
        why = f": {reason}" if reason and (row.state is not TrialState.COMPLETED or row.rule != END) else ""
        return f"{row.name} {row.state.words} after {plural(row.iterations, word)}{of}{best}{why}"

    def _first(self) -> str:
        """Of several objectives the one that a single number is of."""
        objective = self.record.objective
        return f" {objective.label}" if objective.several else ""

    def _status(self) -> str:
        record = self.record
        counts = [f"{record.states[state]} {state.words}" for state in TrialState if record.states[state]]
        of = f" of {record.expected_trials}" if record.expected_trials else ""
        text = f"trials: {', '.join(counts) or 'none started'}{of}; {plural(record.epochs, record.unit)}"
        if record.best:
            text += f"; best{self._first()} {number(record.best.best)} ({record.best.name})"
        if record.front:
            text += f"; {len(record.front)} on the front"
        left = about_left(record, self.time_budget)
        return f"{text}; {left}" if left else text
