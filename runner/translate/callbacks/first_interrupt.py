"""Answers the first Ctrl-C."""

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

from ray.tune import Callback

from runner.translate.signals import answer


class FirstInterrupt(Callback):  # type: ignore[misc]
    """Says that Ray Tune is stopping: it waits for the trials that run, each of which may take half a minute.

    A second Ctrl-C raises KeyboardInterrupt, as Ray Tune's handler puts ours back.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self.tell = tell

    def setup(self, *given: Any, **info: Any) -> None:
        """Ray Tune has installed its handler by now."""
        of_tune = signal.getsignal(signal.SIGINT)
        if not callable(of_tune) or threading.current_thread() is not threading.main_thread():
            return

        def stop(number: int, frame: FrameType | None) -> None:
            answer(self.tell, "stopping the running trials; ctrl-c again to leave now")
            of_tune(number, frame)

        signal.signal(signal.SIGINT, stop)
