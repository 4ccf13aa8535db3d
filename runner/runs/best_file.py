"""The YAML of a winner: all that trains it again, the parameters of its trial apart from what every trial had."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from runner.runs.plain_yaml import dump
from runner.runs.trial import Trial

FIXED = "# the same in every trial"
"""The line above what is no parameter of the trial: a reader of points stops there."""


def _parameters_alone(parameters: Mapping[str, Any], folder: Path) -> tuple[str, Mapping[str, Any]]:  # noqa: ARG001
    return "", parameters


@dataclass(frozen=True)
class BestFile:
    """How the file of a winner is written.

    Args:
        searched: dotted keys of the parameters that were searched.
        retraining: from a trial's parameters and folder to how they are trained without this program, as a line for
            people, and the whole of what is passed then.
    """

    searched: Sequence[str] = ()
    retraining: Callable[[Mapping[str, Any], Path], tuple[str, Mapping[str, Any]]] = _parameters_alone

    def text(self, row: Trial, folder: Path, told: str) -> str:
        """The file; `told` is what to say of the trial, `folder` the trial's own."""
        how, whole = self.retraining(row.parameters, folder)
        fixed = {key: value for key, value in whole.items() if key not in row.parameters}
        comments = [told, how, f"searched: {', '.join(self.searched)}" if self.searched else ""]
        head = "".join(f"# {comment}\n" for comment in comments if comment)
        own = dump(row.parameters) if row.parameters or not fixed else ""
        return head + own + (f"{FIXED}\n{dump(fixed)}" if fixed else "")


PARAMETERS_ALONE = BestFile()


def fixed_keys(text: str) -> frozenset[str]:
    """The keys of such a file that every trial had alike; none where it is another file."""
    _, _, below = text.partition(f"{FIXED}\n")
    return frozenset(yaml.safe_load(below) or ()) if below else frozenset()
