"""Searchers in real runs: killed and resumed, with repeats, and at their end."""

import random
import signal
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from runner.config.read import read
from runner.runs.journal import read as read_journal
from runner.translate.search.build import build_search
from tests.end_to_end.conftest import Run
from tests.end_to_end.test_resume import reports, start
from tests.translate.asking import OF_LIBRARIES, installed

pytestmark = [pytest.mark.slow, *OF_LIBRARIES]
FUNCTION = """
import random, time
from ray import tune


def level(config):
    time.sleep(0.2)
    tune.report({"score": config["x"]})


def noisy(config):
    tune.report({"score": config["x"] + random.random(), "drawn": random.random()})
"""
BASE = [
    "experiment=null", "trainable=function", "trainable.reuse_workers=true", "objective.metric=score",
    "objective.mode=max", "name=mine", "report=false", "scheduler=fifo", "budget.max_concurrent=1",
]  # fmt: skip
KILLED = {
    "ax": [],
    "bayesopt": ["searcher.random_search_steps=3"],
    "hyperopt": ["searcher.n_initial_points=3"],
    "nevergrad": [],
    "zoopt": [],
}


@pytest.fixture(autouse=True)
def functions(project: Path) -> None:
    (project / "levels.py").write_text(FUNCTION)


def words(function: str, *more: str) -> list[str]:
    return [*BASE, f"trainable.import_path=levels:{function}", *more]


def told_alike(run: Path) -> list[dict[str, Any]]:
    """What a search proposes that is told each result as its trial ends, and nothing else."""
    made = read(yaml.safe_load((run / "config.yaml").read_text()))
    search = build_search(made)
    search.set_search_properties(None, None, {})
    proposals = []
    for number in range(made.budget.num_samples):
        proposals.append(search.suggest(str(number)))
        result = {"objective": proposals[-1]["x"], "training_iteration": 1}
        search.on_trial_result(str(number), result)
        search.on_trial_complete(str(number), result)
    return proposals


@pytest.mark.parametrize("searcher", sorted(set(KILLED) & set(installed())))
def test_a_run_that_is_killed_goes_on_as_if_it_had_not_been(searcher: str, run: Run, project: Path) -> None:
    space = "search_space={x: 'uniform(0, 1)', n: 'randint(1, 50)'}"
    command = start(project, *words("level", space, f"searcher={searcher}", "budget.num_samples=7", *KILLED[searcher]))
    while reports(project) < 4:
        time.sleep(0.02)
        assert command.poll() is None, (project / "out").read_text()
    command.send_signal(signal.SIGKILL)
    command.wait()
    done = run("resume", "latest")
    assert done.code == 0, done.err
    rows = done.rows("trials.csv")
    assert [row["state"] for row in rows] == ["completed"] * 7
    expected = told_alike(done.run)
    assert [(float(row["config/x"]), int(row["config/n"])) for row in rows] == [(p["x"], p["n"]) for p in expected]


def test_repeats_have_seeds_of_their_own_and_their_mean_decides(run: Run) -> None:
    """Three configurations, thrice each: a trial differs from its like by its noise, which its seed decides."""
    space = "search_space={x: 'uniform(0, 0.1)'}"
    done = run(*words("noisy", space, "searcher=hyperopt", "searcher.repeat=3", "budget.num_samples=3", "seed=5"))
    assert done.code == 0, done.err
    rows = done.rows("trials.csv")
    x = [float(row["config/x"]) for row in rows]
    assert [x[number] for number in range(9)] == [x[3 * (number // 3)] for number in range(9)]
    assert len(set(x)) == 3
    assert [row["configuration"] for row in rows] == [str(number // 3) for number in range(9)]
    noise = [round(float(row["objective"]) - float(row["config/x"]), 9) for row in rows]
    assert noise == [round(random.Random(5 + number % 3).random(), 9) for number in range(9)]
    best = max(x)
    scores = [float(row["objective"]) for row in rows if float(row["config/x"]) == best]
    mean = sum(scores) / 3
    assert f"its configuration: mean {mean:.4g}" in done.out
    assert "(3 seeds)" in " ".join(done.out.split())
    assert done.best["x"] == best
    assert f"mean {mean:.4g}" in (done.run / "best" / "best.yaml").read_text().splitlines()[0]
    assert f"its configuration: mean {mean:.4g}" in run("why", "latest").out
    assert [event.trial for event in read_journal(done.run / "journal.jsonl") if event.kind == "proposed"] == [
        row["trial"] for row in rows
    ]


def test_a_searcher_that_ends_by_itself_says_why(run: Run) -> None:
    done = run(*words("level", "search_space={x: 'choice([1, 2, 3])'}", "searcher=zoopt", "budget.num_samples=12"))
    assert done.code == 0, done.err
    assert "ended early" in done.out
    assert "searcher=zoopt found no configuration that it has not tried" in " ".join(done.out.split())
    assert {row["config/x"] for row in done.rows("trials.csv")} == {"1", "2", "3"}
    assert "never started" in done.out


def test_what_a_library_refuses_ends_before_anything_starts(run: Run) -> None:
    done = run(
        *words(
            "level", "search_space={x: 'uniform(0, 1)'}", "searcher=nevergrad", "searcher.optimizer_kwargs={workers: 2}"
        )
    )
    assert done.code == 2, done.out
    assert "Traceback" not in done.err
    assert not list(done.folder.glob("outputs/**/config.yaml"))
