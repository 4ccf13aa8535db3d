"""A file of a run folder that is not as the run wrote it: one message with the file, the line and what can be done."""

from pathlib import Path

from runner.errors import ConfigError, Problem
from runner.runs.wording import shown


def damaged(path: Path, what: str, line: int | None = None, remedy: str = "") -> ConfigError:
    """The error to raise.

    Args:
        line: from 1; None where the whole file is meant.
        remedy: what to type; without, what holds for every file of a run.
    """
    where = shown(path) if line is None else f"{shown(path)}, line {line}"
    general = f"put back a copy of the file, or start another run with searcher.warm_start={shown(path.parent)}"
    return ConfigError([Problem("damaged", where, what, remedy or general)])
