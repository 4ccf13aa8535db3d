"""Names of trials."""

from types import SimpleNamespace

import pytest

from runner.translate.tuning import TrialNames


@pytest.mark.parametrize(("expected", "first", "name"), [(5, "", "trial_000"), (1001, "", "trial_0000")])
def test_names_are_as_long_as_the_last_one(expected: int, first: str, name: str) -> None:
    assert TrialNames(expected, first)(SimpleNamespace(trial_id="a")) == name


def test_a_run_that_is_extended_keeps_the_names_of_its_trials() -> None:
    assert TrialNames(1001, "trial_000")(SimpleNamespace(trial_id="a")) == "trial_000"
