"""How trials and experiments end by a rule, through real runs in one Ray."""

import csv
import errno
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.conftest import Ended, Tune, one_ray

pytestmark = pytest.mark.slow

MINE = """
import time

from ray import tune


def curve(config):
    for value in config["curve"]:
        while value == "hangs":
            time.sleep(0.01)
        tune.report({"score": float(value)})


def number(config):
    return float("nan")


def full(config):
    tune.report({"score": 1.0})
    raise OSError(28, "No space left on device", "model.pt")


def second(trial, report):
    return f"{trial} has {report['score']}" if report["training_iteration"] == 2 and report["score"] > 4 else False


def broken(trial, report):
    return report["late"] > 1
"""
BASE = (
    "experiment=null", "trainable=function", "trainable.import_path=mine:curve", "trainable.reuse_workers=true",
    "objective.metric=score", "objective.mode=max", "name=mine", "report=false", "budget.max_concurrent=1",
    "budget.num_samples=1", "logger=[]",
)  # fmt: skip


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    (folder / "mine.py").write_text(MINE)
    return folder


@pytest.fixture(scope="module")
def tune(project: Path) -> Iterator[Tune]:
    with one_ray(project, BASE) as do:
        yield do


def command(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "runner", *words], cwd=project, capture_output=True, check=False, text=True, timeout=120
    )


def test_a_trial_that_diverges_is_the_worst_whatever_it_reported_before(tune: Tune) -> None:
    """Nor do the trials behind it suffer at ASHA's rungs."""
    curves = "[[9, 'inf', 9, 9], [8, 'nan', 9, 9], [1, 2, 3, 4], [2, 3, 4, 'nan'], [2, 3, 5, 5]]"
    done = tune(
        f"search_space.curve={{grid: {curves}}}".replace("{grid: ", "{distribution: grid, categories: "),
        "scheduler=asha", "scheduler.grace_period=2", "budget.max_epochs=4",
    )  # fmt: skip
    assert done.code == 0, done.told
    assert done.states == ["diverged", "diverged", "completed", "diverged", "completed"]
    ends = [(line["rule"], line["iteration"]) for line in done.decisions]
    assert ends == [("diverged", 2), ("diverged", 2), ("end", 4), ("diverged", 4), ("end", 4)]
    assert "score 5 at iteration 3 of trial_004" in done.told
    assert "2 completed, 0 stopped, 0 failed, 3 diverged" in done.told
    assert "diverged: the objective score is inf at iteration 2" in done.told


def test_a_run_in_which_all_diverge_has_failed(tune: Tune) -> None:
    done = tune("trainable.import_path=mine:number", "search_space.x=uniform(0,1)", "budget.num_samples=2")
    assert (done.code, done.states) == (1, ["diverged", "diverged"])
    assert not (done.folder / "best" / "best.yaml").exists()


def test_a_trial_whose_own_file_finds_the_disk_full_has_failed_with_that_reason(tune: Tune) -> None:
    done = tune("trainable.import_path=mine:full", "search_space.x=uniform(0,1)")
    assert (done.code, done.states) == (1, ["failed"])
    assert "trial_000: OSError: [Errno 28] No space left on device: 'model.pt'" in done.told


def test_threshold_and_a_function_of_the_users_end_trials(tune: Tune) -> None:
    done = tune(
        "search_space.curve={distribution: grid, categories: [[1, 5, 1], [3, 3, 7, 8], [1, 2]]}",
        "stopper=[function,threshold]", "stopper.function.import_path=mine:second", "stopper.threshold.value=7",
    )  # fmt: skip
    assert done.code == 0, done.told
    assert [(line["rule"], line["iteration"]) for line in done.decisions] == [
        ("function", 2),
        ("threshold", 3),
        ("end", 2),
    ]
    assert done.decisions[0]["detail"] == "trial_000 has 5.0"


