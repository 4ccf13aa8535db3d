"""Searchers without Ray's workers: asked, told, and their proposals compared with the space."""

import json
from dataclasses import replace
from typing import Any

import pytest

from runner.checks.compatibility import packages
from runner.config.experiment import Experiment
from runner.config.points import EvaluatedPoint, flat
from runner.config.registry import SEARCHERS
from runner.config.search_space import SearchSpace
from runner.translate.search.build import translated_search
from tests.config.composing import experiment

STEADY = {"bayesopt": ("searcher.random_search_steps=4",)}
"""Words that let a searcher learn early, or that it cannot do without."""

OF_LIBRARIES = [
    pytest.mark.filterwarnings(f"ignore:{text}")
    for text in (
        ":DeprecationWarning",
        ":FutureWarning",
        "Underlying optimizer has already converged",  # Nevergrad, in a narrow range
        "COBYLA",
        "Optimization failed:RuntimeWarning",  # BoTorch, which then tries again
    )
]
"""Warnings of libraries that lose nothing of what an experiment says."""


def installed() -> list[str]:
    """Every searcher whose package is there."""
    names = SEARCHERS.names()
    return [name for name in names if not list(packages(replace(plain("random"), searcher=chosen(name))))]


def chosen(name: str) -> Any:
    """The node of a searcher, with all its options."""
    return plain(name).searcher


def plain(name: str, *words: str) -> Experiment:
    """An experiment with one searched number."""
    return experiment(
        "experiment=null", "trainable=function", "trainable.import_path=mine:train", "objective.metric=score",
        "objective.mode=max", "search_space={x: 'uniform(0, 1)'}", f"searcher={name}", *STEADY.get(name, ()),
        "budget.num_samples=12", *words,
    )  # fmt: skip


def over(made: Experiment, space: SearchSpace) -> Any:
    """The searcher of an experiment over another space, set up as Ray does it."""
    search = translated_search(replace(made, search_space=space))
    search.set_search_properties(None, None, {})
    return search


def beginning_with(made: Experiment, points: list[dict[str, Any]], *, known: bool) -> Experiment:
    """Points to evaluate; where `known`, the first of them came out twice before."""
    told = [EvaluatedPoint(point=points[0], objective=value) for value in (0.25, 0.5)] if known else []
    options = {**made.searcher.options, "points_to_evaluate": points, "evaluated_points": told}
    return replace(made, searcher=replace(made.searcher, options=options))


def tell(search: Any, name: str, objective: float) -> None:
    """One report, and the end."""
    result = {"objective": objective, "training_iteration": 1}
    search.on_trial_result(name, {**result, "hyperband_info": {"budget": 1}})
    search.on_trial_complete(name, result)


def strangers(config: dict[str, Any], space: SearchSpace) -> list[str]:
    """What of a configuration the space could not give, or is no plain data."""
    values, searched = flat(config, space), space.searched()
    assert json.loads(json.dumps(config)) == config
    assert set(values) == set(searched) | set(space.constants())
    wrong = [key for key, kind in searched.items() if not kind.contains(values[key])]
    wrong += [key for key, value in values.items() if type(value).__module__ != "builtins"]
    return [f"{key}={values[key]!r}, of {searched.get(key)}" for key in wrong]
