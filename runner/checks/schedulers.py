"""What a scheduler needs of the searcher, the trainable and the budget."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from runner.config.experiment import Experiment
from runner.config.mutations import BOUNDS, MUTATIONS, mutations
from runner.config.registry import SCHEDULERS, SEARCHERS
from runner.config.search_space import LogUniform
from runner.errors import Problem

WHERE = "scheduler"
INTERVAL = "perturbation_interval"
REPLAY = "pbt_replay"
POLICY_ROW = (str, str, int, int, dict, dict)
"""Who changed and whose checkpoint it took, the iterations of both, the parameters before and after."""


def searchers(experiment: Experiment) -> Iterator[Problem]:
    """BOHB is a searcher and a scheduler; one that changes hyperparameters leaves a searcher nothing to learn."""
    name, searcher = experiment.scheduler.name, experiment.searcher
    traits = SCHEDULERS.get(name).traits
    if traits.searcher and searcher.name != traits.searcher:
        message = f"it compares trials for searcher={traits.searcher} alone"
        yield Problem("scheduler-searcher", WHERE, message, f"type searcher={traits.searcher}, or scheduler=hyperband")
    for pair in SCHEDULERS.names():
        if SCHEDULERS.get(pair).traits.searcher == searcher.name != traits.searcher:
            message = (
                f"searcher={searcher.name} learns from what scheduler={pair} compares: from {name} it learns nothing"
            )
            yield Problem("scheduler-searcher", WHERE, message, f"type scheduler={pair}")
    if traits.mutates and SEARCHERS.get(searcher.name).traits.learns:
        message = f"{name} changes the values of trials as they run: searcher={searcher.name} would learn from others"
        yield Problem("scheduler-searcher", WHERE, message, "type searcher=random")
    if traits.mutates and searcher.options.get("repeat", 1) > 1:
        message = f"{name} changes the values of trials as they run, so that none repeats another"
        yield Problem("scheduler-repeat", "searcher.repeat", message, "type searcher.repeat=1")


def checkpoints(experiment: Experiment) -> Iterator[Problem]:
    """Trials that go on later save what they go on from."""
    name, every = experiment.scheduler.name, experiment.trainable.checkpoint_every
    traits = SCHEDULERS.get(name).traits
    where = "trainable.checkpoint_every"
    if not traits.needs_checkpoints:
        return
    interval = experiment.scheduler.options.get(INTERVAL)
    if every is None:
        message = f"scheduler={name} needs checkpoints, as {traits.needs_checkpoints}; the trainable says of none"
        remedy = (
            "report with ray.tune.report(metrics, checkpoint=ray.tune.Checkpoint.from_directory(FOLDER)), begin with"
            f" ray.tune.get_checkpoint(), and type {where}=1"
        )
        yield Problem("needs-checkpoints", where, message, remedy)
    elif interval is not None and interval % every:
        message = f"{name} takes checkpoints every {interval} {experiment.unit}s, and there is one every {every}"
        yield Problem("needs-checkpoints", where, message, f"type {where}=1, or {WHERE}.{INTERVAL}={every}")
    elif interval is None and every > 1 and name != REPLAY:
        units = experiment.unit if every == 2 else f"{experiment.unit}s"
        message = f"a trial that {name} pauses between two checkpoints runs up to {every - 1} {units} again"
        yield Problem("needs-checkpoints", where, message, f"type {where}=1", fatal=False)


def concurrency(experiment: Experiment) -> Iterator[Problem]:
    """Trials that wait count as well: where few are let in, a scheduler has few to compare."""
    most, budget = experiment.budget.max_concurrent, experiment.budget
    if (
        SCHEDULERS.get(experiment.scheduler.name).traits.needs_checkpoints
        and most is not None
        and most < budget.num_samples
    ):
        message = f"{experiment.scheduler.name} lets trials wait for others, which this limit keeps out"
        remedy = "type budget.max_concurrent=auto, and resources.cpu=... or resources.gpu=... for fewer trials at once"
        yield Problem("scheduler-concurrency", "budget.max_concurrent", message, remedy)


def population(experiment: Experiment) -> Iterator[Problem]:
    """Population based training has a population, comes to compare it, and knows what to change."""
    options, most = experiment.scheduler.options, experiment.budget.max_epochs
    if INTERVAL not in options:
        return
    for key in (INTERVAL, "burn_in_period"):
        if most is not None and options.get(key, 0) >= most:
            message = f"{options[key]} is not below budget.max_epochs={most}: no trial is ever changed"
            remedy = f"type {WHERE}.{key}={max(1, most // 4)}, or a larger budget.max_epochs"
            yield Problem("grace-period", f"{WHERE}.{key}", message, remedy)
    if experiment.budget.num_samples < 2:
        message = f"{experiment.scheduler.name} compares trials with each other, and there is one"
        yield Problem("population", "budget.num_samples", message, "type budget.num_samples=8")
    moved, problems = mutations(experiment)
    yield from problems
    if BOUNDS in options and options[BOUNDS] is None:
        for key in (key for key, one in moved.items() if isinstance(one, LogUniform)):
            message = "pb2 models it on a linear scale: the logarithm is for the first draws alone"
            remedy = (
                f"type scheduler=pbt, whose {MUTATIONS} are multiplied, or name what is changed in {WHERE}.{BOUNDS}"
            )
            yield Problem("mutation-scale", f"search_space.{key}", message, remedy, fatal=False)


def replay(experiment: Experiment) -> Iterator[Problem]:
    """One trial, all of whose parameters come from the file."""
    if experiment.scheduler.name != REPLAY:
        return
    if experiment.budget.num_samples != 1:
        message = "a schedule is for one trial: another would train alike"
        yield Problem("replay-alone", "budget.num_samples", message, "type budget.num_samples=1")
    if experiment.search_space.tree:
        keys = ", ".join(map(".".join, experiment.search_space.leaves()))
        message = f"the policy file holds every parameter: what stands here would be dropped ({keys})"
        yield Problem("replay-space", "search_space", message, "type search_space=none")
    if experiment.searcher.options.get("defaults_first"):
        message = "the parameters come from the policy file"
        yield Problem("replay-space", "searcher.defaults_first", message, "type searcher.defaults_first=false")


def policy_file(experiment: Experiment, project: Path) -> Iterator[Problem]:
    """The file of a replay is there and holds a schedule."""
    if experiment.scheduler.name != REPLAY:
        return
    where, path = f"{WHERE}.policy_file", project / experiment.scheduler.options["policy_file"]
    remedy = "name a file RUN/tune/pbt_policy_TRIAL.txt of a run with scheduler=pbt or pb2"
    if not path.is_file():
        yield Problem("policy-file", where, f"there is no file {path}: no trial of that name was exploited", remedy)
        return
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not _is_row(line):
            yield Problem("policy-file", where, f"{path}, line {number}: is no step of a schedule", remedy)
            return
    if not path.stat().st_size:
        yield Problem("policy-file", where, f"{path} is empty", remedy)


def _is_row(line: str) -> bool:
    try:
        row: Any = json.loads(line)
    except ValueError:
        return False
    return isinstance(row, list) and len(row) == 6 and all(map(isinstance, row, POLICY_ROW))


def halving(experiment: Experiment) -> Iterator[Problem]:
    """HyperBand's first bracket runs its trials to their end."""
    most, samples = experiment.budget.max_epochs, experiment.budget.num_samples
    if experiment.scheduler.name != "hyperband" or most is None:
        return
    full = round(math.log(most) / math.log(experiment.scheduler.options["reduction_factor"])) + 1
    if samples <= full:
        message = f"hyperband runs its first {full} trials to their end, and there are {samples}: it stops none"
        remedy = f"type scheduler=asha, or budget.num_samples={4 * full}"
        yield Problem("nothing-to-stop", WHERE, message, remedy, fatal=False)
