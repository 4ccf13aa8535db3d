"""A run as an Optuna study, for Optuna's analyses and for tools that read its studies."""

import math
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import FrozenTrial, TrialState, create_trial

from runner.config.objective import OBJECTIVE
from runner.config.search_space import Distribution
from runner.runs import trial as runs
from runner.runs.cells import cell
from runner.runs.columns import PARAMETER
from runner.runs.run import Run

if TYPE_CHECKING:
    import pandas as pd

NAME = "trial"
"""The user attribute that holds the name of a trial."""

_WORDS = {"max": "maximize", "min": "minimize"}


def fill(study: optuna.Study, run: Run, *, stopped: TrialState = TrialState.COMPLETE) -> optuna.Study:
    """Add the trials of `run` to `study`, with their reports as intermediate values.

    A trial has the times at which it ran. Its value is its best objective over all its reports; in a study of several
    directions it has those of the objective's metrics in that report. One without a finite objective is a failed one,
    and so is one that failed later. Its distributions are those of the search space, widened to the values that were
    tried where these lie outside (points_to_evaluate, and normal distributions, which have no bounds).

    Args:
        stopped: the state of trials that did not come to their end; COMPLETE lets the analyses count them.
    """
    spaces = {key: _distribution(run, key) for key in run.parameters}
    reports = dict(_reports(run))
    ends = run.ends["time"].to_dict()
    for name, row in run.trials.iterrows():
        trial = _trial(str(name), row, spaces, reports.get(str(name), {}), stopped, _values(run, str(name), study))
        if name in ends:
            # Optuna's times are those of the clock on the wall, without a zone.
            trial.datetime_complete = ends[name].to_pydatetime().astimezone().replace(tzinfo=None)
            trial.datetime_start = trial.datetime_complete - timedelta(seconds=row["seconds"])
        study.add_trial(trial)
    return study


def study_of(run: Run) -> optuna.Study:
    """The run as a study in memory, named by its folder."""
    with quiet():
        name = f"{run.config['name']} {run.folder.root.name}"
        return fill(optuna.create_study(direction=direction(run), study_name=name), run)


def direction(run: Run) -> str:
    """Optuna's word for the mode of the objective; of several objectives for that of the first."""
    return _WORDS[run.objective.mode]


def directions(run: Run) -> list[str]:
    """The same for each metric of the objective."""
    return [_WORDS[target.mode] for target in run.objective.targets]


class quiet:  # noqa: N801 - reads as `with quiet():`
    """Optuna tells of studies that it creates; here only its errors are told, as long as the block lasts."""

    def __enter__(self) -> None:
        self.before = optuna.logging.get_verbosity()
        optuna.logging.set_verbosity(optuna.logging.ERROR)

    def __exit__(self, *_: object) -> None:
        optuna.logging.set_verbosity(self.before)


def usable(study: optuna.Study) -> list[FrozenTrial]:
    """The trials that have a value."""
    return list(study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,)))


def _trial(
    name: str,
    row: "pd.Series",
    spaces: dict[str, BaseDistribution],
    reports: dict[int, float],
    stopped: TrialState,
    values: list[float],
) -> FrozenTrial:
    params = {key: _value(row[PARAMETER + key], space) for key, space in spaces.items() if _given(row[PARAMETER + key])}
    finite = _given(row[OBJECTIVE]) and math.isfinite(row[OBJECTIVE])
    failed = runs.TrialState(row["state"]).failed or not finite
    ended = row["state"] == runs.TrialState.COMPLETED
    state = TrialState.FAIL if failed else TrialState.COMPLETE if ended else stopped
    return create_trial(
        state=state,
        values=values if state != TrialState.FAIL else None,
        params=params,
        distributions={key: spaces[key] for key in params},
        intermediate_values=reports,
        user_attrs={NAME: name, "state": row["state"], "reason": row["reason"]},
    )


def _values(run: Run, name: str, study: optuna.Study) -> list[float]:
    """One for each direction of the study; none where no report had a finite objective."""
    trial = run.rows[name]
    if trial.best is None:
        return []
    return [*run.values(trial).values()] if len(study.directions) > 1 else [trial.best]


def _reports(run: Run) -> Iterator[tuple[str, dict[int, float]]]:
    finite = run.history[run.history[OBJECTIVE].abs() < math.inf]
    for name, rows in finite.groupby("trial", sort=False):
        yield str(name), dict(zip(rows["iteration"].tolist(), rows[OBJECTIVE].tolist(), strict=True))


def _given(value: Any) -> bool:
    return not (isinstance(value, float) and math.isnan(value))


def _value(value: Any, space: BaseDistribution) -> Any:
    if isinstance(space, IntDistribution):
        return int(value)
    return float(value) if isinstance(space, FloatDistribution) else _category(value)


def _category(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def _distribution(run: Run, key: str) -> BaseDistribution:
    space: Distribution = run.search_space.searched()[key]
    tried = run.trials[PARAMETER + key].dropna()
    listed = space.values()
    if listed is not None:
        plain = [value if isinstance(value, (str, int, float)) else cell(value) for value in listed]
        return CategoricalDistribution(list(dict.fromkeys([*plain, *map(_category, tried)])))
    ends = [*(space.bounds() or ()), *(float(value) for value in tried)] or [0.0]
    low, high = min(ends), max(ends)
    log = "log" in space.name
    if "int" in space.name:
        return IntDistribution(int(low), int(high), log=log)
    return FloatDistribution(low, high, log=log)
