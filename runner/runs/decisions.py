"""Why each trial ended: decisions.jsonl, a JSON object a line."""

import json
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Decision:
    """The end of one trial, and the rule that ended it.

    Attributes:
        iteration: the trial's reports so far.
        rule: a scheduler or stopper by its name in the config ("asha", "plateau"), "budget.time_budget",
            "attestation" (of a trial whose values were not at work, and of those that were cut off when the experiment
            ended for it), "end" (trained to its end), "error" or "interrupted".
        value: what the rule looked at, and compared_with: what it held that against; None where there is no such thing.
        detail: a sentence for people ("0.12 is below 0.31, the cut-off of rung 3 among 4 trials").
    """

    trial: str
    iteration: int
    rule: str
    value: float | None
    compared_with: float | None
    detail: str


def append(path: Path, decision: Decision, state: str, when: datetime) -> None:
    """Add one line to `path`. A value that JSON has no word for (NaN, infinity) becomes null."""
    line = {"time": when.isoformat(timespec="seconds"), "state": state, **asdict(decision)}
    for key in ("value", "compared_with"):
        if line[key] is not None and not math.isfinite(line[key]):
            line[key] = None
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, allow_nan=False, ensure_ascii=False) + "\n")


def read(path: Path) -> Iterator[dict[str, Any]]:
    """Every line, but for one that is still being written."""
    if path.is_file():
        for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
            if line.endswith("\n"):
                yield json.loads(line)
