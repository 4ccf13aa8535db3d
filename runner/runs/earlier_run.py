"""A run that is over (or was cut off), read back from its folder."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runner.config.experiment import SEED
from runner.config.nested import flat
from runner.config.objective import OBJECTIVE, Objective
from runner.config.points import nested
from runner.config.read_search_space import read_search_space
from runner.config.registry import unit_of
from runner.config.search_space import SearchSpace
from runner.errors import ConfigError, Problem
from runner.runs.cells import cell, read_cell
from runner.runs.folder import RunFolder
from runner.runs.kept_config import read_config
from runner.runs.repeats import ranked, repeats
from runner.runs.trial import TrialState
from runner.runs.trial_name import trial_name
from runner.runs.trials_table import LAST, PARAMETER, PARETO, adjusted_in, read_rows, values_in
from runner.runs.wording import parameters, shown

MOST_OF_FRONT = 10


@dataclass(frozen=True)
class EarlierTrial:
    """One row of trials.csv.

    Attributes:
        sampled: dotted key to value of every parameter that was searched, and that its condition let be there.
        adjusted: parameters that had to take another value than the sampled or the fixed one.
        best, last: the objective of its best and of its last report; None where that is no finite number.
        best_iteration, iterations: the number of its best and of its last report.
        checkpoint, note: as in `TrialRow`.
        values, last_values: of several objectives, that of each at the same reports; empty where one is not finite.
        pareto: whether it is on the Pareto front of several objectives.
    """

    name: str
    state: TrialState
    sampled: Mapping[str, Any]
    adjusted: Mapping[str, Any]
    best: float | None
    best_iteration: int | None
    last: float | None
    iterations: int
    checkpoint: str
    note: str
    values: Mapping[str, float] = field(default_factory=dict)
    last_values: Mapping[str, float] = field(default_factory=dict)
    pareto: bool = False

    @property
    def point(self) -> dict[str, Any]:
        """The searched parameters, as the trial was trained with them."""
        return {key: self.adjusted.get(key, value) for key, value in self.sampled.items()}

    @property
    def parameters(self) -> dict[str, Any]:
        """The searched parameters and each fixed one that had to be adjusted, as the trial was trained with them."""
        return {**self.sampled, **self.adjusted}


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
        """Read config.yaml and trials.csv. Raises ConfigError, and ValueError where categories are written alike."""
        config = read_config(run)
        objective = Objective.of(config)
        space, _ = read_search_space(config["search_space"] or {})
        trials = tuple(_trial(row, space, objective) for row in read_rows(run.trials_csv).values())
        return cls(run.root, config, objective, space.constants(), trials)

    @property
    def unit(self) -> str:
        """What one report is called."""
        return unit_of(self.config)

    @property
    def searches(self) -> bool:
        """Whether its trials differ in more than their seed."""
        return any(trial.sampled.keys() - {SEED} for trial in self.trials)

    @property
    def fixed(self) -> dict[str, Any]:
        """By dotted key what all trials trained with: arguments of the trainable, constants of the search space."""
        trainable = self.config.get("trainable")
        options = trainable.values() if isinstance(trainable, Mapping) else ()
        arguments = (flat(value) for value in options if isinstance(value, Mapping))
        return {key: value for one in (*arguments, self.constants) for key, value in one.items()}

    def ranked(self) -> list[EarlierTrial]:
        """Every trial with an objective but for failed ones, the best first.

        Of several objectives those of the front come first, and the first objective decides among them, and the others.
        """
        by_score = ranked(self.trials, repeats(self.config), self.objective)
        return sorted(by_score, key=lambda trial: not trial.pareto)

    def front(self) -> list[EarlierTrial]:
        """The trials of the Pareto front, the best by the first objective first; none where there is one objective."""
        return [trial for trial in self.ranked() if trial.pareto]

    def finished(self) -> list[EarlierTrial]:
        """The trials that were completed or stopped by a rule, with a last objective."""
        return [trial for trial in self.trials if trial.state.ended_well and trial.last is not None]

    def chosen(self, name: str | None) -> EarlierTrial:
        """The trial of that name, or the best.

        Raises ConfigError where that has no parameters worth keeping, or where several objectives leave several.
        """
        if name is None and not self.ranked():
            message = f"no trial reported a finite {self.objective.needed} without failing"
            raise ConfigError([Problem("trial", shown(self.root), message, "name another run folder")])
        front = self.front()
        if name is None and len(front) > 1:
            told = "; ".join(f"{trial.name} {parameters(trial.values)}" for trial in front[:MOST_OF_FRONT])
            more = f"; and {len(front) - MOST_OF_FRONT} more, in best/front.csv" if len(front) > MOST_OF_FRONT else ""
            message = f"{len(front)} trials are on the Pareto front of {self.objective}: {told}{more}"
            raise ConfigError([Problem("trial", shown(self.root), message, "name one of them after the run")])
        if name is None:
            return self.ranked()[0]
        found = trial_name(name, [trial.name for trial in self.trials])
        trial = next(trial for trial in self.trials if trial.name == found)
        if trial.state.failed or trial.best is None:
            why = trial.state.words if trial.state.failed else f"it reported no finite {self.objective.needed}"
            known = ", ".join(other.name for other in self.ranked()[:5]) or "none"
            raise ConfigError([Problem("trial", found, why, f"choose another trial; the best: {known}")])
        return trial


def parameters_of(row: Mapping[str, str], config: Mapping[str, Any]) -> dict[str, Any]:
    """What a trial of trials.csv was proposed with, nested as in the search space."""
    space, _ = read_search_space(config["search_space"] or {})
    sampled = _trial(row, space, Objective.of(config)).sampled
    return nested({**space.constants(), **sampled})


def _trial(row: Mapping[str, str], space: SearchSpace, objective: Objective) -> EarlierTrial:
    sampled = dict(_searched(row, space))
    best, last = _finite(row[OBJECTIVE]), _finite(row[LAST + OBJECTIVE])
    return EarlierTrial(
        name=row["trial"],
        state=TrialState(row["state"]),
        sampled={key: value for key, value in sampled.items() if space.active(key, sampled)},
        adjusted=adjusted_in(row),
        best=best,
        best_iteration=int(row["best_iteration"]) if row["best_iteration"] else None,
        last=last,
        iterations=int(row["iterations"]),
        checkpoint=row["checkpoint"],
        note=row["note"],
        values=values_in(row, objective) if objective.several and best is not None else {},
        last_values=values_in(row, objective, LAST) if objective.several and last is not None else {},
        pareto=bool(row.get(PARETO)),
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


def _is_in(row: Mapping[str, str], key: str, value: Any) -> bool:
    return all(row.get(PARAMETER + column) == str(cell(part)) for column, part in flat({key: value}).items())


def _finite(text: str) -> float | None:
    value = float(text) if text else math.nan
    return value if math.isfinite(value) else None
