"""The presets that the README names, as it names them."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from runner.runs.explanation import Explanation
from runner.runs.folder import RunFolder
from runner.runs.run import Run as ReadRun
from tests.end_to_end.conftest import Run
from tests.end_to_end.wandb_file import read_run
from tests.runs.conftest import units_in

pytestmark = pytest.mark.slow

BCCD = Path(__file__).parents[3] / "shared" / "data" / "bccd" / "data.yaml"


def test_quickstart_finds_the_minimum(run: Run) -> None:
    done = run("experiment=quickstart", "report=false")
    assert done.code == 0, done.err
    assert done.best == {"a": 0.001, "b": 1}
    assert len(done.rows("trials.csv")) == 40
    assert {row["state"] for row in done.rows("trials.csv")} == {"completed"}
    assert "asha has nothing to stop" not in done.err


def test_digits_reaches_90_percent(run: Run) -> None:
    done = run("experiment=digits", "searcher=optuna", "scheduler=asha")
    assert done.code == 0, done.err
    assert max(float(row["accuracy"]) for row in done.rows("history.csv")) > 0.9
    assert "stopped" in {row["state"] for row in done.rows("trials.csv")}


def test_two_classifiers_are_tuned_with_parameters_of_their_own(run: Run) -> None:
    """Optuna's own sklearn_simple comes to 0.967, 0.973 and 0.98 after 40 trials, with three seeds."""
    done = run("experiment=iris", "seed=0", "report=false")
    assert done.code == 0, done.err
    trials = done.rows("trials.csv")
    assert max(float(row["accuracy"]) for row in done.rows("history.csv")) >= 0.96
    for row in trials:
        svc = row["config/classifier"] == "svc"
        assert (bool(row["config/C"]), bool(row["config/max_depth"])) == (svc, not svc)
    assert {row["config/classifier"] for row in trials} == {"svc", "forest"}


def test_keras_learns_with_what_hyperopt_proposes(run: Run) -> None:
    done = run("experiment=keras_digits", "budget={num_samples: 3, max_epochs: 3}", "scheduler=fifo", "report=false")
    assert done.code == 0, done.err
    assert max(float(row["accuracy"]) for row in done.rows("history.csv")) > 0.8
    assert {row["config/activation"] for row in done.rows("trials.csv")} <= {"relu", "tanh"}


def test_a_noisy_learner_runs_three_times_with_each_configuration(run: Run) -> None:
    done = run("experiment=gridworld", "budget={num_samples: 2, max_epochs: 5}", "report=false")
    assert done.code == 0, done.err
    rows = done.rows("trials.csv")
    alphas = [row["config/learner.alpha"] for row in rows]
    assert [alphas.count(alpha) for alpha in dict.fromkeys(alphas)] == [3, 3]
    assert len({row["last/reward"] for row in rows[:3]}) > 1, "each repeat has chance of its own"


def test_a_network_goes_on_from_the_weights_of_a_better_one(run: Run) -> None:
    words = ("budget={num_samples: 3, max_epochs: 4}", "scheduler.perturbation_interval=2", "resources.cpu=0.5")
    done = run("experiment=pbt_digits", "report=false", *words)
    assert done.code == 0, done.err
    decisions = [json.loads(line) for line in (done.run / "decisions.jsonl").read_text().splitlines()]
    assert "exploited" in {decision["state"] for decision in decisions}
    assert {(row["state"], row["iterations"]) for row in done.rows("trials.csv")} == {("completed", "4")}


def test_multirun_runs_every_job_and_compares_them(run: Run, project: Path) -> None:
    done = run("-m", "experiment=quickstart", "searcher=random", "scheduler=fifo,asha", "budget.num_samples=2")
    assert done.code == 0, done.err
    root = next((project / "outputs" / "multirun" / "quickstart").iterdir())
    assert sorted(path.name for path in root.glob("job_*")) == ["job_0", "job_1"]
    lines = (root / "comparison.csv").read_text().splitlines()
    assert len(lines) == 3
    assert "scheduler=asha" in lines[2]
    assert "asha has nothing to stop" in done.err
    for job in root.glob("job_*"):
        trials = (job / "trials.csv").read_text()
        assert trials.count(",completed,") == 8
    assert "comparison.csv" in done.out
    assert f"report: {(root / 'comparison.html').relative_to(project)}" in done.out
    page = (root / "comparison.html").read_text()
    assert '<a href="job_0/report.html">0: scheduler=fifo' in page
    assert (root / "job_0" / "report.html").is_file()


def test_a_job_that_fails_does_not_hide_the_others(run: Run, project: Path) -> None:
    done = run(
        "-m", "experiment=null", "trainable=function", "trainable.import_path=mine:silent,mine:sometimes",
        "objective.metric=score", "objective.mode=max", "search_space.x=uniform(0,1)", "budget.num_samples=1",
        "report=false",
        "name=mine",
    )  # fmt: skip
    assert done.code == 1
    root = next((project / "outputs" / "multirun" / "mine").iterdir())
    rows = (root / "comparison.csv").read_text().splitlines()
    assert len(rows) == 3
    assert "ended without a report" in rows[1]


