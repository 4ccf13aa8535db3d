"""What a searcher cannot do with a distribution, and packages that an option needs."""

import importlib.metadata
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from packaging.requirements import Requirement

from runner.config.conversion import conversion, only
from runner.config.experiment import Experiment
from runner.config.registry import LOGGERS, SCHEDULERS, SEARCHERS, Plugin
from runner.config.search_space import Distribution
from runner.errors import Problem

LACKS: Mapping[str, tuple[str, str]] = {
    "grid": ("draws its values itself", "type searcher=random, or write it as a choice"),
    "normal": ("has no normal distribution", "use uniform bounds, or searcher=random"),
    "qnormal": ("has no normal distribution", "use quniform bounds, or searcher=random"),
    "choice": ("knows numbers alone", "type searcher=optuna, or take the key out of the space"),
}
"""A distribution that cannot be made of others: what a searcher without it does instead, and the remedy."""

SAMPLERS_OF_NUMBERS = {"cmaes": "CMA-ES"}
"""Optuna's samplers that draw categories at random, on the side."""


def distributions(experiment: Experiment) -> Iterator[Problem]:
    """Nothing of a distribution is dropped in silence."""
    searcher = SEARCHERS.get(experiment.searcher.name)
    for key, distribution in experiment.search_space.searched().items():
        if not _goes(distribution, searcher.traits.supported):
            reason, remedy = LACKS[distribution.name]
            message = f"{distribution.name} does not go with searcher={searcher.name}: it {reason}"
            yield Problem("searcher-distribution", f"search_space.{key}", message, remedy)
    sampler = experiment.searcher.options.get("sampler")
    if sampler in SAMPLERS_OF_NUMBERS:
        choices = [k for k, d in experiment.search_space.searched().items() if d.values() is not None]
        if choices:
            message = f"{SAMPLERS_OF_NUMBERS[sampler]} moves numbers only; drawn at random: {', '.join(choices)}"
            yield Problem("sampler-categories", "searcher.sampler", message, "type searcher.sampler=tpe", fatal=False)
    mutates = SCHEDULERS.get(experiment.scheduler.name).traits.mutates
    if not experiment.search_space.searched() and experiment.budget.num_samples > 1 and not mutates:
        message = "nothing is searched: every trial has the same configuration"
        remedy = "type 'search_space.KEY=uniform(LOWER,UPPER)', or search_space=NAME"
        yield Problem("empty-space", "search_space", message, remedy, fatal=False)


def _goes(distribution: Distribution, supported: frozenset[str]) -> bool:
    return only(distribution) is not None or conversion(distribution, supported) is not None


def packages(experiment: Experiment) -> Iterator[Problem]:
    """Every chosen option has the packages that it needs."""
    chosen: list[tuple[str, Plugin[Any]]] = [("searcher", SEARCHERS.get(experiment.searcher.name))]
    chosen += [("scheduler", SCHEDULERS.get(experiment.scheduler.name))]
    chosen += [(f"logger.{choice.name}", LOGGERS.get(choice.name)) for choice in experiment.loggers]
    for where, plugin in chosen:
        missing = [package for package in plugin.requires if not _installed(package)]
        if missing:
            message = f"{plugin.name} needs {' and '.join(missing)}: not installed"
            install = plugin.traits.install or f"pip install {' '.join(map(_requirement, missing))}"
            yield Problem("package", where, message, f"run: {install}")


def _installed(package: str) -> bool:
    try:
        importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _requirement(package: str) -> str:
    """As pyproject has it, with the versions that work."""
    for text in importlib.metadata.requires("runner") or ():
        found = Requirement(text)
        if found.name == package:
            return shlex.quote(f"{found.name}{found.specifier}")
    return package
