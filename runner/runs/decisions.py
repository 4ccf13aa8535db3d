"""What was decided about each trial, and why: decisions.jsonl, a JSON object a line.

`state` is that of the trial after its end, or one of GOES_ON: `promoted` (a scheduler compared it and let it go on),
`paused` (it lets it wait), `exploited` (it goes on from another trial's checkpoint, with other parameters), `replayed`
(it goes on with other parameters, as a file says) or `restarted` (its process died, and it went on in another).
"""

import json
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from runner.runs.damage import damaged
from runner.runs.json_lines import json_object, lines
from runner.runs.trial import TrialState

PROMOTED, PAUSED, EXPLOITED, REPLAYED, RESTARTED = "promoted", "paused", "exploited", "replayed", "restarted"
GOES_ON = frozenset({PROMOTED, PAUSED, EXPLOITED, REPLAYED, RESTARTED})
"""States of decisions after which a trial goes on."""

EXPERIMENT_PLATEAU, STALL, FUNCTION_ERROR = "experiment_plateau", "budget.stall_timeout", "function_error"
MAX_FAILED_TRIALS = "budget.max_failed_trials"
TRIAL_TIMEOUT = "budget.trial_timeout"
"""The rule of a trial that failed because it reported nothing for too long."""

CUT_OFF = ("budget.time_budget", "attestation", EXPERIMENT_PLATEAU, STALL, FUNCTION_ERROR, MAX_FAILED_TRIALS)
"""Rules that end the whole experiment: a trial that they stop could go on."""

END = "end"
"""A trial that ended by itself."""

RETRY = "retry"
"""Of a trial that failed and that `resume --retry-failed` lets run again."""

DIVERGED = "diverged"
"""The rule that is always on: the objective of a report was NaN or infinite."""


_NUMBER = (int, float, type(None))
_TYPES: dict[str, type | tuple[type, ...]] = {
    "time": str, "state": str, "trial": str, "iteration": int, "rule": str, "detail": str, "value": _NUMBER,
    "compared_with": _NUMBER, "rank": _NUMBER, "ranked": _NUMBER, "epochs_saved": _NUMBER,
}  # fmt: skip


@dataclass(frozen=True)
class Exploit:
    """What a trial goes on with after a scheduler has changed it.

    Attributes:
        trial: whose checkpoint it takes, its own where no other's.
        iteration: of that checkpoint.
        changes: the parameters that differ from those that it had, by dotted key, each before and after.
    """

    trial: str
    iteration: int
    changes: dict[str, tuple[Any, Any]]


@dataclass(frozen=True)
class Decision:
    """What a rule decided about one trial: mostly its end.

    Attributes:
        iteration: the trial's reports so far.
        rule: a scheduler or stopper by its name in the config ("asha", "plateau"), "diverged", one of CUT_OFF
            ("attestation" also of a trial whose values were not at work), "end" (by itself), "patience" (by
            Ultralytics, before its last epoch), TRIAL_TIMEOUT, "error" or
            "interrupted".
        value: what the rule looked at, and compared_with: what it held that against; None where there is no such thing.
        detail: a sentence for people ("0.12 is below 0.31, the cut-off of rung 3 among 4 trials").
        rank: the trial's place, from 1, among the `ranked` trials that the rule compared; None: it compares none.
        epochs_saved: epochs of a full trial that were not run; None where the length of one is not known.
        exploit: of a trial that was exploited or replayed.
    """

    trial: str
    iteration: int
    rule: str
    value: float | None
    compared_with: float | None
    detail: str
    rank: int | None = None
    ranked: int | None = None
    epochs_saved: int | None = None
    exploit: Exploit | None = None


def append(path: Path, decision: Decision, state: str, when: datetime) -> None:
    """Add one line to `path`. A value that JSON has no word for (NaN, infinity) becomes null."""
    line = {"time": when.isoformat(timespec="seconds"), "state": state, **asdict(decision)}
    for key in ("value", "compared_with"):
        if line[key] is not None and not math.isfinite(line[key]):
            line[key] = None
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, allow_nan=False, ensure_ascii=False) + "\n")


def read(path: Path) -> Iterator[dict[str, Any]]:
    """Every line, but for one that is still being written. Raises ConfigError."""
    for number, text in lines(path):
        try:
            yield decision(text)
        except ValueError as error:
            raise damaged(path, str(error), number) from error


def decision(text: str) -> dict[str, Any]:
    """A line as plain data. Raises ValueError with what is wrong."""
    line = json_object(text)
    wrong = [key for key, types in _TYPES.items() if not isinstance(line.get(key), types)]
    if wrong:
        raise ValueError(f"{wrong[0]} is {line.get(wrong[0])!r:.60}")
    if line["state"] not in GOES_ON | set(TrialState):
        raise ValueError(f"state is {line['state']!r:.60}")
    if datetime.fromisoformat(line["time"]).tzinfo is None:
        raise ValueError(f"time is {line['time']!r:.60}")
    if line["state"] in {EXPLOITED, REPLAYED} and not _is_exploit(line.get("exploit")):
        raise ValueError("does not say what was changed")
    return line


def _is_exploit(value: Any) -> bool:
    changes = value.get("changes") if isinstance(value, dict) else None
    return isinstance(changes, dict) and all(isinstance(both, list) and len(both) == 2 for both in changes.values())


def is_over(state: str, rule: str) -> bool:
    """Whether a trial in that state, by that rule, has nothing left to do when its run is resumed."""
    unfinished = state in {"running", "paused", "interrupted"} or (state == "stopped" and rule in CUT_OFF)
    return not unfinished
