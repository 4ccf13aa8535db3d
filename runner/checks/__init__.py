"""What must hold before anything starts, in two tiers.

The config tier depends on the YAML and the installed packages alone and imports neither Ray nor torch; the machine
tier looks at files, logins, CPUs and GPUs, and runs before the first trial. A rule is a function that yields problems.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from runner.checks import (
    compatibility,
    conditions,
    import_paths,
    machine,
    metrics,
    names,
    objectives,
    points,
    repeats,
    rungs,
    schedulers,
)
from runner.config.experiment import Experiment
from runner.errors import ConfigError, Problem

CONFIG_RULES = (
    metrics.monitored_metrics,
    objectives.searchers,
    objectives.rules,
    objectives.known_results,
    rungs.grace_periods,
    rungs.something_to_stop,
    schedulers.halving,
    schedulers.searchers,
    schedulers.checkpoints,
    schedulers.concurrency,
    schedulers.population,
    schedulers.replay,
    compatibility.distributions,
    compatibility.packages,
    conditions.conditions,
    points.points_in_space,
    points.defaults_first,
    points.known_results,
    points.points_of_no_generation,
    repeats.repeats,
    names.distinct_keys,
    import_paths.well_formed,
)
MACHINE_RULES = (
    machine.storage,
    machine.login,
    machine.comet_login,
    machine.cluster,
    machine.origin,
    import_paths.defined,
    schedulers.policy_file,
)


def config_problems(experiment: Experiment) -> list[Problem]:
    """Every problem of the config tier, warnings among them."""
    problems = [problem for rule in CONFIG_RULES for problem in rule(experiment)]
    return [*problems, *experiment.trainable.check(experiment)]


def machine_problems(experiment: Experiment, project: Path) -> list[Problem]:
    """Every problem of the machine tier but for CPUs and GPUs, which only a running Ray knows."""
    problems = [problem for rule in MACHINE_RULES for problem in rule(experiment, project)]
    return [*problems, *experiment.trainable.check_machine(experiment, project)]


def resource_problems(experiment: Experiment, available: Mapping[str, float]) -> list[Problem]:
    """A trial that asks for more than there is; Ray would wait for ever."""
    return list(machine.resources(experiment, available))


def point_problems(experiment: Experiment) -> list[Problem]:
    """Every problem of the points to evaluate, once those of a file or of an earlier run are among them."""
    return list(points.points_in_space(experiment))


def refuse(problems: Iterable[Problem]) -> list[Problem]:
    """Raise ConfigError with the fatal ones; give back the warnings."""
    problems = list(dict.fromkeys(problems))
    fatal = [problem for problem in problems if problem.fatal]
    if fatal:
        raise ConfigError(fatal)
    return problems
