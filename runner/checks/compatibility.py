"""What a searcher cannot do with a distribution, and packages that an option needs."""

import importlib.metadata
from collections.abc import Iterator, Mapping

from runner.config.experiment import Experiment
from runner.config.registry import LOGGERS, SEARCHERS
from runner.errors import Problem

REFUSED: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "optuna": {
        "grid": ("Optuna draws its values itself", "type searcher=random, or write it as a choice"),
        "normal": ("OptunaSearch has no normal distribution", "use uniform bounds, or searcher=random"),
        "qnormal": ("OptunaSearch has no normal distribution", "use quniform bounds, or searcher=random"),
        "qloguniform": ("OptunaSearch drops the rounding", "use loguniform, or searcher=random"),
        "qlograndint": ("OptunaSearch drops the rounding", "use lograndint, or searcher=random"),
    }
}
"""Searcher to distribution to reason and remedy. Measured with Ray 2.60 and Optuna 5.0."""

SAMPLERS_OF_NUMBERS = {"cmaes": "CMA-ES"}
"""Optuna's samplers that draw categories at random, on the side."""


def distributions(experiment: Experiment) -> Iterator[Problem]:
    """Nothing of a distribution is dropped in silence."""
    refused = REFUSED.get(experiment.searcher.name, {})
    for key, distribution in experiment.search_space.searched().items():
        if distribution.name in refused:
            reason, remedy = refused[distribution.name]
            message = f"{distribution.name} does not go with searcher={experiment.searcher.name}: {reason}"
            yield Problem("searcher-distribution", f"search_space.{key}", message, remedy)
    sampler = experiment.searcher.options.get("sampler")
    if sampler in SAMPLERS_OF_NUMBERS:
        choices = [k for k, d in experiment.search_space.searched().items() if d.values() is not None]
        if choices:
            message = f"{SAMPLERS_OF_NUMBERS[sampler]} moves numbers only; drawn at random: {', '.join(choices)}"
            yield Problem("sampler-categories", "searcher.sampler", message, "type searcher.sampler=tpe", fatal=False)
    if not experiment.search_space.searched() and experiment.budget.num_samples > 1:
        message = "nothing is searched: every trial has the same configuration"
        remedy = "type 'search_space.KEY=uniform(LOWER,UPPER)', or search_space=NAME"
        yield Problem("empty-space", "search_space", message, remedy, fatal=False)


def packages(experiment: Experiment) -> Iterator[Problem]:
    """Every chosen option has the packages that it needs."""
    chosen = [("searcher", SEARCHERS.get(experiment.searcher.name))]
    chosen += [(f"logger.{choice.name}", LOGGERS.get(choice.name)) for choice in experiment.loggers]
    for where, plugin in chosen:
        for package in plugin.requires:
            try:
                importlib.metadata.version(package)
            except importlib.metadata.PackageNotFoundError:
                message = f"{plugin.name} needs the package {package}"
                yield Problem("package", where, message, f"run: pip install {package}")
