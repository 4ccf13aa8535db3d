"""What is said of parameters with a condition before anything starts."""

import pytest

from runner.checks.conditions import SAMPLERS_OF_WHAT_IS_ALWAYS_THERE
from tests.config.composing import only_problem, problems, refused

DIGITS = ("experiment=digits", "search_space.momentum=uniform(0.5,0.9,when={'kind':'a'})")
EITHER = "search_space.kind=choice(['a','b'])"


@pytest.mark.parametrize("searcher", ["random", "optuna", "hyperopt"])
def test_these_searchers_take_conditions(searcher: str) -> None:
    assert problems(*DIGITS, EITHER, f"searcher={searcher}") == []


def test_other_searchers_refuse_them() -> None:
    problem = refused(*DIGITS, EITHER, "searcher=ax")
    assert (problem.rule, problem.where) == ("searcher-conditions", "search_space")
    assert "to it every key is in every trial, and momentum is not" in problem.message
    assert "searcher=hyperopt or searcher=optuna or searcher=random" in problem.remedy


def test_a_parameter_that_is_in_no_trial_is_told() -> None:
    problem = only_problem(*DIGITS, "search_space.kind=b")
    assert (problem.rule, problem.where, problem.fatal) == ("never-there", "search_space.momentum", False)
    assert "it is there where kind=a, and the search space fixes kind=b" in problem.message
    assert problems(*DIGITS, "search_space.kind=a") == []


@pytest.mark.parametrize("sampler", SAMPLERS_OF_WHAT_IS_ALWAYS_THERE)
def test_samplers_that_draw_what_has_a_condition_at_random_say_so(sampler: str) -> None:
    told = {problem.rule: problem for problem in problems(*DIGITS, EITHER, f"searcher.sampler={sampler}")}
    assert told["sampler-conditions"].message.endswith("drawn at random: momentum")
    assert not told["sampler-conditions"].fatal
