"""Which configuration is the best where each was run several times."""

from runner.config.objective import Mode, Objective, Target
from runner.runs.ranking import alike, ranked, sample
from runner.runs.trial import Trial, TrialState


def outcomes(*values: float | None) -> list[Trial]:
    """None for a trial that failed, though it had reported well."""
    states = [TrialState.FAILED if value is None else TrialState.COMPLETED for value in values]
    rows = zip(states, values, strict=True)
    return [Trial(f"trial_{n:03d}", {}, 0.0, state, best=9.0 if v is None else v) for n, (state, v) in enumerate(rows)]


def names(rows: list[Trial], repeat: int, mode: Mode = "max") -> list[int]:
    found = ranked(rows, repeat, Objective((Target("score", mode),)))
    return [int(row.name.removeprefix("trial_")) for row in found]


def test_the_mean_decides_and_within_it_the_trial() -> None:
    rows = outcomes(0.9, 0.1, 0.6, 0.7)
    assert names(rows, 1) == [0, 3, 2, 1]
    assert names(rows, 2) == [3, 2, 0, 1]
    assert names(rows, 2, "min") == [1, 0, 2, 3]


def test_a_lucky_trial_whose_like_failed_comes_last() -> None:
    assert names(outcomes(0.99, None, 0.5, 0.6), 2) == [3, 2, 0]
    assert names(outcomes(None, None, 0.5, None), 2) == [2]


def test_a_configuration_tells_mean_and_spread() -> None:
    rows = outcomes(0.5, 0.7, None, 0.1)
    assert str(sample(alike(rows, "trial_001", 3))) == "mean 0.6, standard deviation 0.1414 (2 seeds, 1 failed)"
    assert [row.name for row in alike(rows, "trial_003", 3)] == ["trial_003"]
