"""A plan as a page, and what it warns of."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from runner.errors import Problem
from runner.planning.pace import Pace
from runner.planning.page import Page
from runner.planning.plan import Plan, plan
from tests.config.composing import experiment
from tests.runs.conftest import units_in

pytestmark = pytest.mark.slow
HERE = ("ray.num_cpus=2", "ray.num_gpus=0")


def planned(folder: Path, *words: str, pace: Pace | None = None) -> Plan:
    return plan(experiment(*words, *HERE), folder, pace, 3, [])


def page(made: Plan, width: int = 80) -> str:
    """As it is printed where no terminal is."""
    console = Console(file=io.StringIO(), width=width, highlight=False)
    console.print(Page(made))
    printed: str = console.file.getvalue()  # type: ignore[attr-defined]
    assert max(map(len, printed.splitlines())) <= width
    return printed


def rules(made: Plan) -> list[str]:
    return [problem.rule for problem in made.warnings]


def test_a_page_tells_of_every_part_at_any_width(tmp_path: Path) -> None:
    made = planned(
        tmp_path, "experiment=digits", "seed=0", "stopper=[plateau]", "logger=[csv,json]", pace=Pace(2, 3, False, "x")
    )
    for width in (60, 80, 120):
        told = " ".join(page(made, width).split())
        for text in (
            "digits: 12 trials of at most 12 iterations, seed 0", "accuracy (max)", "fixed epochs=12",
            "asha grace_period=2", "plateau std=0.01", "progress.csv in each trial's folder", "result.json",
            "lr loguniform 0.0001 to 0.01",
            "the first 3 of 12; from trial 10 on they depend on results", "trial_002 lr=0.0007036 momentum=0.6167",
            "2 trials, limited by 2 CPUs (1 a trial); 12 by the number of trials", "plateau may end trials before that",
            "2 s per iteration and 3 s beside them in each process, as in x", "GB are free",
        ):  # fmt: skip
            assert text in told, text
        assert units_in(told.replace("fixed epochs=12", "")) == {"iteration"}
    assert rules(made) == []


def test_the_seeds_of_a_population_are_told(tmp_path: Path) -> None:
    assert "6 trials of at most 20 iterations, seeds 5 to 10" in page(
        planned(tmp_path, "experiment=pbt_digits", "seed=5")
    )


def test_defaults_outside_of_the_space_and_whole_numbers_are_told(tmp_path: Path) -> None:
    words = ("experiment=shapes", "search_space.warmup_epochs=randint(0,5)", "search_space.box.upper=7")
    told = " ".join(page(planned(tmp_path, *words)).split())
    assert "warmup_epochs randint 0 to 4 3 " in told
    assert "3 (outside)" not in told
    assert "box uniform 4 to 7 7.5 (outside)" in told
    assert "trial_000 defaults: lr0=0.01" in told
    assert units_in(told) == {"epoch"}


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        (("experiment=shapes", "searcher.sampler_args.n_startup_trials=10"), "never-learns"),
        (("experiment=digits", "budget.num_samples=1"), "stops-nothing"),
        (("experiment=digits", "stopper=[max_iterations]", "stopper.max_iterations.max_iter=2"), "stops-nothing"),
        (("experiment=digits", "budget.time_budget=1m"), "time-budget"),
        (("experiment=digits", "budget.trial_timeout=9s"), "trial-timeout"),
    ],
)
def test_what_comes_to_nothing_is_a_warning(tmp_path: Path, words: tuple[str, ...], rule: str) -> None:
    made = planned(tmp_path, *words, pace=Pace(10, 0, True, "x"))
    assert rules(made) == [rule]
    assert "\nwarning " in page(made)


def test_a_timeout_of_trials_is_proposed_from_their_pace(tmp_path: Path) -> None:
    """Which is known from an earlier run; without one nothing is proposed."""
    assert "trial_timeout" not in page(planned(tmp_path, "experiment=digits"))
    made = planned(tmp_path, "experiment=digits", pace=Pace(6, 9, True, "x"))
    assert "budget.trial_timeout=3m would end it" in " ".join(page(made).split())
    given = planned(tmp_path, "experiment=digits", "budget.trial_timeout=3m", pace=Pace(6, 9, True, "x"))
    assert rules(given) == []
    assert "a trial that reports nothing for 3m 00s fails" in " ".join(page(given).split())


def test_an_obstacle_is_told_last(tmp_path: Path) -> None:
    made = planned(tmp_path, "experiment=digits", "resources.gpu=1")
    assert [problem.where for problem in made.obstacles] == ["resources.gpu"]
    assert made.at_once.trials == 0
    assert page(made).rstrip().endswith("the experiment would be refused here as long as there is an obstacle")


def test_warnings_that_were_found_before_are_kept(tmp_path: Path) -> None:
    known = Problem("rule", "seed", "is odd", "type seed=2", fatal=False)
    made = plan(experiment("experiment=quickstart", *HERE), tmp_path, None, 0, [known])
    assert made.warnings == (known,)
    assert "warning       seed: is odd; type seed=2" in page(made)
