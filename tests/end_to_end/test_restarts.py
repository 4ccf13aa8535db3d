"""Trials whose process is killed go on, from their newest checkpoint that is whole."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.end_to_end.conftest import Finished, Run
from tests.end_to_end.wandb_file import read_run

pytestmark = pytest.mark.slow
EPOCHS = 6
YOLO = [
    "experiment=null", "trainable=yolo", "trainable.model=yolo11n.yaml", "trainable.data=shapes", "name=mine",
    "trainable.train_args={imgsz: 64, batch: 8, optimizer: SGD, fraction: 0.2, plots: false, close_mosaic: 2}",
    "search_space={lr0: 'choice([0.01])', momentum: 'choice([0.8])'}", "trainable.curves=null",
    f"budget={{num_samples: 1, max_epochs: {EPOCHS}}}", "resources.gpu=0",
]  # fmt: skip
DYING = """
import os, tempfile
from pathlib import Path
from ray import tune
from runner.errors import OutOfMemoryError


def dies_once(config):
    checkpoint, first = tune.get_checkpoint(), 1
    if checkpoint:
        first = int((Path(checkpoint.path) / "epoch").read_text()) + 1
    for epoch in range(first, 7):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "epoch").write_text(str(epoch))
            kept = tune.Checkpoint.from_directory(folder) if epoch % 2 == 0 else None
            tune.report({"score": 1.0 / epoch if config["mode"] == "falling" else epoch}, checkpoint=kept)
        if epoch == 5 and first == 1:
            os._exit(1)


def dies(config):
    tune.report({"score": 1.0})
    os._exit(1)


def raises(config):
    tune.report({"score": 1.0})
    raise ValueError("nothing to be retried")


def out_of_memory(config):
    import torch

    tune.report({"score": 1.0})
    if config["x"] == 1:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")
    if config["x"] == 2:
        raise OutOfMemoryError("out of memory with batch=8: CUDA out of memory")
"""


@pytest.fixture(autouse=True)
def dying(project: Path) -> None:
    (project / "dying.py").write_text(DYING)


def kill_after(epoch: int, project: Path, harm: Callable[[Path], None] | None = None) -> Finished:
    """Run the training of YOLO, and kill its process after the report of `epoch`."""
    # To files: a pipe that nobody reads would fill up.
    with (project / "out").open("w") as out, (project / "err").open("w") as err:
        command = subprocess.Popen(
            [sys.executable, "-m", "runner", *YOLO], cwd=project, stdout=out, stderr=err, env=dict(os.environ)
        )
        pid, tune = process_of_trial(epoch, project, command)
        os.kill(pid, signal.SIGSTOP)
        if harm:
            harm(tune)
        os.kill(pid, signal.SIGKILL)
        command.wait(timeout=240)
    return Finished(command.returncode, (project / "out").read_text(), (project / "err").read_text(), project)


def process_of_trial(epoch: int, project: Path, command: "subprocess.Popen[bytes]") -> tuple[int, Path]:
    """The process whose report of `epoch` and its checkpoint are known, and Ray's folder of its trial."""
    while command.poll() is None:
        for table in project.glob("outputs/**/history.csv"):
            whole = (table.parent / "journal.jsonl").read_text().split("\n")[:-1]
            events = map(json.loads, whole)
            if any((event["kind"], event.get("iteration")) == ("checkpoint", epoch) for event in events):
                children = psutil.Process(command.pid).children(recursive=True)
                (process,) = (one for one in children if "ReportingTrainable" in " ".join(one.cmdline()))
                return process.pid, table.parent / "tune" / "trial_000"
        time.sleep(0.05)
    raise AssertionError((project / "err").read_text())


def check_whole(done: Finished) -> None:
    """Each epoch once, in their order, and weights that belong to the best of them."""
    assert done.code == 0, done.err
    assert [int(row["iteration"]) for row in done.rows("history.csv")] == list(range(1, EPOCHS + 1))
    assert [int(row["epoch"]) for row in done.rows("history.csv")] == list(range(1, EPOCHS + 1))
    (trial,) = done.rows("trials.csv")
    assert (trial["state"], trial["restarts"], trial["iterations"]) == ("completed", "1", str(EPOCHS))
    assert trial["checkpoint"] == "trials/trial_000/weights/best.pt"
    best = max(done.rows("history.csv"), key=lambda row: float(row["objective"]))
    assert float(trial["objective"]) == float(best["objective"])
    with (done.run / "trials" / "trial_000" / "results.csv").open() as file:
        assert [int(row["epoch"]) for row in csv.DictReader(file)] == list(range(1, EPOCHS + 1))
    assert not list((done.run / "tune").glob("**/checkpoint_*")), "its weights lie in its folder"
    assert json.loads((done.run / "trials" / "trial_000" / "applied.json").read_text())["mismatches"] == []


def lines(done: Finished) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (done.run / "decisions.jsonl").read_text().splitlines()]


