"""What population based training changes in a trial that it exploits."""

from collections.abc import Mapping
from typing import Any

from runner.config.experiment import Experiment
from runner.config.nested import flat
from runner.config.read_search_space import read_search_space
from runner.config.search_space import Distribution, LogUniform, Uniform
from runner.config.suggest import did_you_mean
from runner.errors import Problem

MUTATIONS, BOUNDS = "hyperparam_mutations", "hyperparam_bounds"
CONTINUOUS = (Uniform, LogUniform)


def mutations(experiment: Experiment) -> tuple[dict[str, Distribution], list[Problem]]:
    """The distribution of each hyperparameter that changes, by dotted key, and the problems with them.

    Those of the scheduler's own node, else all that are searched, as far as the scheduler can move them and a training
    that goes on can take them up; the problem that tells of the others is no fatal one.
    """
    options = experiment.scheduler.options
    if options.get(BOUNDS):
        return _checked(experiment, BOUNDS, *_read_bounds(options[BOUNDS]))
    if options.get(MUTATIONS):
        return _checked(experiment, MUTATIONS, *_read_mutations(options[MUTATIONS]))
    return _searched(experiment)


def _read_mutations(node: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    space, problems = read_search_space(node, f"scheduler.{MUTATIONS}")
    told = {problem.where for problem in problems}
    for key in (key for key in space.constants() if f"scheduler.{MUTATIONS}.{key}" not in told):
        remedy = "write a distribution, as in uniform(0, 1) or choice([1, 2, 4])"
        problems.append(Problem("mutation", f"scheduler.{MUTATIONS}.{key}", "is a constant", remedy))
    return dict(space.searched()), problems


def _read_bounds(node: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    found, problems = {}, []
    for key, bounds in flat(node).items():
        pair = Uniform(*bounds) if isinstance(bounds, list) and len(bounds) == 2 else None
        wrong = "is no pair of bounds" if pair is None else next((text for _, text in pair.problems()), None)
        if wrong:
            where, remedy = f"scheduler.{BOUNDS}.{key}", f"type scheduler.{BOUNDS}.{key}=[LOWER,UPPER]"
            problems.append(Problem("mutation", where, wrong, remedy))
        else:
            found[key] = pair
    return found, problems


def _checked(
    experiment: Experiment, option: str, moved: dict[str, Any], problems: list[Problem]
) -> tuple[dict[str, Distribution], list[Problem]]:
    """Each is a key of the search space that a training can take up when it goes on."""
    known = {**experiment.search_space.searched(), **experiment.search_space.constants()}
    fixed = _unmovable(experiment)
    for key in moved:
        where = f"scheduler.{option}.{key}"
        if key not in known:
            message = f"the search space has no {key}: a trial would begin without it"
            problems.append(Problem("mutation", where, message, did_you_mean(key, known)))
        elif key in fixed:
            problems.append(Problem("mutation", where, fixed[key], f"remove {where}"))
    return moved, problems


def _unmovable(experiment: Experiment) -> dict[str, str]:
    """Keys that cannot change in the middle of a trial, and why."""
    conditions = experiment.search_space.conditions
    parents = {parent: "whether others are there depends on it" for asked in conditions.values() for parent in asked}
    absent = dict.fromkeys(conditions, "it is not in every trial")
    return {**parents, **absent, **experiment.trainable.fixed_at_start()}


def _searched(experiment: Experiment) -> tuple[dict[str, Distribution], list[Problem]]:
    name, fixed, problems = experiment.scheduler.name, _unmovable(experiment), []
    option = BOUNDS if BOUNDS in experiment.scheduler.options else MUTATIONS
    moved, kept = {}, {}
    for key, distribution in experiment.search_space.searched().items():
        if key in fixed:
            kept[key] = fixed[key]
        elif option == BOUNDS and not isinstance(distribution, CONTINUOUS):
            kept[key] = f"pb2 moves continuous values alone, and this is a {distribution.name}"
        else:
            moved[key] = distribution
    if not moved:
        remedy = "search a hyperparameter: type 'search_space.KEY=uniform(LOWER,UPPER)'"
        problems.append(Problem("mutation", "scheduler", f"there is nothing that {name} could change", remedy))
    for key, reason in kept.items():
        message = f"a trial keeps what it began with, or takes that of the one it goes on from: {reason}"
        remedy = f"name what is changed in scheduler.{option}, or fix {key}"
        problems.append(Problem("mutation", f"search_space.{key}", message, remedy, fatal=False))
    return moved, problems
