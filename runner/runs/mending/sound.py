"""What can be read of each file of a run folder, and the lines that cannot."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from runner.runs import columns, decisions, history, journal
from runner.runs.cells import scan
from runner.runs.columns import NEEDED
from runner.runs.decisions import EXPLOITED, GOES_ON, REPLAYED
from runner.runs.folder import RunFolder
from runner.runs.history import FIRST
from runner.runs.journal import Event
from runner.runs.json_lines import lines
from runner.runs.trial import TrialState

Kind = TypeVar("Kind")
Key = tuple[str, int]
"""A report: trial and iteration."""


@dataclass
class Table:
    """A CSV file.

    Attributes:
        columns: None where the header cannot be read.
        rows, lines: those that can be read, in their order, and where they begin.
        wrong: the lines of the others.
        again: the lines of those that repeat an earlier one.
    """

    columns: list[str] | None
    rows: list[dict[str, str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    wrong: list[int] = field(default_factory=list)
    again: list[int] = field(default_factory=list)

    def keep(self, names: set[str]) -> None:
        """Take rows of other trials for wrong."""
        self.wrong += [line for row, line in zip(self.rows, self.lines, strict=True) if row["trial"] not in names]
        self.rows = [row for row in self.rows if row["trial"] in names]


@dataclass
class Sound:
    """All that is known.

    Attributes:
        events, decisions: None for a line that cannot be read.
        repeated_events, repeated_decisions: lines that repeat the one before, which are left out.
        trials: the rows of trials.csv by name.
    """

    events: list[Event | None]
    decisions: list[dict[str, Any] | None]
    reports: Table
    table: Table
    repeated_events: list[int]
    repeated_decisions: list[int]

    @property
    def trials(self) -> dict[str, dict[str, str]]:
        return {row["trial"]: row for row in self.table.rows}

    @property
    def proposals(self) -> dict[str, Mapping[str, Any]]:
        return {e.trial: e.config or {} for e in self.events if e is not None and e.kind == "proposed"}

    @property
    def told(self) -> dict[Key, Event]:
        """The journal's last word on each report, in their order."""
        found: dict[Key, Event] = {}
        for event in self.events:
            if event is not None and event.kind in {"reported", "ended"} and event.iteration is not None:
                key = event.trial, event.iteration
                if event.kind == "reported" or key not in found:
                    found.pop(key, None)
                    found[key] = event
        return found

    @property
    def ends(self) -> dict[str, dict[str, Any]]:
        """The last decision that ended each trial."""
        return {line["trial"]: line for line in self.decisions if line is not None and line["state"] not in GOES_ON}

    @property
    def exploited(self) -> set[str]:
        """Trials whose parameters a scheduler has changed."""
        changes = {EXPLOITED, REPLAYED}
        return {line["trial"] for line in self.decisions if line is not None and line["state"] in changes}

    @property
    def started(self) -> list[str]:
        """Every trial that any file knows to have started, in the order of the proposals."""
        found = dict.fromkeys([*self.trials, *self.ends, *(row["trial"] for row in self.reports.rows)])
        order = {name: place for place, name in enumerate(self.proposals)}
        return sorted(found, key=lambda name: order.get(name, len(order)))

    def last_iterations(self) -> dict[str, int]:
        """The iteration of each trial's last report, as far as anything but history.csv tells."""
        last: dict[str, int] = {}
        for trial, iteration in self.told:
            last[trial] = iteration
        present = {(row["trial"], int(row["iteration"])) for row in self.reports.rows}
        for name in [*last]:
            # The process may have been killed between the line in the journal and the row in history.csv.
            if (name, last[name]) not in present:
                last[name] -= 1
        for name in self.exploited & last.keys():
            del last[name]  # it went back: what the journal holds beyond is gone for good reason
        return {**last, **self._at_the_end(last)}

    def _at_the_end(self, last: Mapping[str, int]) -> dict[str, int]:
        found = {}
        for name in self.started:
            row, end = self.trials.get(name), self.ends.get(name)
            if row is not None and TrialState(row["state"]).ended:
                known = {last.get(name), end and end["iteration"]}
                # A number that nobody else knows is a damaged one, where others know any.
                found[name] = int(row["iterations"])
                if end is not None and found[name] not in known and last.get(name) == end["iteration"]:
                    found[name] = end["iteration"]
            elif row is None and end is not None and end["state"] != TrialState.INTERRUPTED:
                found[name] = end["iteration"]
        return found


def read(run: RunFolder) -> Sound:
    """Read the four files once."""
    events, repeated_events = _objects(run.journal, journal.event)
    decided, repeated_decisions = _objects(run.decisions, decisions.decision)
    reports = _table(run.history_csv, FIRST, history.row_fault, ("trial", "iteration"))
    table = _table(run.trials_csv, NEEDED, columns.fault, ("trial",))
    sources = (
        {event.trial for event in events if event is not None},
        {line["trial"] for line in decided if line is not None},
        {row["trial"] for row in reports.rows},
        {row["trial"] for row in table.rows},
    )
    for one in (reports, table):
        one.keep({name for name in set().union(*sources) if sum(name in source for source in sources) > 1})
    return Sound(events, decided, reports, table, repeated_events, repeated_decisions)


def _objects(path: Path, read_line: Callable[[str], Kind]) -> tuple[list[Kind | None], list[int]]:
    """Every line, None for one that cannot be read; and the lines that repeat the one before, which are left out."""
    found: list[Kind | None] = []
    repeated: list[int] = []
    before = ""
    for number, text in lines(path):
        if text == before and text.strip():
            repeated.append(number)
            continue
        before = text
        try:
            found.append(read_line(text))
        except ValueError:
            found.append(None)
    return found, repeated


def _table(path: Path, needed: Iterable[str], fault: Callable[[Mapping[str, str]], str], key: Sequence[str]) -> Table:
    rows = scan(path) if path.is_file() else iter(())
    _, columns = next(rows, (1, None))
    if columns is None or not set(columns) >= set(needed) or len(set(columns)) < len(columns):
        return Table(None)
    table = Table(columns)
    seen = set()
    for number, row in rows:
        cells = dict(zip(columns, row, strict=True)) if row and len(row) == len(columns) else None
        if cells is None or fault(cells):
            table.wrong.append(number)
            continue
        this = tuple(cells[column] for column in key)
        if this in seen:
            table.again.append(number)
        else:
            table.rows.append(cells)
            table.lines.append(number)
        seen.add(this)
    return table
