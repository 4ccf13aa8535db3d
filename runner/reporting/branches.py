"""Trials whose hyperparameters can be analysed together: those that have the same ones."""

from collections.abc import Sequence
from dataclasses import dataclass

import optuna
from optuna.trial import FrozenTrial

from runner.reporting.study import quiet, usable
from runner.runs.wording import plural

LEAST_TRIALS = 10
LEAST_FOR_EACH = 2
"""Trials for each hyperparameter. Of fewer, importance and contours show chance: 5 trials have one order for any of 22
parameters."""


@dataclass(frozen=True)
class Branch:
    """Part of a run.

    Attributes:
        told: what its trials have in common, for a person; empty where it is the whole run.
        study: its usable trials.
    """

    told: str
    study: optuna.Study


def branches(study: optuna.Study) -> list[Branch]:
    """One branch for each set of hyperparameters that trials have, the one with the most trials first.

    A parameter with a condition is absent from trials of the other branches: an analysis over all of them would say
    how much the choice of the branch explains, and nothing of what matters in it.
    """
    groups: dict[frozenset[str], list[FrozenTrial]] = {}
    for trial in usable(study):
        groups.setdefault(frozenset(trial.params), []).append(trial)
    if len(groups) < 2:
        return [Branch("", study)]
    common = frozenset.intersection(*groups)
    ordered = sorted(groups.items(), key=lambda group: -len(group[1]))
    return [Branch(_told(keys, trials, common), part(study, trials)) for keys, trials in ordered]


def part(study: optuna.Study, trials: Sequence[FrozenTrial]) -> optuna.Study:
    """A study of some of the trials."""
    with quiet():
        made = optuna.create_study(direction=study.direction, study_name=study.study_name)
        made.add_trials(trials)
    return made


def searched(study: optuna.Study) -> list[str]:
    """Parameters with at least two values among the usable trials."""
    trials = usable(study)
    names = dict.fromkeys(key for trial in trials for key in trial.params)
    return [key for key in names if len({str(trial.params[key]) for trial in trials if key in trial.params}) > 1]


def too_few(study: optuna.Study) -> str:
    """Why the trials bear no analysis of their parameters, as a sentence; empty where they do."""
    trials, parameters = len(usable(study)), len(searched(study))
    needed = max(LEAST_TRIALS, LEAST_FOR_EACH * parameters)
    if trials >= needed:
        return ""
    return (
        f"Not shown: {plural(parameters, 'hyperparameter')} and {plural(trials, 'trial')} with a finite objective, of"
        f" which it takes {needed} ({LEAST_TRIALS} or more, and {LEAST_FOR_EACH} for each hyperparameter); fewer would"
        " show chance."
    )


def _told(keys: frozenset[str], trials: Sequence[FrozenTrial], common: frozenset[str]) -> str:
    """SVC trials as classifier=SVC; those that no single value sets apart by the parameters that they alone have."""
    values = {key: {str(trial.params[key]) for trial in trials} for key in sorted(common)}
    same = [f"{key}={next(iter(found))}" for key, found in values.items() if len(found) == 1]
    own = sorted(keys - common)
    return ", ".join(same) or (f"with {', '.join(own)}" if own else "without the parameters of the others")
