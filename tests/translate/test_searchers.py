"""What the searchers propose first, and what they are told."""

from typing import Any

import pytest

from runner.config.registry import SEARCHERS
from runner.translate.distributions import to_ray
from runner.translate.tuning import trials_expected
from tests.config.composing import experiment

pytestmark = pytest.mark.slow
SHAPES = "experiment=shapes"  # lr0, weight_decay, box and fliplr are searched; the defaults come first
QUICK = ("experiment=quickstart", "search_space.a=grid([0.1, 0.2, 0.3])")
DEFAULTS = {"lr0": 0.01, "weight_decay": 0.0005, "box": 7.5, "fliplr": 0.5}
POINT = {"lr0": 0.001, "weight_decay": 0.001, "box": 6.0, "fliplr": 0.1}
POINTS = f"searcher.points_to_evaluate=[{POINT}]"
OUTSIDE = "search_space.box.upper=7"


def searcher(*words: str) -> Any:
    """The searcher of an experiment, as Ray sets it up."""
    made = experiment(*words)
    built = SEARCHERS.get(made.searcher.name).build(made, **made.searcher.options)
    built.set_search_properties(None, None, to_ray(made.search_space))
    return built


def told(search: Any) -> list[float]:
    """The objectives that Optuna knows."""
    return [trial.value for trial in search._ot_study.trials if trial.value is not None]


def test_defaults_inside_of_the_space_are_a_point_that_optuna_learns_from() -> None:
    search = searcher(SHAPES, POINTS)
    assert [search.suggest(name) for name in ("a", "b")] == [DEFAULTS, POINT]
    search.on_trial_complete("a", {"objective": 0.5})
    assert told(search) == [0.5]


def test_defaults_outside_of_the_space_come_first_and_optuna_is_not_told() -> None:
    search = searcher(SHAPES, POINTS, OUTSIDE)
    assert [search.suggest(name) for name in ("a", "b")] == [DEFAULTS, POINT]
    for name, value in (("a", 0.5), ("b", 0.25)):
        search.on_trial_result(name, {"objective": value, "training_iteration": 1})
        search.on_trial_complete(name, {"objective": value})
    assert told(search.searcher) == [0.25]
    assert search.suggest("c")["box"] < 7
    assert search.metric == "objective"


def test_a_searcher_that_is_put_back_gives_no_defaults_again() -> None:
    search, again = searcher(SHAPES, OUTSIDE), searcher(SHAPES, OUTSIDE)
    search.suggest("a")
    again.set_state(search.get_state())
    assert again.suggest("b") != DEFAULTS


def test_random_search_runs_the_defaults_wherever_they_lie() -> None:
    search = searcher("experiment=yolo_v8", OUTSIDE)
    assert search._points_to_evaluate[0]["box"] == 7.5
    assert len(search._points_to_evaluate) == 1


def test_optuna_knows_results_and_still_tries_points_first() -> None:
    known = "searcher.evaluated_points=[{point: {lr: 0.001, momentum: 0.5}, objective: 0.9}]"
    search = searcher("experiment=digits", known, "searcher.points_to_evaluate=[{lr: 0.002, momentum: 0.6}]")
    assert told(search) == [0.9]
    assert search.suggest("a") == {"lr": 0.002, "momentum": 0.6}


def test_nested_keys_and_lists_reach_optuna() -> None:
    words = ("search_space.m.n=randint(1, 9)", "search_space.k=choice([[1, 2], None])")
    point = {"lr": 0.002, "momentum": 0.6, "m": {"n": 3}, "k": [1, 2]}
    known = f"searcher.evaluated_points=[{{point: {point}, objective: 0.9}}]"
    with pytest.warns(UserWarning, match="Choices for a categorical distribution"):
        search = searcher("experiment=digits", *words, known, f"searcher.points_to_evaluate=[{point}]")
        assert search.suggest("a") == point
    assert search._ot_study.trials[0].params == {"lr": 0.002, "momentum": 0.6, "m/n": 3, "k": [1, 2]}


@pytest.mark.parametrize(
    ("words", "trials"),
    [
        ((*QUICK,), 4 * 3),
        ((*QUICK, "searcher.points_to_evaluate=[{a: 0.1, b: 1}]"), 1 + 3 * 3),
        ((*QUICK, "searcher.points_to_evaluate=[{b: 1}, {a: 0.1}]"), 3 + 1 + 2 * 3),
        (("experiment=yolo_v8", "search_space.batch=grid([8, 16, 32])"), 1 + 3 * 3),
    ],
)
def test_the_number_of_trials_of_a_grid_is_known_before(words: tuple[str, ...], trials: int) -> None:
    """As Ray itself counts them when the experiment is added."""
    from ray.tune.experiment import Experiment

    made = experiment(*words, "budget.num_samples=4")
    search = SEARCHERS.get("random").build(made, **made.searcher.options)
    search.add_configurations(Experiment("test", lambda config: None, config=to_ray(made.search_space), num_samples=4))
    assert (trials_expected(made), search.total_samples) == (trials, trials)
