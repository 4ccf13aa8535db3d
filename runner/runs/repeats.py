"""Trials that repeat a configuration with other seeds: they follow each other, and their mean is what counts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from runner.config.objective import OBJECTIVE, Objective
from runner.runs.sample import Sample
from runner.runs.trial import TrialState


class Row(Protocol):
    """What is compared of a trial: its best objective, None where that is no finite number."""

    @property
    def name(self) -> str: ...
    @property
    def state(self) -> TrialState: ...
    @property
    def best(self) -> float | None: ...


Kind = TypeVar("Kind", bound=Row)


@dataclass(frozen=True)
class Outcome:
    """A row and little more; `iterations` and `note` as in `TrialRow`."""

    name: str
    state: TrialState
    best: float | None
    iterations: int = 0
    note: str = ""

    @classmethod
    def read(cls, name: str, cells: Mapping[str, str]) -> "Outcome":
        """Of a row of trials.csv."""
        best = float(cells[OBJECTIVE]) if cells[OBJECTIVE] else None
        return cls(name, TrialState(cells["state"]), best, int(cells["iterations"]), cells["note"])


def repeats(config: Mapping[str, Any]) -> int:
    """Trials of each configuration in a run of `config`."""
    return int(config.get("searcher", {}).get("repeat") or 1)


def configuration(name: str, repeat: int) -> int | str:
    """The number of trial `name`'s configuration, from 0; that of a trial without another like it is its name."""
    return name if repeat == 1 else int(name.rpartition("_")[2]) // repeat


def alike(rows: Iterable[Kind], name: str, repeat: int) -> list[Kind]:
    """The trials of the configuration of trial `name`, that itself among them."""
    return [row for row in rows if configuration(row.name, repeat) == configuration(name, repeat)]


def sample(rows: Iterable[Row]) -> Sample:
    """What trials of one configuration came to.

    One that was cut off is neither a value, as the best of a part of a training is none of a whole one, nor a failure.
    """
    rows = list(rows)
    values = tuple(row.best for row in rows if row.best is not None and row.state.ended_well)
    unfinished = sum(not (row.state.ended_well or row.state.failed) for row in rows)
    return Sample(values, len(rows) - len(values) - unfinished, unfinished)


def ranked(rows: Iterable[Kind], repeat: int, objective: Objective) -> list[Kind]:
    """Every trial with an objective but for failed ones: those of the best configuration first, and of them the best.

    Repeated configurations compare by their means, and one of whose trials more ended well is before the others: among
    means of fewer trials a lucky one wins.
    """
    rows = list(rows)
    sign = 1 if objective.mode == "max" else -1
    valid = [row for row in rows if row.best is not None and not row.state.failed]
    if repeat == 1:
        return sorted(valid, key=lambda row: -sign * (row.best or 0.0))
    groups: dict[int | str, list[Kind]] = {}
    for row in rows:
        groups.setdefault(configuration(row.name, repeat), []).append(row)

    def place(row: Kind) -> tuple[float, ...]:
        whole = sample(groups[configuration(row.name, repeat)])
        return -len(whole.values), -sign * (whole.mean or 0.0), -sign * (row.best or 0.0)

    return sorted(valid, key=place)
