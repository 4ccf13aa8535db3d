"""Every preset in conf/experiment: it reads, passes the config checks, and meets every searcher and scheduler."""

import pytest

from runner.errors import Problem
from tests.config.composing import CONF, experiment, names, problems

ASKED = {"bccd": ("trainable.data=path/to/data.yaml",)}
"""What a preset asks of its user, marked ??? in its file."""


def fatal(*words: str) -> list[Problem]:
    return [problem for problem in problems(*words) if problem.fatal]


def words(preset: str) -> tuple[str, ...]:
    return (f"experiment={preset}", *ASKED.get(preset, ()))


@pytest.mark.parametrize("preset", names("experiment"))
def test_a_preset_reads_and_passes_the_config_checks(preset: str) -> None:
    assert fatal(*words(preset)) == []
    assert experiment(*words(preset)).name == preset


@pytest.mark.parametrize("preset", ASKED)
def test_what_a_preset_leaves_to_its_user_is_asked_for(preset: str) -> None:
    found = fatal(f"experiment={preset}")
    assert [(problem.rule, problem.where) for problem in found] == [
        ("missing-value", word.partition("=")[0]) for word in ASKED[preset]
    ]


@pytest.mark.parametrize("preset", names("experiment"))
def test_a_preset_opens_with_its_package_and_the_command_that_runs_it(preset: str) -> None:
    first, second = (CONF / "experiment" / f"{preset}.yaml").read_text(encoding="utf-8").splitlines()[:2]
    assert first == "# @package _global_"
    assert second.startswith(f"# python -m runner experiment={preset}")


@pytest.mark.parametrize("scheduler", names("scheduler"))
@pytest.mark.parametrize("searcher", names("searcher"))
@pytest.mark.parametrize("preset", names("experiment"))
def test_a_preset_with_any_searcher_and_scheduler_is_valid_or_refused_by_a_named_rule(
    preset: str, searcher: str, scheduler: str
) -> None:
    found = problems(*words(preset), f"searcher={searcher}", f"scheduler={scheduler}")
    for problem in found:
        assert problem.rule
        assert problem.where
        assert problem.remedy
    if not any(problem.fatal for problem in found):
        chosen = experiment(*words(preset), f"searcher={searcher}", f"scheduler={scheduler}")
        assert (chosen.searcher.name, chosen.scheduler.name) == (searcher, scheduler)


def test_the_presets_are_valid_with_most_searchers_and_schedulers() -> None:
    """Guards the test above against refusing all: only a grid with Optuna is refused."""
    refused = {
        (preset, searcher, scheduler)
        for preset in names("experiment")
        for searcher in names("searcher")
        for scheduler in names("scheduler")
        if fatal(*words(preset), f"searcher={searcher}", f"scheduler={scheduler}")
    }
    assert refused == {("quickstart", "optuna", "asha"), ("quickstart", "optuna", "fifo")}


def test_a_preset_with_the_option_that_it_names_itself_is_unchanged() -> None:
    assert experiment("experiment=digits", "searcher=optuna", "scheduler=asha").scheduler == (
        experiment("experiment=digits").scheduler
    )