def test_a_killed_training_goes_on_at_its_next_epoch(project: Path) -> None:
    epoch = 2
    done = kill_after(epoch, project)
    check_whole(done)
    restarted, ended = lines(done)
    assert (restarted["state"], restarted["rule"], ended["state"]) == ("restarted", "process_died", "completed")
    assert epoch <= restarted["iteration"] < EPOCHS
    assert "goes on from its last checkpoint" in " ".join(done.out.split())
    assert "random generators start a new stream" not in (done.run / "runner.log").read_text()
    assert "runs again" not in done.out
    assert "1 restarted after a process died" in " ".join(done.out.split())


def test_a_corrupt_checkpoint_is_passed_over_for_an_older_one(project: Path) -> None:
    def harm(tune: Path) -> None:
        newest = max(tune.glob("checkpoint_*"))
        content = bytearray((newest / "last.pt").read_bytes())
        content[len(content) // 2] ^= 1
        (newest / "last.pt").write_bytes(content)

    done = kill_after(3, project, harm)
    check_whole(done)
    assert "last.pt is not what was written" in (done.run / "runner.log").read_text()
    assert "runs again what no usable checkpoint held: epoch" in " ".join(done.out.split())


def test_without_a_usable_checkpoint_it_starts_again_and_says_so(project: Path) -> None:
    def harm(tune: Path) -> None:
        for folder in tune.glob("checkpoint_*"):
            (folder / "epoch.json").write_text("")

    done = kill_after(2, project, harm)
    check_whole(done)
    assert "runs again what no usable checkpoint held: epoch 1 to" in " ".join(done.out.split())


@pytest.mark.parametrize(("mode", "best"), [("falling", "1.0"), ("rising", "6")])
def test_epochs_that_are_run_again_replace_their_rows(run_function: Run, mode: str, best: str) -> None:
    done = run_function(
        "dies_once", "trainable.import_path=dying:dies_once", f"search_space={{mode: {mode}}}",
        "budget={num_samples: 1, max_epochs: 6}", "trainable.reuse_workers=false", "logger=[csv,wandb]",
        WANDB_MODE="offline",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert [int(row["iteration"]) for row in done.rows("history.csv")] == [1, 2, 3, 4, 5, 6]
    (trial,) = done.rows("trials.csv")
    assert (trial["state"], trial["restarts"], float(trial["objective"])) == ("completed", "1", float(best))
    assert trial["checkpoint"].startswith("tune/trial_000/checkpoint_")
    assert "iterations 6 of" in " ".join(done.out.split())
    (wandb,) = [read_run(folder) for folder in (done.run / "wandb").glob("offline-run-*")]
    assert [row["_step"] for row in wandb["history"]] == [1, 2, 3, 4, 5, 6]
    assert (wandb["tags"], wandb["exit_code"]) == (["completed"], 0)


def test_a_process_that_dies_again_and_again_fails_its_trial(run_function: Run) -> None:
    done = run_function(
        "dies", "trainable.import_path=dying:dies", "search_space={x: 1}", "trainable.reuse_workers=false",
        "budget={num_samples: 1, max_failures: 1}",
    )  # fmt: skip
    assert done.code == 1
    (trial,) = done.rows("trials.csv")
    assert (trial["state"], trial["restarts"], trial["reason"]) == ("failed", "1", "its process died 2 times")
    assert [line["state"] for line in lines(done)] == ["restarted", "failed"]


def test_an_error_is_not_retried(run_function: Run) -> None:
    done = run_function(
        "raises", "trainable.import_path=dying:raises", "search_space={x: 1}", "trainable.reuse_workers=false",
        "budget={num_samples: 1}",
    )  # fmt: skip
    assert done.code == 1
    (trial,) = done.rows("trials.csv")
    assert (trial["state"], trial["restarts"]) == ("failed", "0")
    assert trial["reason"] == "ValueError: nothing to be retried"


def test_out_of_memory_is_an_outcome_of_its_own(run_function: Run) -> None:
    done = run_function(
        "out_of_memory", "trainable.import_path=dying:out_of_memory", "search_space={x: 'grid([2, 1, 0])'}",
        "budget={num_samples: 1}", "logger=[csv,wandb]", WANDB_MODE="offline",
    )  # fmt: skip
    assert done.code == 0
    states = {row["trial"]: row["state"] for row in done.rows("trials.csv")}
    assert states == {"trial_000": "out_of_memory", "trial_001": "out_of_memory", "trial_002": "completed"}
    assert done.decisions["trial_000"]["rule"] == "out_of_memory"
    assert done.decisions["trial_000"]["detail"] == "out of memory with batch=8: CUDA out of memory"
    assert "2 out of memory" in " ".join(done.out.split())
    runs = {run["name"]: run for run in map(read_run, (done.run / "wandb").glob("offline-run-*"))}
    assert {name: (run["tags"], run["exit_code"]) for name, run in runs.items()} == {
        "trial_000": (["out_of_memory"], 1), "trial_001": (["out_of_memory"], 1), "trial_002": (["completed"], 0),
    }  # fmt: skip
    assert done.best == {"x": 0}
