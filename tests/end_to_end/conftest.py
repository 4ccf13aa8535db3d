"""Real runs of the command line in folders of their own."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.ray_mode import without_tokens

FUNCTIONS = '''
import time
from ray import tune


def line(config):
    """As many reports as config["reports"] says, rising by config["slope"]."""
    for epoch in range(config["reports"]):
        tune.report({"score": config["slope"] * (epoch + 1), "loss": 1.0 / (epoch + 1)})


def slow_line(config):
    for epoch in range(3):
        time.sleep(0.3)
        tune.report({"score": float(epoch)})


def taken(config):
    tune.report({"score": 1.0, "training_iteration": 50, "done": True})


def curve(config):
    for value in config["curve"]:
        tune.report({"score": value})


def rising(config):
    """A curve that x decides: the better one is better at every epoch."""
    for epoch in range(config["epochs"]):
        tune.report({"score": config["x"] * (1 - 0.8 ** (epoch + 1))})


def endless(config):
    epoch = 0
    while True:
        epoch += 1
        tune.report({"score": epoch * config.get("slope", 1.0)})


def slow(config):
    for epoch in range(200):
        time.sleep(0.2)
        tune.report({"score": float(epoch)})


def sometimes(config):
    if config["x"] > 1:
        raise ValueError(f"x={config['x']} is too large,\\nreally")
    return {"score": config["x"]}


def number(x):
    return x * 2


def silent(config):
    return None


def other_metric(config):
    return {"accuracy": 1.0}


def nan_sometimes(config):
    tune.report({"score": float("nan") if config["x"] == 1 else 0.5})


def whole(config):
    """Fails where a nested value or a numpy one reaches it."""
    assert type(config["model"]["width"]) is int, type(config["model"]["width"])
    assert config["model"]["name"] == "net"
    tune.report({"score": config["model"]["width"]})
'''


@dataclass
class Finished:
    """A command that ended."""

    code: int
    out: str
    err: str
    folder: Path

    @property
    def run(self) -> Path:
        """The only run folder below outputs/."""
        runs = [path.parent for path in self.folder.glob("outputs/**/history.csv")]
        assert len(runs) == 1, (runs, self.out, self.err)
        return runs[0]

    def rows(self, name: str) -> list[dict[str, str]]:
        with (self.run / name).open(newline="") as file:
            return list(csv.DictReader(file))

    @property
    def decisions(self) -> dict[str, dict[str, Any]]:
        """How each trial ended."""
        lines = [json.loads(line) for line in (self.run / "decisions.jsonl").read_text().splitlines()]
        lines = [line for line in lines if line["state"] != "promoted"]
        assert len({line["trial"] for line in lines}) == len(lines)
        return {line["trial"]: line for line in lines}

    @property
    def best(self) -> Any:
        return yaml.safe_load((self.run / "best" / "best.yaml").read_text())


Run = Callable[..., Finished]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A user's folder with functions of their own and nothing else."""
    (tmp_path / "mine.py").write_text(FUNCTIONS)
    return tmp_path


@pytest.fixture
def run(project: Path) -> Run:
    """Run `python -m runner` with words in the user's folder."""

    def command(*words: str, timeout: float = 240, **environment: str) -> Finished:
        done = subprocess.run(
            [sys.executable, "-m", "runner", *words],
            cwd=project,
            capture_output=True,
            check=False,
            text=True,
            timeout=timeout,
            env={**os.environ, **environment},
        )
        return Finished(done.returncode, done.stdout, done.stderr, project)

    return command


@pytest.fixture
def run_function(run: Run) -> Run:
    """Tune a function of the user's, or plan that: one preset-free experiment of a few short trials."""

    def do(function: str, *words: str, command: str = "tune", **options: Any) -> Finished:
        base = [
            "experiment=null", "trainable=function", f"trainable.import_path=mine:{function}",
            "trainable.reuse_workers=true", "objective.metric=score", "objective.mode=max", "name=mine",
            "report=false",
        ]  # fmt: skip
        given = {word.split("=")[0] for word in words}
        return run(command, *(word for word in base if word.split("=")[0] not in given), *words, **options)

    return do


@dataclass
class Ended:
    """An experiment that ended in the process of the tests."""

    code: int
    folder: Path
    told: str

    @property
    def states(self) -> list[str]:
        return [row["state"] for row in self.rows("trials.csv")]

    def rows(self, name: str) -> list[dict[str, str]]:
        with (self.folder / name).open(newline="") as file:
            return list(csv.DictReader(file))

    @property
    def decisions(self) -> list[dict[str, Any]]:
        """The last of each trial."""
        lines = [json.loads(line) for line in (self.folder / "decisions.jsonl").read_text().splitlines()]
        return list({line["trial"]: line for line in lines}.values())

    @property
    def best(self) -> Any:
        return yaml.safe_load((self.folder / "best" / "best.yaml").read_text())


Tune = Callable[..., Ended]


@contextmanager
def one_ray(project: Path, base: Sequence[str]) -> Iterator[Tune]:
    """Run experiments of a few short trials, all of them in one Ray, as the jobs of a multirun are.

    It saves the start of a process and of Ray for each: for tests that need nothing of the command line.
    """
    from rich.console import Console

    from runner.api.support.job import checked_job, new_folder
    from runner.api.support.run_job import run_job
    from runner.config.compose import compose
    from runner.config.hydra_loader import HydraLoader, packaged_conf
    from runner.translate.ray_session import ray_session

    before, path = Path.cwd(), list(sys.path)
    os.chdir(project)

    def do(*words: str) -> Ended:
        given = {word.split("=")[0] for word in words}
        typed = [*(word for word in base if word.split("=")[0] not in given), *words]
        job = checked_job(compose(typed, HydraLoader([packaged_conf()])))
        folder = new_folder(job, project)
        console = Console(width=2000, record=True)
        result = run_job(job, folder, project, available, console)
        return Ended(result.exit_code, folder.root, console.export_text())

    try:
        choice = checked_job(compose(list(base), HydraLoader([packaged_conf()]))).experiment.ray
        with without_tokens(), ray_session(choice, print) as available:
            yield do
    finally:
        os.chdir(before)
        sys.path[:] = path