def test_a_function_that_raises_ends_the_experiment_and_its_state_is_kept(tune: Tune) -> None:
    done = tune(
        "search_space.curve={distribution: grid, categories: [[1, 5, 1], [3, 3, 7]]}",
        "stopper=[function]", "stopper.function.import_path=mine:broken",
    )  # fmt: skip
    assert done.code == 1
    assert "error: mine:broken raised KeyError: 'late' at iteration 1 of trial_000" in done.told
    assert [line["rule"] for line in done.decisions] == ["function_error"]
    assert "1 of 2 never started" in done.told
    assert f"python -m runner resume outputs/mine/{done.folder.name}" in done.told


def test_an_experiment_whose_best_settle_ends_and_says_so_when_it_is_taken_up(tune: Tune, project: Path) -> None:
    done = tune(
        "search_space.curve={distribution: grid, categories: [[1, 5], [9, 'nan'], [3, 5], [2, 2, 2, 2], [9, 9]]}",
        "stopper=[experiment_plateau,threshold]", "stopper.experiment_plateau={top: 2, patience: 2}",
        "stopper.threshold={value: 1, metric: never, mode: max}",
    )  # fmt: skip
    assert done.code == 0, done.told
    assert [(line["rule"], line["iteration"]) for line in done.decisions] == [
        ("end", 2), ("diverged", 2), ("end", 2), ("experiment_plateau", 2),
    ]  # fmt: skip
    assert "ended early" in done.told
    assert "the 2 best trials have score from 5 to 5" in done.told
    resumed = command(project, "resume", str(done.folder))
    assert resumed.returncode == 2
    assert "would end it again: the 2 best trials" in resumed.stderr
    resumed = command(project, "resume", str(done.folder), "stopper=[]", "--allow")
    assert resumed.returncode == 0, resumed.stdout + resumed.stderr
    assert Ended(0, done.folder, "").states == ["completed", "diverged", *["completed"] * 3]


def test_a_searcher_that_proposes_nothing_ends_the_experiment(tune: Tune, monkeypatch: pytest.MonkeyPatch) -> None:
    from ray.tune.search import Searcher

    from runner.config.registry import SEARCHERS
    from runner.translate.search.translated_search import Library

    class OnlyOne(Searcher):  # type: ignore[misc]
        asked = False

        def set_search_properties(self, *given: Any, **spec: Any) -> bool:
            return True

        def suggest(self, trial_id: str) -> dict[str, Any] | None:
            proposal, self.asked = None if self.asked else {"x": 0.5}, True
            return proposal

        def on_trial_complete(self, *given: Any, **options: Any) -> None: ...

    plugin = SEARCHERS.get("random")
    silent = replace(plugin, build=wraps(plugin.build)(lambda *given, **options: Library(OnlyOne(), startup=None)))
    monkeypatch.setitem(SEARCHERS._plugins, "random", silent)
    done = tune(
        "search_space={x: 'uniform(0,1)', curve: [1, 2]}", "budget.num_samples=3", "budget.stall_timeout=2s",
    )  # fmt: skip
    assert done.code == 1
    assert "error: the searcher proposes no trial, and none is left to run, for 2s (budget.stall_timeout)" in done.told
    assert "1 completed, 0 stopped, 0 failed; 2 of 3 never started" in done.told
    assert (done.folder / "best" / "best.yaml").exists(), "what ran is kept"


def test_a_trial_that_hangs_fails_with_the_place_where_it_hung_and_is_not_tried_again(tune: Tune) -> None:
    done = tune(
        "search_space.curve={distribution: grid, categories: [[1, hangs], [1, 2]]}", "budget.trial_timeout=4s",
    )  # fmt: skip
    assert (done.code, done.states) == (0, ["failed", "completed"]), done.told
    failed = done.decisions[0]
    assert (failed["state"], failed["rule"], failed["iteration"]) == ("failed", "budget.trial_timeout", 1)
    assert failed["detail"] == "no report for 4s (budget.trial_timeout)"
    error = (done.folder / "trials" / "trial_000" / "error.txt").read_text()
    assert "mine.py" in error
    assert "time.sleep(0.01)" in error
    assert error.endswith("no report for 4s (budget.trial_timeout)")
    assert not list(done.folder.glob("trials/*/stacks.txt"))


