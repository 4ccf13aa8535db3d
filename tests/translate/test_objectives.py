"""What a searcher is told of several objectives."""

import math
from typing import Any

import pytest

from runner.config.objective import Objective, Target
from runner.translate.divergence import Divergence
from runner.translate.search.build import translated_search
from tests.config.composing import experiment

pytestmark = pytest.mark.slow

FOREST = "experiment=forest"  # accuracy (max) and leaves (min)
TREE = {"n_estimators": 3, "max_depth": 2, "max_features": 0.5, "criterion": "gini"}
SEVERAL = Objective((Target("accuracy", "max"), Target("leaves", "min")))


def built(*words: str) -> Any:
    search = translated_search(experiment(FOREST, *words))
    assert search.set_search_properties(None, None, {})
    return search


def tell(search: Any, trial: str, accuracy: float, leaves: float) -> None:
    """As Ray does: the last report, when the trial has ended."""
    metrics = {"accuracy": accuracy, "leaves": leaves}
    result = {**metrics, "objective": SEVERAL.score(metrics), "training_iteration": 1}
    search.on_trial_result(trial, result)
    search.on_trial_complete(trial, result)


def told(search: Any) -> list[Any]:
    """The values of each trial in Optuna's study, and its state where it has none."""
    return [trial.values or trial.state.name for trial in search.searcher._ot_study.trials]


@pytest.mark.filterwarnings("ignore:QMCSampler is experimental")
@pytest.mark.parametrize("sampler", ["tpe", "random", "gp", "qmc", "nsgaii"])
def test_every_sampler_that_is_let_through_learns_all_values(sampler: str) -> None:
    arguments = {"gp": "{n_startup_trials: 2}", "nsgaii": "{population_size: 2}"}
    search = built(f"searcher.sampler={sampler}", f"searcher.sampler_args={arguments.get(sampler, '{}')}")
    for number in range(4):
        proposal = search.suggest(f"t{number}")
        assert set(proposal) == set(TREE)
        tell(search, f"t{number}", 0.1 * number, float(number))
    assert told(search) == [[0.1 * number, float(number)] for number in range(4)]
    assert [direction.name for direction in search.searcher._ot_study.directions] == ["MAXIMIZE", "MINIMIZE"]


def test_what_is_not_finite_counts_as_the_worst_in_each() -> None:
    search = built()
    for name, accuracy, leaves in (("a", math.nan, 3.0), ("b", 0.5, 9.0), ("c", 0.7, 20.0), ("d", 0.9, math.inf)):
        search.suggest(name)
        tell(search, name, accuracy, leaves)
    assert told(search) == ["FAIL", [0.5, 9.0], [0.7, 20.0], [0.5, 20.0]]


def test_known_results_tell_each_objective() -> None:
    search = built(f"searcher.evaluated_points=[{{point: {TREE}, objective: {{leaves: 4, accuracy: 0.9}}}}]")
    assert told(search) == [[0.9, 4.0]]
    assert search.searcher._ot_study.trials[0].params == TREE
    assert search.suggest("t0") != TREE


def test_a_space_with_conditions_goes_with_several_objectives() -> None:
    search = built("search_space.max_features={distribution: uniform, lower: 0.1, upper: 1, when: {criterion: gini}}")
    for number in range(3):
        proposal = search.suggest(f"t{number}")
        assert ("max_features" in proposal) == (proposal["criterion"] == "gini")
        tell(search, f"t{number}", 0.1 * number, float(number))
    assert told(search) == [[0.1 * number, float(number)] for number in range(3)]


def test_a_trial_diverges_where_any_objective_is_no_number_and_is_told_which() -> None:
    metrics = {"accuracy": 0.9, "leaves": math.nan}
    result = {**metrics, "objective": SEVERAL.score(metrics), "training_iteration": 2}
    verdict = Divergence(SEVERAL, "iteration")("t", result)
    assert verdict is not None
    assert verdict.detail == "the objective leaves is nan at iteration 2"
