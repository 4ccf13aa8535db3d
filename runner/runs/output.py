"""What reaches the terminal, and what goes to a log: Ray, Ultralytics and their child processes write there."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

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


_before: list[tuple[int, int]] = []
"""What stdout and stderr were before each `redirected` that is at work."""


@contextmanager
def redirected(log: Path) -> Iterator[None]:
    """Append stdout and stderr to `log`, at the level of file descriptors: output of C code and children goes too."""
    sys.stdout.flush()
    sys.stderr.flush()
    saved = os.dup(1), os.dup(2)
    _before.append(saved)
    try:
        with log.open("ab", buffering=0) as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        yield
    finally:
        _before.remove(saved)
        _flush_or_drop()
        for descriptor, before in zip((1, 2), saved, strict=True):
            os.dup2(before, descriptor)
            os.close(before)


@contextmanager
def as_before() -> Iterator[None]:
    """Within `redirected`: what is printed here goes where it went before."""
    if not _before:
        yield
        return
    _flush_or_drop()
    logs = os.dup(1), os.dup(2)
    for descriptor, before in zip((1, 2), _before[0], strict=True):
        os.dup2(before, descriptor)
    try:
        yield
    finally:
        _flush_or_drop()
        for descriptor, log in zip((1, 2), logs, strict=True):
            os.dup2(log, descriptor)
            os.close(log)


def _flush_or_drop() -> None:
    """Write what is buffered, or drop it where the disk is full: the terminal would get it later."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
            stream.flush()
