"""Where the lines of a run go: to a callback, to the terminal, or nowhere."""

import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console

from runner.errors import ConfigError, Problem
from runner.runs.output import Listener, heard_outside, notes_to, terminal

WIDTH = 10_000
"""Columns for a callback: one event is one line."""


@dataclass(frozen=True)
class Output:
    """What a run prints to.

    Attributes:
        began: when the command began, on the monotonic clock.
        view: whether the console is the terminal.
    """

    console: Console
    began: float
    view: bool

    def line(self, text: str) -> None:
        """Before the run starts."""
        if self.view:
            print(text)
        else:
            self.console.print(text, markup=False, emoji=False, soft_wrap=True)


@contextmanager
def output_to(on_event: Listener | None, *, view: bool) -> Iterator[Output]:
    """Send what a person would see to `on_event`, None: nowhere; or, with `view`, to the terminal, notes to stderr.

    Raises ConfigError for both.
    """
    if view and on_event:
        raise ConfigError([Problem("arguments", "view", "shows what on_event would get", "leave out one of them")])
    began = time.monotonic()
    if view:
        console = terminal()
        try:
            yield Output(console, began, view)
        finally:
            console.file.close()
        return
    with notes_to(on_event):
        console = Console(file=_Lines(on_event), width=WIDTH, highlight=False, color_system=None, force_terminal=False)
        yield Output(console, began, view)


class _Lines(io.StringIO):
    """A text file that gives each line that is not empty to a callback."""

    def __init__(self, on_event: Listener | None) -> None:
        super().__init__()
        self._listener = heard_outside(on_event)
        self._unfinished = ""

    def write(self, text: str) -> int:
        *lines, self._unfinished = f"{self._unfinished}{text}".split("\n")
        for line in filter(str.strip, lines):
            self._listener(line.rstrip())
        return len(text)
