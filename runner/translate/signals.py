"""Signals that end a run: Ctrl-C, SIGTERM (`timeout`, Slurm, systemd) and SIGHUP (a closed terminal)."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_raised = threading.Event()
_ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


def interrupt(_number: int, _frame: FrameType | None) -> None:
    """A handler that ends what runs as Ctrl-C does."""
    _raised.set()
    raise KeyboardInterrupt


def raised() -> bool:
    """Whether such a signal has ended something in this process."""
    return _raised.is_set()


@contextmanager
def ending_as_interrupt() -> Iterator[None]:
    """Each of the signals raises KeyboardInterrupt, so that the record is closed and Ray is stopped."""
    with _handled(interrupt):
        yield


@contextmanager
def held_back() -> Iterator[None]:
    """Hold the signals back and raise KeyboardInterrupt at the end: Ray's start does not survive an interruption."""
    came: list[int] = []
    with _handled(lambda number, _frame: came.append(number)):
        yield
    if came:
        raise KeyboardInterrupt


@contextmanager
def _handled(handler: "signal._HANDLER") -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, handler) for number in _ENDING}
    try:
        yield
    finally:
        for number, previous in before.items():
            signal.signal(number, previous)
