"""Which trial, which configuration and which run is the best.

Trials that repeat a configuration with other seeds follow each other, and their mean is what counts.
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from runner.config.objective import Objective
from runner.runs.sample import Sample
from runner.runs.trial import Trial

Key = TypeVar("Key")


def repeats(config: Mapping[str, Any]) -> int:
    """Trials of each configuration in a run of `config`."""
    return int(config.get("searcher", {}).get("repeat") or 1)


def configuration(name: str, repeat: int) -> int | str:
    """The number of trial `name`'s configuration, from 0; that of a trial without another like it is its name."""
    return name if repeat == 1 else int(name.rpartition("_")[2]) // repeat


def alike(rows: Iterable[Trial], name: str, repeat: int) -> list[Trial]:
    """The trials of the configuration of trial `name`, that itself among them."""
    return [row for row in rows if configuration(row.name, repeat) == configuration(name, repeat)]


def sample(rows: Iterable[Trial]) -> Sample:
    """What trials of one configuration came to.

    One that was cut off is neither a value, as the best of a part of a training is none of a whole one, nor a failure.
    """
    rows = list(rows)
    values = tuple(row.best for row in rows if row.best is not None and row.state.ended_well)
    unfinished = sum(not (row.state.ended_well or row.state.failed) for row in rows)
    return Sample(values, len(rows) - len(values) - unfinished, unfinished)


def ranked(rows: Iterable[Trial], repeat: int, objective: Objective) -> list[Trial]:
    """Every trial with an objective but for failed ones: those of the best configuration first, and of them the best.

    Of several objectives those of the front come first, and the first objective decides among them, and the others.
    Repeated configurations compare by their means, and one of whose trials more ended well is before the others: among
    means of fewer trials a lucky one wins.
    """
    rows = list(rows)
    sign = 1 if objective.mode == "max" else -1
    valid = [row for row in rows if row.best is not None and not row.state.failed]
    if repeat == 1:
        return sorted(valid, key=lambda row: (not row.front, -sign * (row.best or 0.0)))
    groups: dict[int | str, list[Trial]] = {}
    for row in rows:
        groups.setdefault(configuration(row.name, repeat), []).append(row)

    def place(row: Trial) -> tuple[float, ...]:
        whole = sample(groups[configuration(row.name, repeat)])
        return not row.front, -len(whole.values), -sign * (whole.mean or 0.0), -sign * (row.best or 0.0)

    return sorted(valid, key=place)


def winners(values: Mapping[Key, float | None], mode: str) -> list[Key]:
    """Whose value is the best; several where they are equal, none where no value is known."""
    known = [value for value in values.values() if value is not None]
    best = (max if mode == "max" else min)(known) if known else None
    return [key for key, value in values.items() if value is not None and value == best]