def test_jobs_on_different_rays_are_refused(run: Run) -> None:
    done = run("-m", "experiment=quickstart", "report=false", "ray=local,cluster")
    assert done.code == 2
    assert "Ray starts once for all" in done.err
    assert not (done.folder / "outputs").exists()


def started(project: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "runner", *words],
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def ended(process: subprocess.Popen[str]) -> str:
    """Everything that it printed; a process that does not end within 60 s is killed, and the test fails."""
    with process:
        try:
            return process.communicate(timeout=60)[0]
        except subprocess.TimeoutExpired:
            process.kill()
            raise


@pytest.mark.parametrize("ending", ["SIGINT", "SIGTERM to the whole group"])
def test_a_signal_stops_cleanly_and_keeps_the_state(project: Path, ending: str) -> None:
    words = [
        "experiment=null", "trainable=function", "trainable.import_path=mine:slow", "objective.metric=score",
        "objective.mode=max", "search_space.x=uniform(0,1)", "budget.num_samples=4", "name=mine",
    ]  # fmt: skip
    process = started(project, *words)
    deadline = time.monotonic() + 60
    while (
        not any(path.read_text().count("\n") > 3 for path in project.glob("outputs/mine/*/history.csv"))
        and time.monotonic() < deadline
    ):
        time.sleep(0.2)
    if ending == "SIGINT":
        os.kill(process.pid, signal.SIGINT)
    else:
        os.killpg(process.pid, signal.SIGTERM)
    out = ended(process)
    assert process.returncode == 130, out
    run = next((project / "outputs" / "mine").iterdir())
    decisions = (run / "decisions.jsonl").read_text()
    assert '"state": "interrupted"' in decisions
    assert (run / "best" / "best.yaml").exists()
    assert "interrupted" in out
    assert ("ctrl-c again to leave now" in out) == (ending == "SIGINT")


STARTING = """
import os, signal, sys
import ray._private.node, ray._private.worker
from runner.__main__ import main


def signalled(function):
    def do(*given, **options):
        os.kill(os.getpid(), signal.Signals[sys.argv[1]])
        return function(*given, **options)

    return do


ray._private.node.Node.start_head_processes = signalled(ray._private.node.Node.start_head_processes)
ray._private.worker.connect = signalled(ray._private.worker.connect)
sys.exit(main(["experiment=quickstart"]))
"""
"""The signal comes twice while Ray starts: before its processes, and when they are there."""


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_while_ray_starts_leaves_nothing(project: Path, name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", STARTING, name], cwd=project, capture_output=True, check=False, text=True, timeout=120
    )
    assert (done.returncode, done.stderr) == (130, "interrupted\n"), done.stdout
    assert not list(project.glob("outputs/quickstart/*"))


def test_more_than_the_machine_has_is_refused_and_leaves_nothing(run: Run) -> None:
    done = run("experiment=quickstart", "resources.cpu=1000")
    assert done.code == 2
    assert "a trial asks for 1000 CPU" in done.err
    assert not list(done.folder.glob("outputs/quickstart/*"))


def test_the_main_job_shrunk_with_every_logger(run: Run) -> None:
    """The default experiment, a trial of the defaults, outside of the space, and one that is named; W&B offline.

    The objective is the learning rate itself, which is the lower in the second trial, whatever the trainings come to.
    """
    done = run(
        "objective.metric=lr/pg0",
        "objective.mode=min",
        "logger=[csv,json,tensorboard,wandb]",
        "budget={num_samples: 2, max_epochs: 3, max_concurrent: 1}",
        "scheduler={grace_period: 1, reduction_factor: 2}",
        "search_space.box.upper=7",
        "searcher.points_to_evaluate=[{lr0: 0.002, box: 6.5}]",
        WANDB_MODE="offline",
    )
    assert done.code == 0, done.out + done.err
    trials = done.rows("trials.csv")
    assert len(trials) == 2
    for trial in trials:
        rows = [row for row in done.rows("history.csv") if row["trial"] == trial["trial"]]
        assert [int(row["iteration"]) for row in rows] == list(range(1, int(trial["iterations"]) + 1))
        assert [int(row["epoch"]) for row in rows] == list(range(1, len(rows) + 1))
        folder = done.run / "trials" / trial["trial"]
        assert (folder / "args.yaml").exists()
        assert len(rows) == 3
        assert (folder / "weights" / "best.pt").exists()
    assert {trial["state"] for trial in trials} == {"completed"}
    values = [tuple(float(row[f"config/{key}"]) for key in ("lr0", "box", "fliplr")) for row in trials]
    assert values == [(0.01, 7.5, 0.5), (0.002, 6.5, 0.5)]
    assert [trial["note"] for trial in trials] == ["defaults", ""]
    assert re.search(r"\bgain [\d.e-]+ over the defaults: .* of trial_000 ", " ".join(done.out.split()))
    assert (done.run / "best" / "best.pt").exists()
    offline = sorted(path.name for path in (done.run / "wandb").glob("offline-run-*"))
    assert [name.rsplit("-", 1)[-1] for name in offline] == ["trial_000", "trial_001"]
    curves = {"BoxPR_curve.png", "MaskF1_curve.png", "confusion_matrix_normalized.png", "results.png"}
    for path in (done.run / "wandb").glob("offline-run-*"):
        wandb = read_run(path)
        kept = wandb["artifacts"]
        assert set(kept["model"]) == {"best.pt"}
        assert {"args.yaml", "results.csv"} <= set(kept["files"])
        best = wandb["name"] == "trial_001"
        assert curves & set(kept["files"]) == (curves if best else set()), "training drew none: plots are off"
    for name in ("progress.csv", "result.json", "events.out.tfevents.*"):
        assert len(list((done.run / "tune").glob(f"trial_*/{name}"))) == 2, name


