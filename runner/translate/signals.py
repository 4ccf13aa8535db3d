"""Signals that end a run: Ctrl-C, SIGTERM (`timeout`, Slurm, systemd) and SIGHUP (a closed terminal)."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_raised = threading.Event()
_reasons: list[str] = []
hanging = threading.Event()
"""Set where Ray does not come to its end after such a signal: only leaving the process ends it."""
_ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


def interrupt(_number: int, _frame: FrameType | None) -> None:
    """A handler that ends what runs as Ctrl-C does."""
    _raised.set()
    raise KeyboardInterrupt(*_reasons)


def interrupt_main(reason: str) -> None:
    """From another thread: raise KeyboardInterrupt(reason) in the main thread, within `ending_as_interrupt`."""
    if signal.getsignal(signal.SIGTERM) is interrupt:
        _reasons[:] = [reason]
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)


def reason() -> str:
    """Why `interrupt_main` interrupted; empty after a signal from outside.

    The exception itself may not say it: one that is raised while Ray waits in its own code comes out without it.
    """
    return "".join(_reasons)


def answer(tell: Callable[[str], None], text: str) -> None:
    """Print a line from a signal handler: in a thread, as the main thread may be in the middle of printing."""
    threading.Thread(target=tell, args=(text,), daemon=True).start()


def raised() -> bool:
    """Whether such a signal has ended something in this process."""
    return _raised.is_set()


@contextmanager
def ending_as_interrupt() -> Iterator[None]:
    """Each of the signals raises KeyboardInterrupt, so that the record is closed and Ray is stopped."""
    _raised.clear()
    _reasons.clear()
    with _handled(interrupt):
        yield


@contextmanager
def held_back(tell: Callable[[str], None]) -> Iterator[None]:
    """Hold the signals back and raise KeyboardInterrupt at the end: Ray's start does not survive an interruption."""
    came: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        came.append(number)
        answer(tell, "stopping as soon as Ray has started")

    with _handled(note):
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
