"""What a run gained: over the trainable's own defaults, and at all."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from runner.config.objective import Objective
from runner.runs.folder import RunFolder
from runner.runs.history import curves
from runner.runs.pareto import dominates
from runner.runs.ranking import alike, ranked, sample
from runner.runs.sample import Sample
from runner.runs.trial import DEFAULTS, Trial, TrialState
from runner.runs.wording import number, parameters, plural

Curves = dict[str, dict[int, float]]


@dataclass(frozen=True)
class Gain:
    """What the winner gains over the trial with the defaults; `value` is None where that is not known or nothing."""

    value: float | None
    told: str


class Results(Protocol):
    """What is known of a run that goes on (`Record`) or of one that is read back (`Run`)."""

    @property
    def folder(self) -> RunFolder: ...
    @property
    def rows(self) -> Mapping[str, Trial]: ...
    @property
    def objective(self) -> Objective: ...
    @property
    def repeat(self) -> int: ...
    @property
    def unit(self) -> str: ...


def gain(run: Results) -> Gain | None:
    """The gain of the best configuration; None where no trial ran the defaults or none has a finite objective.

    Defaults that were cut are compared at equal iterations: the winner counts with its best up to the one that they
    reached. Its later ones would be held against a training that the defaults never had.
    """
    rows, objective, repeat, unit = list(run.rows.values()), run.objective, run.repeat, run.unit
    best = next(iter(ranked(rows, repeat, objective)), None)
    defaults = next((row for row in rows if row.note == DEFAULTS), None)
    if defaults is None or best is None:
        return None
    theirs, ours = alike(rows, defaults.name, repeat), alike(rows, best.name, repeat)
    told = f"the defaults ({defaults.name})"
    if best in theirs and not objective.several:
        return Gain(None, f"none: {told} are the best")
    if all(row.state.failed for row in theirs):
        return Gain(None, f"not known: {told} ended as {defaults.state.words}")
    if sample(theirs).mean is None:
        return Gain(None, f"not known: {told} reported no finite {objective.needed}")
    if objective.several:
        points = {row.name: objective.values(row.best_metrics) for row in rows if row.front}
        return Gain(None, _of_front(points, defaults, objective, unit))
    epochs = _cut_after(theirs)
    found = curves(run.folder.history_csv, {row.name for row in (*theirs, *ours)}) if epochs else {}
    return _compared(_within(ours, found, epochs, objective), _within(theirs, found, epochs, objective),
                     defaults, epochs, objective, unit)  # fmt: skip


def nothing_learned(run: Results) -> str:
    """Why the best of a run is no result of learning, as a sentence; empty where it may be one.

    Of several objectives nothing is told: each of them may gain in another epoch.
    """
    rows, objective, repeat = list(run.rows.values()), run.objective, run.repeat
    best = next(iter(ranked(rows, repeat, objective)), None)
    if best is None or objective.several:
        return ""
    found = curves(run.folder.history_csv, {row.name for row in rows})
    if objective.mode == "max" and all(value == 0 for curve in found.values() for value in curve.values()):
        return f"nothing was learned: every report of {objective.needed} is 0"
    if all(_never_improved(found.get(row.name, {}), objective) for row in alike(rows, best.name, repeat)):
        return f"nothing was learned: {best.name} never came to a better {objective.label} than in its first report"
    return ""


def _never_improved(curve: dict[int, float], objective: Objective) -> bool:
    first, *later = [curve[epoch] for epoch in sorted(curve)] or [0.0]
    return bool(later) and not any(objective.better(value, first) for value in later)


def _cut_after(rows: Sequence[Trial]) -> int | None:
    """The epochs that all of `rows` ran; None where each was trained to its end."""
    cut = [row.iterations for row in rows if row.state is not TrialState.COMPLETED and not row.state.failed]
    return min(cut, default=None)


def _within(rows: Iterable[Trial], found: Curves, epochs: int | None, objective: Objective) -> Sample:
    """What trials came to in their first `epochs`, or in all."""
    if epochs is None:
        return sample(rows)
    return sample(replace(row, best=_best(found.get(row.name, {}), epochs, objective)) for row in rows)


def _best(curve: dict[int, float], epochs: int, objective: Objective) -> float | None:
    best = None
    for epoch, value in curve.items():
        if epoch <= epochs and objective.better(value, best):
            best = value
    return best


def _compared(
    ours: Sample, theirs: Sample, defaults: Trial, epochs: int | None, objective: Objective, unit: str
) -> Gain:
    within = "" if epochs is None else f" within {plural(epochs, unit)}"
    cut = "" if epochs is None else f", {defaults.state.words} there (later {unit}s cannot be compared)"
    told = f"{_told(ours)} against {_told(theirs)} of {defaults.name}{cut}"
    if ours.mean is None or theirs.mean is None:
        return Gain(None, f"not known{within}: {told}")
    if not objective.better(ours.mean, theirs.mean):
        return Gain(None, f"none over the defaults{within}: {told}")
    value = abs(ours.mean - theirs.mean)
    return Gain(value, f"{number(value)} over the defaults{within}: {told}")


def _told(found: Sample) -> str:
    return number(found.mean) if len(found.values) + found.failed == 1 else str(found)


def _of_front(front: dict[str, dict[str, float]], defaults: Trial, objective: Objective, unit: str) -> str:
    own = objective.values(defaults.best_metrics)
    cut = _cut_after([defaults])
    state = "" if cut is None else f", {defaults.state.words} after {plural(cut, unit)}: no comparison at equal {unit}s"
    told = f"the defaults ({defaults.name}{state}): {parameters(own)}"
    better = [name for name, point in front.items() if dominates(point, own, objective)]
    return f"{', '.join(better)} over {told}" if better else f"none: no trial beats {told}"