def test_the_guide_shrunk_with_the_curves_of_a_stopped_trial_in_wandb(run: Run) -> None:
    """A trial to its end and one that asha stops, W&B offline: every group of metrics, tags, files and pictures."""
    done = run(
        "experiment=yolo11_seg_guide", "seed=0", "trainable.data=shapes", "trainable.model=yolo11n-seg.yaml",
        "trainable={train_metrics: {every: 1}, curves: each}", "resources.gpu=0",
        "trainable.train_args={imgsz: 64, nbs: 8, fraction: 16, close_mosaic: 0, patience: 2}",
        # the learning rate itself, which falls: patience ends the first trial, and asha stops the second
        "objective={metrics: [{metric: lr/pg0, mode: max}]}", "searcher=random", "search_space.batch=8",
            "searcher={points_to_evaluate: [], defaults_first: false}",
        "search_space={lr0: 'grid([0.003, 0.000001])', warmup_epochs: 0}", "scheduler.grace_period=1",
        "budget={num_samples: 1, max_epochs: 4, max_concurrent: 1}",
        WANDB_MODE="offline",
    )  # fmt: skip
    assert done.code == 0, done.out + done.err
    assert "1 completed (patience 1), 1 stopped (asha 1)" in done.out
    patience = "ended by Ultralytics, whose patience=2 was over, after epoch 3 of 4"
    assert done.rows("trials.csv")[0]["reason"] == done.decisions["trial_000"]["detail"] == patience
    story = " ".join(text for _, text in Explanation(ReadRun(RunFolder(done.run))).of_run())
    for told in (done.out, story, *(end["detail"] for end in done.decisions.values())):
        assert units_in(told) == {"epoch"}
    full, stopped = [read_run(path) for path in sorted((done.run / "wandb").glob("offline-run-*"))]
    assert (full["tags"], stopped["tags"]) == (["completed", "patience"], ["stopped", "asha"])
    assert (len(full["history"]), len(stopped["history"])) == (3, 1)
    short = {"F1", "precision", "recall", "map50", "map50_95"}
    for group in ("seg_metrics", "box_metrics", "train_seg_metrics", "train_box_metrics"):
        assert {f"{group}/{name}" for name in short} <= set(full["history"][0]) & set(stopped["history"][0])
    for group in ("train", "val"):
        assert {f"{group}/{part}_loss" for part in ("box", "seg", "cls", "dfl")} <= set(full["history"][0])
    told = {"lr0": 0.003, "model": "yolo11n-seg.yaml", "data": "shapes", "task": "segment", "imgsz": 64, "nbs": 8,
            "fraction": 16, "epochs": 4, "seed": 0}  # fmt: skip
    assert {key: full["config"].get(key) for key in told} == told
    kinds = [f"{part}{kind}_curve" for part in ("Box", "Mask") for kind in ("F1", "P", "R", "PR")]
    pictures = {*kinds, "confusion_matrix", "confusion_matrix_normalized", "results", "labels"}
    for wandb in (full, stopped):
        files = {**wandb["artifacts"]["model"], **wandb["artifacts"]["files"]}
        assert {Path(name).stem for name in files} == {*pictures, "best", "args", "results"}
        assert {"best.pt", "args.yaml", "results.csv"} <= set(files)
        assert all(path.is_relative_to(done.run / "trials" / wandb["name"]) for path in files.values())
        assert {f"curves/{name}/path" for name in pictures} <= set(wandb["history"][-1])
    assert not list(done.run.glob("trials/*/.curves"))


@pytest.mark.skipif(not BCCD.is_file(), reason="the blood cell images are not beside the project (../shared/data/bccd)")
def test_real_images_are_trained_on(run: Run) -> None:
    done = run(
        "experiment=bccd", f"trainable.data={BCCD}", "budget.num_samples=1", "budget.max_epochs=2",
        "trainable.train_args.imgsz=96", "trainable.train_args.fraction=0.2", "scheduler=fifo",
    )  # fmt: skip
    assert done.code == 0, done.out + done.err
    assert all("metrics/mAP50-95(B)" in row for row in done.rows("history.csv"))
    assert len(done.rows("history.csv")) == 2
