"""Which configurations come first, and how many of them no result can change."""

import pytest

from runner.planning.proposals import proposals
from tests.config.composing import experiment

pytestmark = pytest.mark.slow
DIGITS = ("experiment=digits", "budget.num_samples=30")
POINTS = "searcher.points_to_evaluate=[{lr: 0.001, momentum: 0.5}, {lr: 0.002, momentum: 0.6}]"
KNOWN = "searcher.evaluated_points=[{point: {lr: 0.001, momentum: 0.5}, objective: 0.9}]"


@pytest.mark.parametrize(
    ("words", "foreseeable"),
    [
        (("searcher=random",), 30),
        ((), 10),
        (("searcher.sampler_args={n_startup_trials: 4}",), 4),
        (("searcher.sampler_args={n_startup_trials: 1}", POINTS), 2),
        ((KNOWN,), 9),
        (("searcher.sampler_args={n_startup_trials: 0}",), 1),
        (("searcher.sampler=random",), 30),
        (("searcher.sampler=gp",), 10),
        (("searcher.sampler=cmaes",), 1),
        pytest.param(
            ("searcher.sampler=qmc",), 1, marks=pytest.mark.filterwarnings("ignore:QMCSampler is experimental")
        ),
        (("budget.num_samples=6",), 6),
    ],
)
def test_a_searcher_that_learns_is_foreseeable_until_it_knows_enough(words: tuple[str, ...], foreseeable: int) -> None:
    found = proposals(experiment(*DIGITS, *words), most=100)
    assert (found.foreseeable, len(found.first)) == (foreseeable, foreseeable)


def test_defaults_and_points_come_first_and_are_told_as_such() -> None:
    point = "searcher.points_to_evaluate=[{lr0: 0.001, weight_decay: 0.001, box: 6.0, fliplr: 0.1}]"
    for outside in ("box=uniform(4,12)", "box=uniform(4,7)"):
        found = proposals(experiment("experiment=shapes", f"search_space.{outside}", point), most=3)
        assert [(one.trial, one.origin) for one in found.first] == [
            ("trial_000", "defaults"), ("trial_001", "given"), ("trial_002", "drawn"),
        ]  # fmt: skip
        assert [one.config["box"] for one in found.first[:2]] == [7.5, 6.0]


def test_defaults_outside_of_the_space_do_not_count_as_a_draw() -> None:
    many = ("experiment=shapes", "budget.num_samples=30")
    assert proposals(experiment(*many), most=0).foreseeable == 3
    assert proposals(experiment(*many, "search_space.box.upper=7"), most=0).foreseeable == 4


def test_all_points_of_a_grid_are_proposed() -> None:
    found = proposals(experiment("experiment=quickstart", "budget.num_samples=1"), most=100)
    assert [one.config["a"] for one in found.first] == [0.001, 0.01, 0.1, 1.0]
