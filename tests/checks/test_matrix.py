"""The matrix against the table of what is refused, and against the rules themselves."""

from typing import Any

from runner.checks.compatibility import LACKS
from runner.checks.matrix import matrix
from runner.config.registry import SCHEDULERS, SEARCHERS
from runner.config.search_space import KINDS


def test_every_searcher_meets_every_distribution_scheduler_and_objective() -> None:
    pairs = {(pair.kind, pair.name, pair.searcher) for pair in matrix()}
    for searcher in SEARCHERS.names():
        assert {("distribution", kind, searcher) for kind in KINDS} <= pairs
        assert {("scheduler", name, searcher) for name in SCHEDULERS.names()} <= pairs
        assert ("objective", "weighted sum", searcher) in pairs
        assert ("objective", "several objectives", searcher) in pairs


def test_what_does_not_go_is_what_the_rules_refuse() -> None:
    usual = [pair for pair in matrix() if pair.searcher in SEARCHERS.names() and pair.kind == "distribution"]
    refused = {(pair.searcher, pair.name) for pair in usual if not pair.goes}
    numbers = {("optuna", name) for name in ("grid", "normal", "qnormal")}
    assert {(searcher, name) for searcher, name in refused if searcher in {"random", "optuna"}} == numbers
    assert {name for _, name in refused} <= set(LACKS)
    assert all(problem.remedy for pair in usual for problem in pair.problems)


def test_a_sampler_that_has_more_to_say_has_a_pair_of_its_own() -> None:
    told = {(pair.searcher, pair.name): pair for pair in matrix() if pair.searcher not in SEARCHERS.names()}
    cmaes = told["optuna sampler=cmaes", "choice"]
    assert cmaes.goes
    assert [problem.rule for problem in cmaes.problems] == ["sampler-categories"]


def test_conditions_go_with_the_searchers_that_know_them() -> None:
    told = {pair.searcher: pair for pair in matrix() if pair.kind == "search space"}
    assert {name for name in SEARCHERS.names() if told[name].goes} == {"random", "optuna", "hyperopt"}
    assert {problem.rule for pair in told.values() for problem in pair.problems} == {
        "searcher-conditions", "sampler-conditions",
    }  # fmt: skip


def test_who_changes_hyperparameters_goes_with_a_searcher_that_does_not_learn_and_bohb_with_bohb() -> None:
    refused = {(pair.name, pair.searcher) for pair in matrix() if pair.kind == "scheduler" and not pair.goes}
    expected = set()
    for name in SCHEDULERS.names():
        scheduler: Any = SCHEDULERS.get(name).traits
        for searcher in SEARCHERS.names():
            learner: Any = SEARCHERS.get(searcher).traits
            paired = scheduler.searcher == "bohb" or searcher == "bohb"
            if (scheduler.mutates and learner.learns) or (paired and not scheduler.searcher == "bohb" == searcher):
                expected.add((name, searcher))
    assert {name for name, _ in expected} >= {"bohb", "pbt", "pb2", "pbt_replay"}
    assert {pair for pair in refused if pair[1] in SEARCHERS.names()} == expected


def test_several_objectives_go_with_what_says_so() -> None:
    pairs = {pair.searcher: pair for pair in matrix() if pair.name == "several objectives"}
    taking = {name for name in SEARCHERS.names() if SEARCHERS.get(name).traits.objectives}
    assert {name for name in SEARCHERS.names() if pairs[name].goes} == taking == {"optuna", "random"}
    assert not pairs["optuna sampler=cmaes"].goes
    assert all(problem.remedy for pair in pairs.values() for problem in pair.problems)


def test_nothing_else_is_said_of_the_plain_experiment() -> None:
    of_spaces = {"distribution", "search space"}
    told = [pair for pair in matrix() if pair.kind not in of_spaces and pair.name != "several objectives"]
    assert {problem.rule for pair in told for problem in pair.problems} == {"scheduler-searcher"}
