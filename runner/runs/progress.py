"""What a person sees while a run goes on."""

from types import TracebackType

from rich.console import Console
from rich.live import Live

from runner.config.experiment import Budget
from runner.runs.lines import Lines
from runner.runs.live import LiveView
from runner.runs.record import Record
from runner.runs.wording import plural, shown

MOST_EVENTS = 5
"""Lines that are printed again above the view when the terminal has been resized."""


class Progress:
    """One live view on a terminal; elsewhere plain lines, a status line at most every `seldom` seconds.

    Args:
        console: writes to what the person looks at, wherever stdout goes meanwhile.
    """

    def __init__(self, record: Record, console: Console, *, budget: Budget, title: str, seldom: float = 30.0) -> None:
        self._lines: Lines | None = None
        self._live: Live | None = None
        self._console = console
        self._opening = _opening(record, title)
        self._events: list[str] = []
        self._size = console.size
        self._view = LiveView(record, title=title, time_budget=budget.time_budget)
        if console.is_terminal and not console.is_dumb_terminal:
            self._live = self._new_live()
        else:
            self._lines = Lines(record, console, time_budget=budget.time_budget, seldom=seldom)

    def __enter__(self) -> "Progress":
        self.event(self._opening)
        if self._live:
            self._live.start(refresh=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._live.stop()
        if self._lines:
            self._lines.finish()

    def update(self) -> None:
        """Something happened, or nothing did for a moment. The live view draws itself four times a second."""
        if self._lines:
            self._lines.update()
        elif self._live and self._console.size != self._size:
            self._draw_again(self._live)

    def event(self, text: str) -> None:
        """A line worth telling at once; on a terminal it stays above the live view."""
        if self._lines:
            self._lines.tell(text)
        else:
            self._events.append(text)
            self._console.print(text, markup=False, highlight=False)

    def _new_live(self) -> Live:
        return Live(
            self._view, console=self._console, refresh_per_second=4, transient=True, redirect_stdout=False,
            redirect_stderr=False,
        )  # fmt: skip

    def _draw_again(self, live: Live) -> None:
        """Begin on an empty screen: a resized terminal has wrapped the old lines anew, and nobody can erase them."""
        self._size = self._console.size
        live.stop()
        self._console.clear()
        for text in self._events[-MOST_EVENTS:]:
            self._console.print(text, markup=False, highlight=False)
        self._live = self._new_live()
        self._live.start(refresh=True)


def _opening(record: Record, title: str) -> str:
    """What is about to run, and where to look."""
    trials = plural(record.expected_trials, "trial") if record.expected_trials else "trials"
    epochs = f" of at most {plural(record.max_epochs, record.unit)}" if record.max_epochs else ""
    before = f"; {len(record.ended_rows)} have ended before" if record.ended_rows else ""
    return f"{title}: {trials}{epochs}, in {shown(record.folder.root)}{before}"
