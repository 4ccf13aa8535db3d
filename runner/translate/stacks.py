"""Where a trial stands that reports nothing: its process writes the stacks of its threads, the driver reads them.

The timer is a thread of C (faulthandler), so that code which holds Python's lock is seen as well.
"""

import faulthandler
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from traceback import FrameSummary, format_list

STACKS = "stacks.txt"

_FRAME = re.compile(r'  File "(.*)", line (\d+) in (.*)')
_TRAINING = "/reporting_trainable.py"
"""The file that calls the trainable: the thread that has it in its stack is the trial's own."""


@contextmanager
def stacks_after(seconds: float | None, folder: Path) -> Iterator[None]:
    """Write the stacks into `folder` where what is inside takes longer than `seconds`; None: never.

    A trainable that starts faulthandler's timer itself takes it away from here: a process has only one.
    """
    if seconds is None:
        yield
        return
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / STACKS
    with path.open("w", encoding="utf-8") as file:
        faulthandler.dump_traceback_later(seconds, file=file)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()
    path.unlink()


def take_stack(folder: Path) -> str:
    """The stack of the training as Python prints a traceback, the newest call last; empty where there is none.

    The file of the stacks is removed.
    """
    path = folder / STACKS
    if not path.exists():
        return ""
    threads = path.read_text(encoding="utf-8", errors="replace").split("\n\n")
    path.unlink()
    training = next((thread for thread in threads if f'{_TRAINING}", line' in thread and " in _train\n" in thread), "")
    frames = [FrameSummary(path, int(line), name) for path, line, name in _FRAME.findall(training)]
    return f"Traceback (most recent call last):\n{''.join(format_list(frames[::-1]))}" if frames else ""
