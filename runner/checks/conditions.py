"""Parameters that are there only under a condition: which searcher takes them, and which are never there."""

from collections.abc import Iterator

from runner.config.conditions import condition_text, holds
from runner.config.experiment import Experiment
from runner.config.registry import SEARCHERS
from runner.errors import Problem

SAMPLERS_OF_WHAT_IS_ALWAYS_THERE = {
    "cmaes": "CMA-ES moves",
    "gp": "a Gaussian process models",
    "qmc": "a quasi-random sequence covers",
    "nsgaii": "a genetic algorithm breeds",
}
"""Optuna's samplers that draw everything else at random, on the side."""


def conditions(experiment: Experiment) -> Iterator[Problem]:
    """The searcher takes parameters with a condition, and each of them can be there."""
    space, searcher = experiment.search_space, experiment.searcher
    told = ", ".join(space.conditions)
    if told and not SEARCHERS.get(searcher.name).traits.conditions:
        able = " or ".join(f"searcher={name}" for name in SEARCHERS.names() if SEARCHERS.get(name).traits.conditions)
        message = f"searcher={searcher.name} knows no conditions: to it every key is in every trial, and {told} is not"
        yield Problem("searcher-conditions", "search_space", message, f"type {able}, or remove `when`")
    sampler = searcher.options.get("sampler")
    if told and sampler in SAMPLERS_OF_WHAT_IS_ALWAYS_THERE:
        does = SAMPLERS_OF_WHAT_IS_ALWAYS_THERE[sampler]
        message = f"{does} what is in every trial; drawn at random: {told}"
        yield Problem("sampler-conditions", "searcher.sampler", message, "type searcher.sampler=tpe", fatal=False)
    for key, condition in space.conditions.items():
        fixed = {parent: value for parent, value in space.constants().items() if parent in condition}
        unmet = {parent: condition[parent] for parent in fixed if not holds({parent: condition[parent]}, fixed)}
        if unmet:
            here = ", ".join(f"{parent}={fixed[parent]}" for parent in unmet)
            message = f"is in no trial: it is there where {condition_text(unmet)}, and the search space fixes {here}"
            yield Problem(
                "never-there", f"search_space.{key}", message, f"remove {key}, or search its `when`", fatal=False
            )
