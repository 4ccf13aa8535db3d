"""What the searchers propose first, and what they are told."""

from typing import Any

import pytest

from runner.api.support.job import Job, refuse_searcher
from runner.config.read_search_space import read_search_space
from runner.errors import ConfigError
from runner.translate.search.build import translated_search
from runner.translate.search.encoding import Encoding
from runner.translate.tuning import trials_expected
from tests.config.composing import experiment
from tests.translate.asking import OF_LIBRARIES, installed, plain

pytestmark = [pytest.mark.slow, *OF_LIBRARIES]
SHAPES = "experiment=shapes"  # lr0, weight_decay, box and fliplr are searched; the defaults come first
QUICK = ("experiment=quickstart", "search_space.a=grid([0.1, 0.2, 0.3])")
DEFAULTS = {"lr0": 0.01, "weight_decay": 0.0005, "box": 7.5, "fliplr": 0.5}
POINT = {"lr0": 0.001, "weight_decay": 0.001, "box": 6.0, "fliplr": 0.1}
POINTS = f"searcher.points_to_evaluate=[{POINT}]"
OUTSIDE = "search_space.box.upper=7"


def searcher(*words: str) -> Any:
    """The searcher of an experiment, as Ray sets it up."""
    built = translated_search(experiment(*words))
    built.set_search_properties(None, None, {})
    return built


def chosen(search: Any, name: str, constants: tuple[str, ...] = ("optimizer", "epochs")) -> dict[str, Any]:
    """A proposal without the constants of the space."""
    return {key: value for key, value in search.suggest(name).items() if key not in constants}


def told(search: Any) -> list[float]:
    """The objectives that Optuna knows."""
    return [trial.value for trial in search.searcher._ot_study.trials if trial.value is not None]


def test_defaults_inside_of_the_space_are_a_point_that_optuna_learns_from() -> None:
    search = searcher(SHAPES, POINTS)
    assert [chosen(search, name) for name in ("a", "b")] == [DEFAULTS, POINT]
    search.on_trial_complete("a", {"objective": 0.5})
    assert told(search) == [0.5]


def test_defaults_outside_of_the_space_come_first_and_optuna_is_not_told() -> None:
    search = searcher(SHAPES, POINTS, OUTSIDE)
    assert [chosen(search, name) for name in ("a", "b")] == [DEFAULTS, POINT]
    for name, value in (("a", 0.5), ("b", 0.25)):
        search.on_trial_result(name, {"objective": value, "training_iteration": 1})
        search.on_trial_complete(name, {"objective": value})
    assert told(search) == [0.25]
    assert chosen(search, "c")["box"] < 7
    assert search.metric == "objective"


def test_random_search_runs_the_defaults_wherever_they_lie() -> None:
    search = searcher("experiment=yolo_v8", OUTSIDE)
    assert chosen(search, "a")["box"] == 7.5
    assert all(chosen(search, str(number))["box"] < 7 for number in range(9))


def test_optuna_knows_results_and_still_tries_points_first() -> None:
    known = "searcher.evaluated_points=[{point: {lr: 0.001, momentum: 0.5}, objective: 0.9}]"
    search = searcher("experiment=digits", known, "searcher.points_to_evaluate=[{lr: 0.002, momentum: 0.6}]")
    assert told(search) == [0.9]
    assert chosen(search, "a") == {"lr": 0.002, "momentum": 0.6}


def test_nested_keys_and_lists_reach_optuna() -> None:
    words = ("search_space.m.n=randint(1, 9)", "search_space.k=choice([[1, 2], None])")
    point = {"lr": 0.002, "momentum": 0.6, "m": {"n": 3}, "k": [1, 2]}
    known = f"searcher.evaluated_points=[{{point: {point}, objective: 0.9}}]"
    search = searcher("experiment=digits", *words, known, f"searcher.points_to_evaluate=[{point}]")
    assert chosen(search, "a") == point
    # Optuna warns of categories that are lists, so it is shown their places.
    assert search.searcher._ot_study.trials[0].params == {"lr": 0.002, "momentum": 0.6, "m.n": 3, "k": "0"}


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
    """As random search itself ends."""
    made = experiment(*words, "budget.num_samples=4")
    search = translated_search(made)
    search.set_search_properties(None, None, {})
    proposals = [search.suggest(str(number)) for number in range(trials + 1)]
    assert [proposal == "FINISHED" for proposal in proposals] == [False] * trials + [True]
    assert trials_expected(made) == trials
    assert trials_expected(experiment(*words, "budget.num_samples=4", "searcher.repeat=3")) == 3 * trials


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["searcher=nevergrad", "searcher.optimizer=NGOptt"], "did you mean NGOpt"),
        (["searcher=nevergrad", "searcher.optimizer_kwargs={workers: 2}"], "workers"),
        (["searcher=bohb", "searcher.bohb_config={top: 2}"], "top"),
        (["searcher=zoopt", "budget.num_samples=5", f"searcher.points_to_evaluate={[{'x': 0.5}] * 5}"], "at most 4"),
        (["searcher=ax", "searcher.parameter_constraints=['x + unknown <= 1']"], "unknown"),
        (["searcher=ax", "search_space.y=loguniform(1,9)", "searcher.parameter_constraints=['x + y <= 1']"], "holds y"),
        (["searcher=bayesopt", "searcher.utility_kwargs={kind: best}"], "best"),
    ],
)
def test_what_a_library_refuses_is_told_before_the_start(words: list[str], says: str) -> None:
    name = words[0].removeprefix("searcher=")
    if name not in installed():
        pytest.skip(f"{name} is not installed")
    with pytest.raises(ConfigError, match=says) as caught:
        refuse_searcher([Job(plain(name, *words[1:]), ())])
    assert [problem.rule for problem in caught.value.problems] == ["searcher-options"]


def test_a_proposal_near_a_point_is_not_taken_for_it() -> None:
    """On a logarithmic range the ratio counts, far from 0 the width of the range."""
    space, _ = read_search_space({"log": "loguniform(1e-9, 1e3)", "far": "uniform(406945.0, 406945.000001)"})
    encoding = Encoding(space, {"uniform", "loguniform"})
    point = encoding.encode({"log": 1e-8, "far": 406945.0000005})
    assert encoding.holds({**point, "log": 1e-8 * (1 + 1e-15)}, point)
    assert not encoding.holds({**point, "log": 2e-8}, point)
    assert not encoding.holds({**point, "far": 406945.0000006}, point)
