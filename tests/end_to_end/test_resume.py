"""Runs whose driver dies are resumed, and runs that are over are extended."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml

from tests.end_to_end.conftest import Finished, Run

pytestmark = pytest.mark.slow
CURVES = """
import tempfile, time
from pathlib import Path
from ray import tune


def curve(config):
    checkpoint, first = tune.get_checkpoint(), 1
    if checkpoint:
        first = int((Path(checkpoint.path) / "epoch").read_text()) + 1
    for epoch in range(first, 9):
        time.sleep(0.1)
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "epoch").write_text(str(epoch))
            score = config["model"]["x"] * (1 - 0.5**epoch) + config["bonus"]
            tune.report({"score": score, "loss": 1 - score}, checkpoint=tune.Checkpoint.from_directory(folder))
"""
WORDS = [
    "experiment=null", "trainable=function", "trainable.import_path=curves:curve", "trainable.reuse_workers=true",
    "objective.metric=score", "objective.mode=max", "name=mine", "seed=0",
    "search_space={model: {x: 'uniform(0, 1)'}, bonus: 'choice([0, 0.1])'}",
    "scheduler=asha", "scheduler.grace_period=2", "scheduler.reduction_factor=2", "stopper=[plateau]",
    "stopper.plateau.metric=loss", "stopper.plateau.mode=min", "stopper.plateau.std=0.01",
]  # fmt: skip
BUDGET = "budget={num_samples: 12, max_epochs: 8, max_concurrent: 1}"


@pytest.fixture(autouse=True)
def curves(project: Path) -> None:
    (project / "curves.py").write_text(CURVES)


def start(project: Path, *words: str) -> "subprocess.Popen[bytes]":
    with (project / "out").open("ab") as out:
        return subprocess.Popen(
            [sys.executable, "-m", "runner", *words], cwd=project, stdout=out, stderr=out, env=dict(os.environ)
        )


def kill_after(rows: int, project: Path, *words: str) -> bool:
    """Start a command and kill its process once `rows` more reports are there; False where it ended before."""
    before = reports(project)
    command = start(project, *words)
    while command.poll() is None:
        if reports(project) >= before + rows:
            command.send_signal(signal.SIGKILL)
            command.wait()
            return True
        time.sleep(0.02)
    assert command.returncode == 0, (project / "out").read_text()
    return False


def reports(project: Path) -> int:
    return sum(table.read_text().count("\n") - 1 for table in project.glob("outputs/mine/*/history.csv"))


def outcome(run: Path) -> list[tuple[Any, ...]]:
    """What every trial was and came to."""
    columns = ("trial", "config/model.x", "config/bonus", "state", "objective", "iterations", "reason")
    with (run / "trials.csv").open() as file:
        return [tuple(row[column] for column in columns) for row in csv.DictReader(file)]


def check_each_once(run: Path) -> None:
    """Each trial ended once, and reported each iteration once, in their order."""
    lines = [json.loads(line) for line in (run / "decisions.jsonl").read_text().splitlines()]
    ended = [line["trial"] for line in lines if line["state"] != "promoted"]
    assert sorted(ended) == sorted(set(ended))
    assert len(ended) == 12
    seen: dict[str, int] = {}
    with (run / "history.csv").open() as file:
        for row in csv.DictReader(file):
            assert int(row["iteration"]) == seen.get(row["trial"], 0) + 1, row
            seen[row["trial"]] = int(row["iteration"])
    with (run / "trials.csv").open() as file:
        assert {row["trial"]: int(row["iterations"]) for row in csv.DictReader(file)} == seen


def journal(run: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (run / "journal.jsonl").read_text().splitlines()]


def cut_before_a_stop_is_written(run: Path) -> str:
    """Leave of a run of one trial at a time what it was when a trial that a rule had stopped was not told yet."""
    names = [row[0] for row in outcome(run) if row[3] == "stopped"]
    last = max(names)
    events = [event for event in journal(run) if event.get("trial", "") <= last]
    kept = [event for event in events if (event["kind"], event.get("trial")) != ("ended", last)]
    (run / "journal.jsonl").write_text("".join(json.dumps(event) + "\n" for event in kept))
    for name, changed in (("history.csv", False), ("trials.csv", True)):
        head, *lines = (run / name).read_text().splitlines(keepends=True)
        lines = [line for line in lines if line.split(",")[0] <= last]
        if changed:
            lines[-1] = lines[-1].replace(",stopped,", ",running,")
        (run / name).write_text("".join([head, *lines]))
    lines = (run / "decisions.jsonl").read_text().splitlines(keepends=True)
    lines = [line for line in lines if json.loads(line)["trial"] <= last]
    (run / "decisions.jsonl").write_text("".join(line for line in lines if f'"stopped", "trial": "{last}"' not in line))
    return last


@pytest.mark.parametrize("searcher", ["optuna", "random"])
def test_a_driver_that_is_killed_again_and_again(project: Path, tmp_path_factory: Any, searcher: str) -> None:
    words = [*WORDS, BUDGET, f"searcher={searcher}"]
    assert kill_after(9, project, *words)
    while kill_after(22, project, "resume", "outputs/mine"):
        pass
    (run,) = project.glob("outputs/mine/*")
    check_each_once(run)
    assert (run / "tune_2").is_dir()
    undisturbed = tmp_path_factory.mktemp("undisturbed")
    (undisturbed / "curves.py").write_text(CURVES)
    command = start(undisturbed, *words)
    assert command.wait(timeout=200) == 0
    (other,) = undisturbed.glob("outputs/mine/*")
    assert outcome(run) == outcome(other)
    stopped = cut_before_a_stop_is_written(run)
    assert start(project, "resume", "outputs/mine").wait(timeout=200) == 0
    assert outcome(run) == outcome(other)
    assert stopped in [event["trial"] for event in journal(run) if event["kind"] == "ended"], "the next resume needs it"
    assert (run / "best" / "best.yaml").read_text() == (other / "best" / "best.yaml").read_text()
    states = {row[3] for row in outcome(run)}
    assert states == {"completed", "stopped"}, "something was left to be decided"


def test_an_interrupted_run_is_resumed_from_the_command_that_it_prints(run: Run, project: Path) -> None:
    command = start(project, *WORDS, "budget={num_samples: 4, max_epochs: 8, max_concurrent: 2}")
    while reports(project) < 5:
        time.sleep(0.05)
        assert command.poll() is None
    command.send_signal(signal.SIGINT)
    assert command.wait(timeout=100) == 130
    printed = next(line for line in (project / "out").read_text().splitlines() if "runner resume" in line)
    before = reports(project)
    done = run(*printed.split()[3:], "budget.max_failures=1", "budget.max_concurrent=1")
    assert done.code == 0, done.err
    since = [row["trial"] for row in done.rows("history.csv")[before:]]
    assert since == sorted(since), "one trial at a time, those that go on too"
    assert "budget.max_failures: 2 -> 1 (safe" in done.out
    assert {row["state"] for row in done.rows("trials.csv")} <= {"completed", "stopped"}
    assert len(done.rows("trials.csv")) == 4
    for number in range(4):
        mine = [int(row["iteration"]) for row in done.rows("history.csv") if row["trial"] == f"trial_00{number}"]
        assert mine == list(range(1, len(mine) + 1))
    why = run("why", "latest")
    assert (why.code, why.err) == (0, "")
    assert "searcher      random proposed 4 configurations" in why.out
    assert "trial_001: model.x=" in run("why", "latest", "1").out
    assert "the run has no such trial" in wrong(run, "why", "latest", "9").err
    again = run("resume", "latest")
    assert again.code == 0
    assert "all 4 trials" in again.out
    assert "runner extend" in again.out
    lock = done.run / "lock.yaml"
    lock.write_text(lock.read_text().replace("\npython: ", "\npython: 2."))
    extended = run("extend", "latest", "budget.num_samples=+2")
    assert extended.code == 0, extended.err
    assert "the run goes on in another environment: python: 2.3" in extended.out
    assert len(yaml.safe_load(lock.read_text())["later"]) == 1
    assert "budget.num_samples: 4 -> 6 (safe" in extended.out
    assert len(extended.rows("trials.csv")) == 6
    assert [row["trial"] for row in extended.rows("trials.csv")] == [f"trial_00{number}" for number in range(6)]
    assert yaml.safe_load((extended.run / "config.yaml").read_text())["budget"]["num_samples"] == 6


def wrong(run: Run, *words: str) -> Finished:
    done = run(*words)
    assert done.code == 2, done.out
    assert done.out == ""
    return done


def test_what_cannot_be_changed_is_refused_before_anything_starts(run_function: Run, run: Run) -> None:
    first = run_function("line", "search_space={slope: 'uniform(0, 1)', reports: 2}", "budget={num_samples: 2}")
    assert first.code == 0
    history = (first.run / "history.csv").read_bytes()
    told = wrong(run, "extend", "latest", "budget.num_samples=+1", "search_space.slope.upper=2", "scheduler=asha").err
    assert "search_space.slope.upper: 1 -> 2: trials that ended came from another space" in told
    assert "searcher.warm_start=outputs/mine/" in told
    assert "add --allow" in told
    assert "nothing more to do is asked for" in wrong(run, "extend", "latest").err
    assert "is less than before" in wrong(run, "extend", "latest", "budget.num_samples=1").err
    used_up = wrong(run, "extend", "latest", "budget.num_samples=+1", "budget.time_budget=0.1").err
    assert "0.1 s are used up: the run has worked for" in used_up
    assert "budget.num_samples: '+many'" in wrong(run, "extend", "latest", "budget.num_samples=+many").err
    assert "budgt: unknown key" in wrong(run, "extend", "latest", "budgt.num_samples=9").err
    assert "needs RUN" in wrong(run, "resume").err
    assert "there is no such folder" in wrong(run, "resume", "outputs/none").err
    assert "did you mean --allow" in wrong(run, "resume", "latest", "--alow").err
    (first.run / "journal.jsonl").unlink()
    assert "does not hold its trials" in wrong(run, "extend", "latest", "budget.num_samples=+1").err
    assert (first.run / "history.csv").read_bytes() == history


def test_a_run_whose_ray_is_killed_says_so_and_goes_on(project: Path) -> None:
    for name, words in (("raylet", (*WORDS, BUDGET)), ("gcs_server", ("resume", "outputs/mine"))):
        before = reports(project)
        command = start(project, *words)
        while reports(project) < before + 3:
            time.sleep(0.02)
            assert command.poll() is None, (project / "out").read_text()
        (victim,) = (child for child in psutil.Process(command.pid).children() if child.name() == name)
        victim.kill()
        assert command.wait(timeout=60) == 130
        out = (project / "out").read_text()
        assert f"error: Ray died: its process {name} was killed or crashed" in out
        # Where the main thread hangs in Ray, the process is left without a summary, with a line that says the same.
        assert out.count("python -m runner resume") == ("raylet", "gcs_server").index(name) + 1
    (run,) = project.glob("outputs/mine/*")
    seen: dict[str, int] = {}
    with (run / "history.csv").open() as file:
        for row in csv.DictReader(file):
            assert int(row["iteration"]) == seen.get(row["trial"], 0) + 1, row
            seen[row["trial"]] = int(row["iteration"])


def test_a_run_that_is_going_on_is_left_alone(run: Run, project: Path) -> None:
    command = start(project, *WORDS, BUDGET)
    while not reports(project):
        time.sleep(0.05)
        assert command.poll() is None
    try:
        assert f"the process {command.pid} is working on it" in wrong(run, "resume", "latest").err
    finally:
        command.kill()
        command.wait()
