"""Several objectives through real runs: the Pareto front, what follows a run, and a resume."""

import csv
import json
import signal
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from runner.__main__ import main
from tests.end_to_end.conftest import Run
from tests.end_to_end.test_resume import reports, start

pytestmark = pytest.mark.slow

CURVES = """
import tempfile, time
from pathlib import Path
from ray import tune


def curve(config):
    checkpoint, first = tune.get_checkpoint(), 1
    if checkpoint:
        first = int((Path(checkpoint.path) / "epoch").read_text()) + 1
    for epoch in range(first, 5):
        time.sleep(0.1)
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "epoch").write_text(str(epoch))
            x, y = config["x"], config["y"]
            gain = x * y * (1 - 0.5**epoch)
            report = {"gain/all": gain, "cost(s)": float("nan") if x > 0.95 else x + epoch * (1 - y)}
            tune.report(report, checkpoint=tune.Checkpoint.from_directory(folder))
"""
WORDS = [
    "experiment=null", "trainable=function", "trainable.import_path=curves:curve", "trainable.reuse_workers=true",
    "objective.metrics=[{metric: gain/all, mode: max}, {metric: cost(s), mode: min}]", "name=mine", "report=false",
    "seed=0", "search_space={x: 'uniform(0, 1)', y: 'uniform(0, 1)'}", "searcher=optuna", "searcher.sampler=nsgaii",
    "searcher.sampler_args={population_size: 4}", "scheduler=asha", "scheduler.reduction_factor=2",
    "scheduler.metric=gain/all", "scheduler.mode=max", "scheduler.grace_period=2",
    "budget={num_samples: 9, max_epochs: 4, max_concurrent: 1}",
]  # fmt: skip


def table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def unbeaten(points: dict[str, tuple[float, float]]) -> set[str]:
    """By the definition, the first coordinate the larger and the second the smaller the better."""
    return {
        name
        for name, (more, less) in points.items()
        if not any(a >= more and b <= less and (a, b) != (more, less) for a, b in points.values())
    }


def test_a_forest_that_is_right_and_small(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    done = run("experiment=forest", "seed=0")
    assert done.code == 0, done.err
    rows = done.rows("trials.csv")
    assert len(rows) == 24
    points = {row["trial"]: (float(row["best/accuracy"]), float(row["best/leaves"])) for row in rows}
    front = {row["trial"] for row in rows if row["pareto"] == "true"}
    assert front == unbeaten(points)
    assert len(front) > 1
    best = done.run / "best"
    assert [row["trial"] for row in table(best / "front.csv")] == sorted(front, key=lambda t: (-points[t][0], t))
    assert {path.name for path in best.iterdir()} == {"front.csv", *(f"{name}.yaml" for name in front)}
    chosen = min(front)
    written = yaml.safe_load((best / f"{chosen}.yaml").read_text())
    row = next(row for row in rows if row["trial"] == chosen)
    assert {key: str(value) for key, value in written.items()} == {key: row[f"config/{key}"] for key in written}
    assert f"{len(front)} trials that no other beats in accuracy (max), leaves (min)" in " ".join(done.out.split())
    page = (done.run / "report.html").read_text()
    assert "Pareto front" in page
    assert f"{chosen} (front)" in page
    assert (done.run / "plots" / "pareto_front.png").is_file()

    monkeypatch.chdir(project)
    assert main(["promote", "latest", "--name", "small"]) == 2
    told = capsys.readouterr().err
    assert f"{len(front)} trials are on the Pareto front" in told
    assert all(name in told for name in front)
    assert main(["promote", "latest", chosen, "--name", "small"]) == 0
    preset = (project / "conf" / "experiment" / "small.yaml").read_text()
    assert f"#   leaves = {points[chosen][1]!r} at iteration 1 (mode min)" in preset
    assert main(["confirm", "latest"]) == 2
    assert "several objectives, and the verdict of a confirmation is on one" in capsys.readouterr().err


def outcome(project: Path) -> tuple[Any, ...]:
    (folder,) = project.glob("outputs/mine/*")
    columns = ["trial", "config/x", "config/y", "state", "objective", "pareto", "iterations", "best/cost(s)", "reason"]
    trials = [[row[column] for column in columns] for row in table(folder / "trials.csv")]
    front = [{**row, "checkpoint": ""} for row in table(folder / "best" / "front.csv")]
    return trials, front, {path.name for path in (folder / "best").iterdir()}


def test_a_driver_that_is_killed_goes_on_as_if_it_had_not_been(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    undisturbed = tmp_path_factory.mktemp("undisturbed")
    for folder in (project, undisturbed):
        (folder / "curves.py").write_text(CURVES)
    command = start(project, *WORDS)
    while reports(project) < 17:
        time.sleep(0.02)
        assert command.poll() is None, (project / "out").read_text()
    command.send_signal(signal.SIGKILL)
    command.wait()
    assert start(project, "resume", "outputs/mine").wait(timeout=200) == 0, (project / "out").read_text()
    assert start(undisturbed, *WORDS).wait(timeout=200) == 0
    assert outcome(project) == outcome(undisturbed)
    (folder,) = project.glob("outputs/mine/*")
    assert (folder / "tune_2").is_dir()
    lines = (folder / "journal.jsonl").read_text().splitlines()
    events = [json.loads(line) for line in lines]
    assert all(set(event["objective"]) == {"gain/all", "cost(s)"} for event in events if event["kind"] == "ended")
    rows = table(folder / "trials.csv")
    points = {row["trial"]: (float(row["objective"]), float(row["best/cost(s)"])) for row in rows if row["objective"]}
    assert {row["trial"] for row in rows if row["pareto"]} == unbeaten(points)
    assert {row["state"] for row in rows} == {"completed", "stopped", "diverged"}
