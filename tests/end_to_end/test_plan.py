"""plan: what it says holds against the run that follows."""

import json
from pathlib import Path
from statistics import mean
from typing import Any

import pytest

from runner.planning.pace import pace_of
from runner.runs.folder import RunFolder
from runner.runs.journal import read
from runner.runs.trials_table import read_rows
from tests.end_to_end.conftest import Run

pytestmark = pytest.mark.slow
HALVING = (
    "search_space={x: 'uniform(0,1)', epochs: 9}", "budget.num_samples=14", "budget.max_epochs=9", "searcher=optuna",
    "scheduler=asha", "scheduler.reduction_factor=3", "ray.num_cpus=2", "report=false",
)  # fmt: skip
SEEDS = range(5)


def planned(run_function: Run, function: str, *words: str) -> dict[str, Any]:
    """The plan of an experiment as its JSON."""
    done = run_function(function, *words, command="plan")
    assert done.code == 0, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


def epochs_of(run: RunFolder) -> int:
    return sum(int(row["iterations"]) for row in read_rows(run.trials_csv).values())


def test_epochs_and_proposals_hold_against_five_runs(run_function: Run) -> None:
    """Random draws that are the same for a seed, through halving that depends on the order in which they come."""
    done = run_function("rising", "-m", *HALVING, f"seed={','.join(map(str, SEEDS))}")
    assert done.code == 0, done.out + done.err
    (multirun,) = (done.folder / "outputs" / "multirun" / "mine").iterdir()
    plan = planned(run_function, "rising", *HALVING, "seed=0", "--json", "--proposals", "99")
    first = {one["trial"]: one["config"] for one in plan["proposals"]["first"]}
    assert len(first) == plan["proposals"]["foreseeable"] == 10
    runs = [RunFolder(multirun / f"job_{seed}") for seed in SEEDS]
    proposed = {event.trial: event.config for event in read(runs[0].journal) if event.kind == "proposed"}
    assert first == {trial: proposed[trial] for trial in first}
    assert plan["trials"] == len(proposed) == 14
    assert plan["at_once"]["trials"] == 2
    spent = [epochs_of(run) for run in runs]
    assert plan["epochs"]["least"] <= min(spent) <= max(spent) <= plan["epochs"]["most"]
    pace = pace_of(runs[0], "here", reuse_workers=True)
    assert pace is not None
    assert 0 < pace.epoch < pace.beside, "an epoch of this function takes no time, the start of a process does"
    assert plan["epochs"]["expected"] == pytest.approx(mean(spent), rel=0.25)


def test_it_starts_no_ray_and_leaves_nothing_behind(run: Run, project: Path) -> None:
    before = set(project.rglob("*"))
    for width in (80, 120):
        done = run("plan", "experiment=yolo_v8", "trainable.data=shapes", "scheduler=fifo", COLUMNS=str(width))
        assert done.code == 0, done.err
        assert max(map(len, done.out.splitlines())) <= width
    for word in ("lr0", "uniform", "trial_000", "defaults:", "at once", "not known"):
        assert word in done.out
    assert "rungs" not in done.out
    assert set(project.rglob("*")) == before


def test_what_would_be_refused_here_is_an_obstacle(run: Run) -> None:
    done = run("plan", "trainable.data=nowhere/data.yaml", "--json")
    assert done.code == 0
    assert "trainable.data" in {problem["where"] for problem in json.loads(done.out)["obstacles"]}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--proposals", "many"), "type --proposals 5"),
        (("--probes",), "did you mean --probe?"),
        (("scheduler.grace_period=99", "scheduler=asha"), "grace_period"),
        (("experiment=digits", "scheduler=fifo", "budget.max_epochs=null", "--probe"), "type budget.max_epochs="),
    ],
)
def test_what_is_wrong_is_one_message(run: Run, words: tuple[str, ...], says: str) -> None:
    done = run("plan", *words)
    assert done.code == 2
    assert says in done.err
    assert "Traceback" not in done.err


def test_a_probe_tells_the_time_and_leaves_nothing_behind(run_function: Run, project: Path) -> None:
    before = set(project.rglob("*"))
    words = ("search_space.x=uniform(0,1)", "budget.num_samples=2", "budget.max_epochs=3", "--probe", "--json")
    found = planned(run_function, "slow_line", *words)["duration"]
    assert 0.25 < found["pace"]["epoch"] < 1.5, "it sleeps for 0.3 s, and a busy machine adds to that"
    assert found["most"] >= 3 * found["pace"]["epoch"] + found["pace"]["beside"]
    assert {path for path in project.rglob("*") if "__pycache__" not in str(path)} == before


def test_a_probe_that_fails_says_why(run_function: Run) -> None:
    done = run_function("sometimes", "search_space.x=uniform(2,3)", "budget.max_epochs=1", "--probe", command="plan")
    assert done.code == 1
    assert "the probe failed" in done.err
    assert "is too large" in done.err
