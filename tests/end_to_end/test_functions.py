"""Functions of the user's, tuned for real."""

import socket
import time
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Run
from tests.end_to_end.wandb_file import read_run

pytestmark = pytest.mark.slow


def test_a_failing_trial_is_told_and_does_not_end_the_others(run_function: Run) -> None:
    done = run_function("sometimes", "search_space.x=grid([0, 1, 2])", "budget.num_samples=1")
    assert done.code == 0, done.err
    states = {row["config/x"]: row["state"] for row in done.rows("trials.csv")}
    assert states == {"0": "completed", "1": "completed", "2": "failed"}
    failed = next(row for row in done.rows("trials.csv") if row["state"] == "failed")
    assert "x=2 is too large" in (done.run / "trials" / failed["trial"] / "error.txt").read_text()
    assert "is too large" in done.out
    assert "; trials took " in done.out
    assert done.out.splitlines()[-1].startswith("the command took "), "with the start of Ray"
    assert done.best == {"x": 1}
    assert done.decisions[failed["trial"]]["rule"] == "error"


@pytest.mark.parametrize(
    ("function", "words", "reason"),
    [
        ("silent", (), "ended without a report"),
        ("other_metric", (), "lacks the objective's metric 'score'; it holds accuracy"),
    ],
)
def test_an_experiment_without_a_result_exits_1_with_the_reason(
    run_function: Run, function: str, words: tuple[str, ...], reason: str
) -> None:
    done = run_function(function, "search_space.x=uniform(0,1)", "budget.num_samples=2", *words)
    assert done.code == 1
    assert reason in " ".join(done.out.split())
    assert "ReportError" not in done.out
    assert {row["state"] for row in done.rows("trials.csv")} == {"failed"}
    assert not (done.run / "best" / "best.yaml").exists()


def test_wandb_offline_holds_a_finished_run_for_each_trial(run_function: Run) -> None:
    """Stopped, failed and completed ones; a deterministic id, the trial's name, grouped; no key in any file."""
    key = "0123456789abcdef" * 3
    done = run_function(
        "curve",
        "search_space={curve: 'grid([[2, 3, 4], [1, 1, 1], [5, None, 5]])'}",
        "scheduler=asha",
        "budget={num_samples: 1, max_epochs: 3, max_concurrent: 1}",
        "logger=[wandb]",
        "logger.wandb={mode: offline, tags: [mine]}",
        WANDB_API_KEY=key,
    )
    states = [row["state"] for row in done.rows("trials.csv")]
    assert states == ["completed", "stopped", "failed"], done.out
    folders = sorted((done.run / "wandb").glob("offline-run-*"))
    runs = [read_run(folder) for folder in folders]
    names = ["trial_000", "trial_001", "trial_002"]
    assert [run["name"] for run in runs] == names
    assert [run["id"] for run in runs] == [f"mine-{done.run.name}-{name}" for name in names]
    assert {run["group"] for run in runs} == {f"mine/{done.run.name}"}
    assert [run["exit_code"] for run in runs] == [0, 0, 1]
    assert [run["tags"] for run in runs] == [["mine", "completed"], ["mine", "stopped", "asha"], ["mine", "failed"]]
    for run in runs:
        decision = done.decisions[run["name"]]
        told = [run["summary"][f"end/{key}"] for key in ("state", "rule", "reason")]
        assert told == [decision[key] for key in ("state", "rule", "detail")]
        assert run["notes"] == decision["detail"]
    assert [[row["score"] for row in run["history"]] for run in runs] == [[2, 3, 4], [1], [5]]
    assert "wandb sync outputs/mine/" in done.out
    holding = [path for path in done.run.rglob("*") if path.is_file() and key.encode() in path.read_bytes()]
    assert holding == []


def test_a_wandb_server_that_never_answers_holds_the_experiment_for_its_bound(run_function: Run) -> None:
    """Nor the exit of the process, in which wandb has work of its own to do."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        before = time.monotonic()
        done = run_function(
            "line", "search_space={slope: 1.0, reports: 3}", "budget.num_samples=4", "logger=[wandb]",
            "logger.wandb={mode: online, finish_timeout: 2}",
            WANDB_API_KEY="0123456789abcdef" * 3, WANDB_BASE_URL=f"http://127.0.0.1:{server.getsockname()[1]}",
        )  # fmt: skip
        assert time.monotonic() - before < 60
    assert done.code == 0, done.err
    assert [row["state"] for row in done.rows("trials.csv")] == ["completed"] * 4
    assert "W&B has not all of trial_00" in " ".join(done.out.split())


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("searcher.sampler_args.foo=1",), "unexpected keyword argument 'foo'"),
        (("searcher.sampler_args.seed=1",), "seed"),
        (("searcher.sampler=qmc", "searcher.sampler_args.qmc_type=bogus"), "bogus"),
        (("ray=cluster", "ray.address=127.0.0.1:1"), "no Ray cluster at 127.0.0.1:1"),
        (("logger=[wandb]", "logger.wandb.mode=offline", "logger.wandb.project='a/b'"), "logger.wandb.project"),
    ],
)
def test_what_only_a_library_knows_is_refused_before_the_start(
    run_function: Run, words: tuple[str, ...], message: str
) -> None:
    done = run_function("number", "searcher=optuna", "search_space.x=uniform(0,1)", *words)
    assert done.code == 2
    assert message in done.err
    assert "Traceback" not in done.err
    assert not list(done.folder.glob("outputs/mine/*"))


def test_names_that_ray_writes_itself_are_refused(run_function: Run) -> None:
    done = run_function("taken", "search_space.x=uniform(0,1)", "budget.num_samples=1")
    assert done.code == 1
    assert "Ray writes done, training_iteration into every report" in " ".join(done.out.split())


def test_a_rung_at_the_last_epoch_stops_nothing(run_function: Run) -> None:
    done = run_function(
        "line",
        "search_space={slope: 'grid([2.0, 1.0])', reports: 4}",
        "scheduler=asha",
        "scheduler={grace_period: 4, reduction_factor: 2}",
        "budget={num_samples: 1, max_epochs: 4, max_concurrent: 1}",
    )
    assert "asha has nothing to stop" in done.err
    assert {d["state"] for d in done.decisions.values()} == {"completed"}


def test_the_same_seed_gives_the_same_proposals(run_function: Run, project: Path) -> None:
    done = run_function(
        "sometimes", "-m", "searcher=random,optuna", "seed=3,3,4", "budget={num_samples: 4, max_concurrent: 1}",
        "search_space={x: uniform(0, 1), y: loguniform(1e-4, 1)}",
    )  # fmt: skip
    assert done.code == 0, done.err
    seen = [
        [line.split(",")[2:4] for line in path.read_text().splitlines()]
        for path in sorted(project.glob("outputs/multirun/mine/*/job_*/trials.csv"))
    ]
    assert len(seen) == 6
    assert seen[0] == seen[1] != seen[2]
    assert seen[3] == seen[4] != seen[5]
