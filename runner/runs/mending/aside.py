"""Writing a repaired file: the damaged one is kept."""

import os
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from runner.runs.atomic import replacing

MOST_LINES = 5


def set_aside(path: Path) -> str:
    """Rename a damaged file to NAME.damaged, -2 and so on behind it. Returns a note."""
    if not path.exists():
        return "it was not there"
    names = (path.with_name(f"{path.name}.damaged" + (f"-{n}" if n > 1 else "")) for n in count(1))
    kept = next(name for name in names if not name.exists())
    path.rename(kept)
    return f"the damaged file is {kept.name}"


def rewrite(path: Path, text: str) -> str:
    """Put `text` in the place of a damaged file, with its time: the newest run stays so. Returns a note."""
    before = path.stat() if path.exists() else None
    note = set_aside(path)
    with replacing(path) as draft:
        draft.write_text(text, encoding="utf-8")
    if before:
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    return note


def at_lines(numbers: Sequence[int], what: str) -> list[str]:
    """A note on these lines; none where there are none."""
    if not numbers:
        return []
    listed = ", ".join(map(str, numbers[:MOST_LINES])) + (" and more" if len(numbers) > MOST_LINES else "")
    return [f"line {listed} {what}"]