def test_five_trials_that_fail_alike_end_the_experiment_with_their_traceback(tune: Tune, project: Path) -> None:
    done = tune("search_space.curve={distribution: grid, categories: [['a'], ['a'], ['a'], ['a'], ['a'], ['a'], [1]]}")
    assert (done.code, done.states[:5]) == (1, ["failed"] * 5)
    assert "error: the first 5 trials all failed with one error" in done.told
    summary = done.told.partition("\ntrials ")[2]
    assert summary.count("could not convert string to float: 'a'") == 2, "once as the reason, once as the traceback"
    assert "mine.py" in done.told
    assert 'tune.report({"score": float(value)})' in done.told
    assert "site-packages/ray" not in done.told
    assert f"python -m runner resume outputs/mine/{done.folder.name}" in done.told
    resumed = command(project, "resume", str(done.folder))
    assert resumed.returncode == 0, resumed.stdout + resumed.stderr
    assert Ended(0, done.folder, "").states == [*["failed"] * 6, "completed"]


def test_a_disk_that_fills_up_is_one_line_and_the_run_can_be_resumed(
    tune: Tune, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, rows = Path.open, 0

    def open_while_there_is_room(path: Path, mode: str = "r", *given: Any, **options: Any) -> Any:
        nonlocal rows
        rows += path.name == "history.csv" and mode == "a"
        if rows > 3 and mode[0] in "aw" and "outputs" in path.parts:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        return opened(path, mode, *given, **options)

    monkeypatch.setattr(Path, "open", open_while_there_is_room)
    done = tune("search_space.curve={distribution: grid, categories: [[1, 2], [3, 4], [5, 6]]}")
    monkeypatch.undo()
    assert done.code == 130
    assert "error: the disk is full: " in done.told
    assert f"MB are free in outputs/mine/{done.folder.name}" in done.told
    assert f"python -m runner resume outputs/mine/{done.folder.name}" in done.told
    assert "Traceback" not in done.told
    resumed = command(project, "resume", str(done.folder))
    assert resumed.returncode == 0, resumed.stdout + resumed.stderr
    assert Ended(0, done.folder, "").states == ["completed"] * 3
    with (done.folder / "history.csv").open() as file:
        assert [row["score"] for row in csv.DictReader(file)] == ["1.0", "2.0", "3.0", "4.0", "5.0", "6.0"]


def test_trials_that_failed_run_again_once_their_function_is_mended(tune: Tune, project: Path) -> None:
    """The searcher keeps what it was told of them, so that it can be brought back afterwards."""
    space = "search_space.curve={distribution: choice, categories: [[1, 2], [3, 'a'], [5, 6]]}"
    done = tune(space, "searcher=optuna", "seed=0", "budget.num_samples=6")
    states = {row["trial"]: row["state"] for row in done.rows("trials.csv")}
    failed = [name for name, state in states.items() if state == "failed"]
    assert 0 < len(failed) < 6
    over = command(project, "resume", str(done.folder))
    assert f"resume outputs/mine/{done.folder.name} --retry-failed" in over.stdout
    well = next(name for name in states if name not in failed)
    refused = command(project, "resume", str(done.folder), well, "--retry-failed")
    assert (refused.returncode, "did not fail" in refused.stderr) == (2, True), refused.stderr
    (project / "mine.py").write_text(MINE.replace("float(value)", "float(str(value).replace('a', '4'))"))
    try:
        again = command(project, "resume", str(done.folder), "--retry-failed")
        more = command(project, "extend", str(done.folder), "budget.num_samples=+1")
    finally:
        (project / "mine.py").write_text(MINE)
    assert again.returncode == more.returncode == 0, again.stdout + again.stderr + more.stdout + more.stderr
    ended = Ended(0, done.folder, "")
    assert ended.states == ["completed"] * 7
    rows = [(row["trial"], row["iteration"]) for row in ended.rows("history.csv")]
    assert len(rows) == len(set(rows)) == 14
    lines = [json.loads(line) for line in (done.folder / "decisions.jsonl").read_text().splitlines()]
    for name in failed:
        assert [line["state"] for line in lines if line["trial"] == name] == ["failed", "restarted", "completed"]
        assert "could not convert" in (done.folder / "trials" / name / "error_earlier.txt").read_text()
        assert not (done.folder / "trials" / name / "error.txt").exists()
