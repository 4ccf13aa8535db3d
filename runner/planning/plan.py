"""The whole of a plan, as plain data."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from runner.checks import machine_problems, resource_problems
from runner.config.experiment import Experiment
from runner.config.registry import LOGGERS, STOPPERS, Registry
from runner.config.seeds import seeds_in_turn
from runner.errors import Problem
from runner.planning.at_once import AtOnce, at_once, available_here
from runner.planning.duration import Duration, duration, proposed_timeout
from runner.planning.epochs import Epochs, epochs
from runner.planning.pace import Pace
from runner.planning.proposals import Proposals, proposals
from runner.planning.space import Parameter, parameters
from runner.planning.warnings import warnings
from runner.translate.resources import resolve_resources


@dataclass(frozen=True)
class Part:
    """A chosen option of a group: what it does, in one line, and its own options."""

    name: str
    about: str
    options: dict[str, Any]


@dataclass(frozen=True)
class Plan:
    """What an experiment will do.

    Attributes:
        trials: how many there will be, where nothing ends the experiment early.
        unit: what one report is called.
        objective, mode: of several objectives the first, as everywhere that one number is asked for.
        objectives: where there are several, each with its direction.
        epochs: None where budget.max_epochs is open.
        seeds: that the trials have, from `seed` on.
        duration: None where nothing tells the pace of a trial, or the epochs are not known.
        trial_timeout: seconds without a report, after which a trial fails; None: it is waited for.
        proposed_timeout: minutes that would do for it; None where nothing tells the pace of a trial.
        disk_bytes: that the weights of all trials take; None where the trainable does not tell.
        free_bytes: on the disk of the run folder.
        obstacles: for which the run would be refused on this machine as it is.
        warnings: which let it start.
    """

    name: str
    objective: str
    mode: str
    objectives: tuple[str, ...]
    seed: int
    seeds: int
    trials: int
    unit: str
    time_budget: float | None
    trainable: Part
    space: tuple[Parameter, ...]
    searcher: Part
    proposals: Proposals
    scheduler: Part
    stoppers: tuple[Part, ...]
    epochs: Epochs | None
    at_once: AtOnce
    duration: Duration | None
    trial_timeout: float | None
    proposed_timeout: int | None
    loggers: tuple[Part, ...]
    output: str
    disk_bytes: float | None
    free_bytes: int
    obstacles: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def plan(experiment: Experiment, project: Path, pace: Pace | None, shown: int, known: Sequence[Problem]) -> Plan:
    """Work it all out; no Ray is started.

    Args:
        experiment: its points read, its config tier checked.
        pace: of its trials, where anything tells it.
        shown: proposals at most.
        known: warnings that have been found before.
    """
    found = _machine(experiment, project)
    together = at_once(experiment)
    first = proposals(experiment, shown)
    spent = epochs(experiment, max(1, together.trials))
    lasts = duration(pace, spent, first.trials, together) if pace is not None and spent is not None else None
    output = project / experiment.output_dir / experiment.name
    doubts = [*known, *(p for p in found if not p.fatal), *warnings(experiment, first, spent, lasts)]
    return Plan(
        name=experiment.name,
        objective=experiment.objective.label,
        mode=experiment.objective.mode,
        objectives=tuple(map(str, experiment.objective.targets if experiment.objective.several else ())),
        seed=experiment.seed,
        seeds=min(seeds_in_turn(experiment), first.trials),
        trials=first.trials,
        unit=experiment.unit,
        time_budget=experiment.budget.time_budget,
        trainable=_node(experiment.config["trainable"]),
        space=tuple(parameters(experiment)),
        searcher=_node(experiment.config["searcher"]),
        proposals=first,
        scheduler=_node(experiment.config["scheduler"]),
        stoppers=tuple(_part(STOPPERS, node) for node in experiment.config.get("stopper", {}).values()),
        epochs=spent,
        at_once=together,
        duration=lasts,
        trial_timeout=experiment.budget.trial_timeout,
        proposed_timeout=None if pace is None else proposed_timeout(pace),
        loggers=tuple(_part(LOGGERS, node) for node in experiment.config.get("logger", {}).values()),
        output=str(output),
        disk_bytes=experiment.trainable.disk_bytes(experiment, project),
        free_bytes=shutil.disk_usage(next(path for path in (output, *output.parents) if path.exists())).free,
        obstacles=tuple(problem for problem in found if problem.fatal),
        warnings=tuple(doubts),
    )


def _machine(experiment: Experiment, project: Path) -> list[Problem]:
    """The machine tier, CPUs and GPUs among it where Ray is a local one."""
    found = machine_problems(experiment, project)
    if experiment.ray.name != "local":
        return found
    available = available_here(experiment)
    return [*found, *resource_problems(resolve_resources(experiment, available)[0], available)]


def _part(registry: Registry[Any], node: dict[str, Any]) -> Part:
    return replace(_node(node), about=registry.get(node["name"]).summary)


def _node(node: dict[str, Any]) -> Part:
    """From the config that is kept, which holds nothing of the environment."""
    return Part(str(node["name"]), "", {key: value for key, value in node.items() if key != "name"})
