"""The live view on a terminal."""

from collections.abc import Callable, Sequence
from textwrap import wrap

from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from runner.runs.estimate import about_left, done
from runner.runs.record import Record
from runner.runs.trial import Trial, TrialState
from runner.runs.wording import duration, number, parameters, plural

STYLES = {
    TrialState.RUNNING: "cyan",
    TrialState.PAUSED: "blue",
    TrialState.COMPLETED: "green",
    TrialState.STOPPED: "yellow",
    TrialState.FAILED: "red",
    TrialState.OUT_OF_MEMORY: "red",
    TrialState.DIVERGED: "red",
    TrialState.INTERRUPTED: "magenta",
}

WIDE = 110
"""Columns from which parameters and reasons stand side by side."""

MOST_LINES = 4
"""Of the reason why a trial ended."""


class LiveView:
    """A renderable of the record as it is at that moment, as wide as the terminal and less high than it.

    Drawn from a thread of its own while the record changes: a row that is half a report old does no harm.
    """

    def __init__(self, record: Record, *, title: str, time_budget: float | None) -> None:
        self.record = record
        self.title = title
        self.time_budget = time_budget

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        header = self._header()
        # One line for the table's own header, one for what doesn't fit, one for the cursor, and one to spare.
        room = max(1, console.height - len(header) - 4)
        # The cursor stands on a line of its own: at the end of a full one, the ^C that a terminal echoes would wrap,
        # and what is erased in the end would be one line off.
        yield Group(*header, *self._trials(room, options.max_width), Text())

    def _header(self) -> list[Text | Table]:
        return [self._title(), _line(self._counts()), _line(self._epochs()), *map(_line, self._best()), Text()]

    def _label(self, text: str) -> str:
        """As wide as the longest one."""
        return text.ljust(len(f"{self.record.unit}s") + 2)

    def _title(self) -> Table:
        """What runs, how much of it is done, since when, and how much longer."""
        record = self.record
        share, left = done(record), about_left(record, self.time_budget)
        times = duration(record.clock() - record.began) + (f", {left}" if left else "")
        title = Table.grid(padding=(0, 2, 0, 0))
        title.add_column(no_wrap=True, max_width=40)
        title.add_column()
        title.add_column(no_wrap=True, overflow="ellipsis")
        bar = "" if share is None else ProgressBar(total=1.0, completed=share, width=20)
        title.add_row(Text(self.title, style="bold"), bar, Text(times))
        return title

    def _counts(self) -> Text:
        record = self.record
        always = (TrialState.COMPLETED, TrialState.STOPPED, TrialState.FAILED)
        seldom = (TrialState.OUT_OF_MEMORY, TrialState.DIVERGED, TrialState.PAUSED)
        parts = [
            Text(f"{record.states[state]} {state.words}", style=STYLES[state] if record.states[state] else "dim")
            for state in (*always, *seldom, TrialState.RUNNING)
            if record.states[state] or state not in seldom
        ]
        of = f" of {record.expected_trials}" if record.expected_trials else ""
        return Text.assemble((self._label("trials"), "dim"), Text(", ").join(parts), of)

    def _epochs(self) -> Text:
        record = self.record
        most = (record.expected_trials or 0) * (record.max_epochs or 0)
        of = f" of at most {most}" if most else ""
        return Text.assemble((self._label(f"{record.unit}s"), "dim"), f"{record.epochs}{of}")

    def _best(self) -> list[Text]:
        best = self.record.best
        if best is None:
            return [Text(f"{self._label('best')}none yet", style="dim")]
        where = f" {self.record.objective.label}, {best.name}, {self.record.unit} {best.best_iteration}"
        return [
            Text.assemble((self._label("best"), "dim"), (number(best.best), "bold"), where),
            Text(f"{self._label('')}{parameters(best.parameters)}"),
            *self._front(),
        ]

    def _front(self) -> list[Text]:
        """Of several objectives: how many trials that have ended are on the Pareto front; `best` is by the first."""
        if not self.record.objective.several:
            return []
        told = f"{plural(len(self.record.front), 'trial')} by {self.record.objective}"
        return [Text.assemble((self._label("front"), "dim"), told)]

    def _trials(self, room: int, width: int) -> list[Table | Text]:
        rows, wide = list(self.record.rows.values()), width >= WIDE
        if not rows:
            return [Text("waiting for the first trial", style="dim")]
        left = width - self._fixed_columns(rows, wide=wide)
        narrow, most = max(12, left // 2 - 2 if wide else left), min(MOST_LINES, room)
        reasons = {
            row.name: wrap(row.reason, narrow, max_lines=most, placeholder=" …", break_on_hyphens=False) for row in rows
        }
        chosen, hidden = choose(rows, room, lambda row: max(1, len(reasons[row.name])))
        table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, expand=True, header_style="dim")
        table.add_column("trial", no_wrap=True, max_width=36 if wide else 20)
        table.add_column("state", no_wrap=True, min_width=len(TrialState.COMPLETED))
        table.add_column(self.record.unit, no_wrap=True, justify="right")
        table.add_column("last", no_wrap=True, justify="right", min_width=7)
        table.add_column("best", no_wrap=True, justify="right", min_width=7)
        # The columns that give way where space is short.
        for title in ("parameters", "why it ended") if wide else ("parameters, or why it ended",):
            table.add_column(title, no_wrap=True, ratio=1, overflow="ellipsis")
        for row in chosen:
            reason, config = "\n".join(reasons[row.name]), parameters(row.config)
            notes = [config, reason] if wide else [reason or config]
            table.add_row(*self._cells(row), *(Text(note) for note in notes))
        return [table, *([Text(f"and {hidden}", style="dim")] if hidden else [])]

    def _fixed_columns(self, rows: Sequence[Trial], *, wide: bool) -> int:
        """The width of the columns that do not give way, with the space behind each."""
        cells = [[cell.cell_len for cell in self._cells(row)] for row in rows]
        widest: list[int] = [max(column) for column in zip(*cells, strict=True)]
        name, state, iterations, last, best = widest
        widths = [min(name, 36 if wide else 20), max(state, 9), max(iterations, len(self.record.unit))]
        return sum([*widths, max(last, 7), max(best, 7)]) + 5 * 2

    def _cells(self, row: Trial) -> list[Text]:
        of = f"/{self.record.max_epochs}" if self.record.max_epochs else ""
        return [
            Text(row.name, style="bold" if row is self.record.best else ""),
            Text(row.state.words, style=STYLES[row.state]),
            Text(f"{row.iterations}{of}"),
            Text(number(row.last)),
            Text(number(row.best), style="bold" if row is self.record.best else ""),
        ]


def choose(
    rows: Sequence[Trial], room: int, height: Callable[[Trial], int] = lambda _row: 1
) -> tuple[list[Trial], str]:
    """The trials that `room` lines hold, and how many of which are not among them; `height` is the lines of one.

    The running ones first, then those that wait, then those that ended, the latest of each first.
    """
    groups: dict[str, list[Trial]] = {"running": [], "paused": [], "ended": []}
    for row in reversed(rows):
        groups["ended" if row.state.ended else row.state.value].append(row)
    groups["ended"].sort(key=lambda row: row.started_at + row.seconds, reverse=True)
    chosen: list[Trial] = []
    parts: list[str] = []
    for name, group in groups.items():
        shown = []
        for row in group:
            room -= height(row)
            if room < 0:
                break
            shown.append(row)
        chosen += shown
        if len(group) > len(shown):
            parts.append(f"{len(group) - len(shown)} more {name}")
    return chosen, ", ".join(parts)


def _line(text: Text) -> Text:
    """Never more than one line high."""
    text.no_wrap, text.overflow = True, "ellipsis"
    return text
