"""What reaches the terminal, and what goes to a log: Ray, Ultralytics and their child processes write there."""

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from rich.console import Console

Listener = Callable[[str], None]
"""Takes a line for a person."""


def print_note(line: str) -> None:
    """Print a line on stderr."""
    Console(stderr=True, soft_wrap=True, highlight=False).print(line, markup=False)


_listener: ContextVar[Listener] = ContextVar("listener", default=print_note)


def note(text: str) -> None:
    """A line that is no error: to stderr, or to the listener of `notes_to`."""
    show(f"note: {text}")


@contextmanager
def notes_to(listener: Listener | None) -> Iterator[None]:
    """Send notes to `listener`; None: nowhere."""
    token = _listener.set(heard_outside(listener))
    try:
        yield
    finally:
        _listener.reset(token)


def show(text: str) -> None:
    """Any text for a person, to where notes go."""
    _listener.get()(text)


def heard_outside(listener: Listener | None) -> Listener:
    """Call `listener`, None: nobody, such that what it prints goes where it went before `redirected`."""

    def heard(line: str) -> None:
        if listener is not None:
            with as_before():
                listener(line)

    return heard


def terminal() -> Console:
    """A console on what stdout is now; it stays there while `redirected` sends stdout elsewhere."""
    sys.stdout.flush()
    return Console(file=os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8"), highlight=False)


@dataclass(frozen=True)
class _Streams:
    """Where stdout and stderr go: their file descriptors, and Python's own streams."""

    descriptors: tuple[int, int]
    streams: tuple[TextIO, TextIO]

    @classmethod
    def now(cls) -> "_Streams":
        """As they are, with copies of the descriptors."""
        return cls((os.dup(1), os.dup(2)), (sys.stdout, sys.stderr))

    def install(self) -> None:
        """Write what is buffered, and go back to these."""
        _flush_or_drop()
        sys.stdout, sys.stderr = self.streams
        for descriptor, kept in zip((1, 2), self.descriptors, strict=True):
            os.dup2(kept, descriptor)

    def close(self) -> None:
        for kept in self.descriptors:
            os.close(kept)


_before: list[_Streams] = []
"""Where output went before each `redirected` that is at work."""

_switching = threading.RLock()
"""Held while output goes back for a moment: threads of Ray's and of signals report as well."""


@contextmanager
def redirected(log: Path) -> Iterator[None]:
    """Append stdout and stderr to `log`, at the level of file descriptors: output of C code and children goes too."""
    sys.stdout.flush()
    sys.stderr.flush()
    saved = _Streams.now()
    _before.append(saved)
    opened: list[TextIO] = []
    try:
        with log.open("ab", buffering=0) as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        # Those of a notebook do not write to the descriptors.
        sys.stdout = _stream_of(sys.stdout, 1, opened)
        sys.stderr = _stream_of(sys.stderr, 2, opened)
        yield
    finally:
        with _switching:
            _before.remove(saved)
            saved.install()
        saved.close()
        for stream in opened:
            stream.close()


def _stream_of(stream: TextIO, descriptor: int, opened: list[TextIO]) -> TextIO:
    """The stream where it writes to the descriptor, else a new one that does, which is added to `opened`."""
    try:
        own = stream.fileno() == descriptor
    except (OSError, ValueError):
        own = False
    if own:
        return stream
    opened.append(os.fdopen(os.dup(descriptor), "w", buffering=1, encoding="utf-8", errors="backslashreplace"))
    return opened[-1]


@contextmanager
def as_before() -> Iterator[None]:
    """Within `redirected`: what is printed here goes where it went before."""
    with _switching:
        if not _before:
            yield
            return
        inside = _Streams.now()
        _before[0].install()
        try:
            yield
        finally:
            inside.install()
            inside.close()


def _flush_or_drop() -> None:
    """Write what is buffered, or drop it where the disk is full: the terminal would get it later."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
            stream.flush()
