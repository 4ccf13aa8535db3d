"""A run that is over (or was cut off), read back from its folder."""

import csv
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from runner.config.nested import flat
from runner.config.objective import OBJECTIVE, Objective, Target
from runner.config.search_space import SearchSpace, read_search_space
from runner.config.trainable import ADJUSTED
from runner.runs.cells import cell, read_cell
from runner.runs.folder import RunFolder
from runner.runs.trial import TrialState
from runner.runs.trials_table import BEST, LAST, PARAMETER
from runner.runs.wording import shown


@dataclass(frozen=True)
class EarlierTrial:
    """One row of trials.csv.

    Attributes:
        point: dotted key to value of every parameter that was searched, as the trial was trained with it.
        best, last: the objective of its best and of its last report; None where that is no finite number.
    """

    name: str
    state: TrialState
    point: Mapping[str, Any]
    best: float | None
    last: float | None


@dataclass(frozen=True)
class EarlierRun:
    """What a run folder says of its run; `constants` are those of its search space, by dotted key."""

    root: Path
    config: Mapping[str, Any]
    objective: Objective
    constants: Mapping[str, Any]
    trials: tuple[EarlierTrial, ...]

    @classmethod
    def read(cls, run: RunFolder) -> "EarlierRun":
        """Read config.yaml and trials.csv. Raises ValueError with what is wrong."""
        try:
            config = yaml.safe_load(run.config.read_text(encoding="utf-8"))
            objective = Objective(tuple(Target(**target) for target in config["objective"]["metrics"]))
            space, _ = read_search_space(config["search_space"] or {})
        except (yaml.YAMLError, UnicodeDecodeError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"{shown(run.config)} is not as a run leaves it: {error!r}") from error
        with run.trials_csv.open(newline="", encoding="utf-8") as file:
            trials = tuple(_trial(row, space) for row in csv.DictReader(file))
        return cls(run.root, config, objective, space.constants(), trials)

    def ranked(self) -> list[EarlierTrial]:
        """Every trial with an objective but for failed ones, the best first."""
        counted = [trial for trial in self.trials if trial.best is not None and not trial.state.failed]
        return sorted(counted, key=lambda t: t.best or 0.0, reverse=self.objective.mode == "max")

    def finished(self) -> list[EarlierTrial]:
        """The trials that were completed or stopped by a rule, with a last objective."""
        over = (TrialState.COMPLETED, TrialState.STOPPED)
        return [trial for trial in self.trials if trial.state in over and trial.last is not None]


def _trial(row: Mapping[str, str], space: SearchSpace) -> EarlierTrial:
    return EarlierTrial(
        name=row["trial"],
        state=TrialState(row["state"]),
        point={**dict(_searched(row, space)), **dict(_adjusted(row, space))},
        best=_finite(row[OBJECTIVE]),
        last=_finite(row[LAST + OBJECTIVE]),
    )


def _searched(row: Mapping[str, str], space: SearchSpace) -> Iterator[tuple[str, Any]]:
    """The searched parameters of a row; a category comes back with its very type, a mapping from its columns."""
    for key, distribution in space.searched().items():
        alike = [value for value in distribution.values() or () if _is_in(row, key, value)]
        if len(alike) > 1:
            raise ValueError(f"{key}: {' and '.join(map(repr, alike))} are written alike in trials.csv")
        text = row.get(PARAMETER + key)
        if alike or text:
            yield key, alike[0] if alike else read_cell(str(text))


def _adjusted(row: Mapping[str, str], space: SearchSpace) -> Iterator[tuple[str, Any]]:
    """Parameters that had to take another value than the sampled one, such as a batch out of memory."""
    for key in space.searched():
        text = row.get(BEST + ADJUSTED + key) or row.get(LAST + ADJUSTED + key)
        if text:
            yield key, read_cell(text)


def _is_in(row: Mapping[str, str], key: str, value: Any) -> bool:
    return all(row.get(PARAMETER + column) == str(cell(part)) for column, part in flat({key: value}).items())


def _finite(text: str) -> float | None:
    value = float(text) if text else math.nan
    return value if math.isfinite(value) else None
