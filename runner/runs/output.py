"""What reaches the terminal, and what goes to a log: Ray, Ultralytics and their child processes write there."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console


def tell(text: str) -> None:
    """A line on stderr that is no error."""
    Console(stderr=True, soft_wrap=True, highlight=False).print(f"note: {text}", markup=False)


def terminal() -> Console:
    """A console on what stdout is now; it stays there while `redirected` sends stdout elsewhere."""
    sys.stdout.flush()
    return Console(file=os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8"), highlight=False)


@contextmanager
def redirected(log: Path) -> Iterator[None]:
    """Append stdout and stderr to `log`, at the level of file descriptors: output of C code and children goes too."""
    sys.stdout.flush()
    sys.stderr.flush()
    saved = os.dup(1), os.dup(2)
    try:
        with log.open("ab", buffering=0) as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        yield
    finally:
        _flush_or_drop()
        for descriptor, before in zip((1, 2), saved, strict=True):
            os.dup2(before, descriptor)
            os.close(before)


def _flush_or_drop() -> None:
    """Write what is buffered, or drop it where the disk is full: the terminal would get it later."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
            stream.flush()
