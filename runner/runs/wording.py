"""How numbers, durations, parameters and paths are told to a person."""

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import fill
from typing import Any

from runner.config.nested import flat

NOTHING = "-"

INDENT = 14
"""Columns of the labels on the left."""


def number(value: float | None) -> str:
    """Four significant digits: 0.4321, 12.35, 2.1e-05."""
    if value is None:
        return NOTHING
    if isinstance(value, int) or (math.isfinite(value) and value == int(value) and abs(value) < 1e6):
        return str(int(value))
    return f"{value:.4g}"


def duration(seconds: float | None) -> str:
    """45s, 1m 23s, 2h 05m, 1d 03h."""
    if seconds is None:
        return NOTHING
    whole = round(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m {whole % 60:02}s"
    if whole < 86400:
        return f"{whole // 3600}h {whole % 3600 // 60:02}m"
    return f"{whole // 86400}d {whole % 86400 // 3600:02}h"


def roughly(seconds: float) -> str:
    """An estimate: 45s, 3m, 2h 05m."""
    return f"{round(seconds / 60)}m" if 60 <= round(seconds) < 3600 else duration(seconds)


def plural(amount: int, noun: str) -> str:
    """1 trial, 2 trials."""
    return f"{amount} {noun}" if amount == 1 else f"{amount} {noun}s"


def parameters(config: Mapping[str, Any]) -> str:
    """The short form: lr0=0.0021 momentum=0.91."""
    return " ".join(
        f"{key}={number(value) if isinstance(value, float) else value}" for key, value in flat(config).items()
    )


def changed(changes: Mapping[str, Sequence[Any]]) -> str:
    """Parameters before and after: lr 0.01 -> 0.012, depth 3 -> 4."""
    told = (
        " -> ".join(number(value) if isinstance(value, float) else str(value) for value in both)
        for both in changes.values()
    )
    return ", ".join(f"{key} {values}" for key, values in zip(changes, told, strict=True)) or "no parameter"


def shown(path: Path) -> str:
    """`path` relative to the current folder where it lies below it, else absolute."""
    path, here = path.absolute(), Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def error_line(error: str) -> str:
    """The line of a traceback that says what went wrong; of any other text, its first line."""
    lines = [line.rstrip() for line in error.splitlines() if line.strip()]
    frames = [index for index, line in enumerate(lines) if line.startswith("  File ")]
    after = lines[frames[-1] :] if frames else lines
    return next((line for line in after if not line.startswith(" ")), lines[-1].strip() if lines else "")


def said(line: str) -> str:
    """The line of an error without the module of its class; an error of ours is a sentence without its class."""
    return re.sub(r"^(?:runner\.[\w.]+: |(?:[A-Za-z_]\w*\.)+(?=[A-Za-z_]\w*(?::|$)))", "", line)


def wrapped(text: str, width: int, indent: int) -> str:
    """`text` in lines of `width`, broken between words only, all lines but the first indented."""
    return fill(
        text, max(width, indent + 20), subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False
    )


def labelled(label: str, text: str, width: int) -> str:
    """A label on the left and words on the right, in lines of `width`."""
    return wrapped(f"{label:<{INDENT}}{text}", width, INDENT)
