"""Which seed a trial has."""

import pytest

from runner.config.seeds import LIMIT, seed_of, seeds_in_turn, trial_seeds
from tests.config.composing import experiment, problems

POPULATION = "experiment=pbt_digits"


def seeds(*words: str) -> list[int]:
    made = experiment(*words)
    return [seed_of(f"trial_{number:03d}", made.seed, seeds_in_turn(made)) for number in range(4)]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("experiment=digits", "seed=5"), [5, 5, 5, 5]),
        (("experiment=digits", "seed=5", "trial_seeds=different"), [5, 6, 7, 8]),
        ((POPULATION, "seed=5"), [5, 6, 7, 8]),
        ((POPULATION, "scheduler=pb2", "seed=5"), [5, 6, 7, 8]),
        ((POPULATION, "seed=5", "trial_seeds=same"), [5, 5, 5, 5]),
        (("experiment=gridworld", "seed=5", "searcher.repeat=2"), [5, 6, 5, 6]),
        (("experiment=digits", f"seed={LIMIT - 1}", "trial_seeds=different"), [LIMIT - 1, 0, 1, 2]),
    ],
)
def test_trials_share_a_seed_but_those_of_a_population_do_not(words: tuple[str, ...], expected: list[int]) -> None:
    assert seeds(*words) == expected


def test_a_population_may_begin_alike() -> None:
    assert problems("experiment=pbt_function", "seed=0") == []
    assert seeds("experiment=pbt_function", "seed=0") == [0, 1, 2, 3]


def test_auto_is_told_and_another_word_is_refused() -> None:
    assert trial_seeds(experiment(POPULATION)) == "different"
    (problem,) = problems("experiment=digits", "trial_seeds=other")
    assert (problem.where, problem.message) == ("trial_seeds", "'other' is none of auto, same, different")
