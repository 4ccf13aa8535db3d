"""A trial that goes on continues its random numbers: it reports what it would have reported undisturbed."""

import json
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Finished, Run

pytestmark = pytest.mark.slow
EPOCHS = 12
DRAWS = """
import os, random, signal, tempfile
from pathlib import Path
import numpy, psutil, torch
from ray import tune

HERE = Path(__file__).parent


def first_time(name):
    try:
        (HERE / name).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def draw(config):
    checkpoint, first = tune.get_checkpoint(), 1
    if checkpoint:
        first = int((Path(checkpoint.path) / "epoch").read_text()) + 1
    for epoch in range(first, 13):
        drawn = {"python": random.random(), "numpy": numpy.random.random(), "torch": torch.rand(1).item()}
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "epoch").write_text(str(epoch))
            kept = tune.Checkpoint.from_directory(folder) if epoch % config["every"] == 0 else None
            tune.report({"score": config["x"] * epoch, **drawn}, checkpoint=kept)
        if config["x"] == 2 and epoch == 5 and first_time("died"):
            os._exit(1)
        if config["x"] == 2 and epoch == 8 and first_time("killed"):
            driver = next(one for one in psutil.Process().parents() if "runner" in one.cmdline())
            driver.send_signal(signal.SIGKILL)
            driver.wait()
            os._exit(1)
"""
WORDS = (
    "trainable.import_path=draws:draw",
    "search_space.x=grid([1,2,3,4,5,6])",
)


def drawn(done: Finished, trial: str) -> list[tuple[str, str, str]]:
    rows = [row for row in done.rows("history.csv") if row["trial"] == trial]
    assert [int(row["iteration"]) for row in rows] == list(range(1, len(rows) + 1))
    return [(row["python"], row["numpy"], row["torch"]) for row in rows]


def test_a_trial_goes_on_with_its_random_numbers(run_function: Run, run: Run, project: Path) -> None:
    """The second trial's process dies after epoch 5, the driver after its epoch 8; then trials that are paused."""
    (project / "draws.py").write_text(DRAWS)
    budget = f"budget={{num_samples: 1, max_epochs: {EPOCHS}, max_concurrent: 1}}"
    killed = run_function(
        "draw",
        *WORDS,
        "search_space.x=grid([1,2])",
        "search_space.every=3",
        budget,
        "trainable.reuse_workers=false",
    )
    assert killed.code == -9
    assert len(killed.rows("history.csv")) == EPOCHS + 8
    done = run("resume", "latest")
    assert done.code == 0, done.err
    undisturbed, restarted = drawn(done, "trial_000"), drawn(done, "trial_001")
    assert len(undisturbed) == EPOCHS
    assert all(len(set(library)) == EPOCHS for library in zip(*undisturbed, strict=True))
    assert restarted == undisturbed
    assert [row["restarts"] for row in done.rows("trials.csv")] == ["0", "1"]
    assert "random generators start a new stream" not in (done.run / "runner.log").read_text()
    done.run.rename(project / "first")
    paused = run_function(
        "draw", *WORDS, "search_space.every=1", f"budget={{num_samples: 1, max_epochs: {EPOCHS}}}",
        "scheduler=hyperband", "trainable.checkpoint_every=1", "resources.cpu=0.5",
    )  # fmt: skip
    assert paused.code == 0, paused.err
    lines = [json.loads(line) for line in (paused.run / "decisions.jsonl").read_text().splitlines()]
    assert "paused" in {line["state"] for line in lines}
    series = [drawn(paused, row["trial"]) for row in paused.rows("trials.csv")]
    assert max(map(len, series)) == EPOCHS
    assert all(one == undisturbed[: len(one)] for one in series)
