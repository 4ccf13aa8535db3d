"""The part of a trial's traceback that is the user's own."""

import re
from pathlib import Path

from runner.runs.wording import error_line

MOST_FRAMES = 4
LINES = 3
"""Of a frame: its place, its code, and the marks below that. Ray leaves marks behind of frames that it takes out."""

OURS = re.escape(str(Path(__file__).parents[1]))
FOREIGN = re.compile(rf'  File "(?:.*/site-packages/ray|{OURS}/(?:trainables|translate))/')
"""A frame of Ray's or of ours: none of it is what a user can mend."""


def user_traceback(error: str) -> list[str]:
    """The last frames of a traceback, without those of Ray and of this program, and the error itself behind them."""
    frames: list[list[str]] = []
    for line in error.splitlines():
        if line.startswith("  File "):
            frames.append([line])
        elif frames and line.startswith("    ") and len(frames[-1]) < LINES:
            frames[-1].append(line)
        elif not line.startswith(" ") and line.startswith("ray.exceptions."):
            frames.clear()  # what came before is the driver's own traceback
    own = [frame for frame in frames if not FOREIGN.match(frame[0])]
    return [*(line for frame in own[-MOST_FRAMES:] for line in frame), error_line(error)] if own else []
