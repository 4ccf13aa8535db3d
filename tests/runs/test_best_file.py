"""best.yaml trains the winner again, and still serves as a point."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from runner.config.objective import Objective, Target
from runner.runs.best_file import BestFile
from runner.runs.folder import RunFolder
from runner.runs.points_file import read_points
from runner.runs.record import Record, TrialState
from runner.runs.run import Run
from tests.runs.conftest import Clock, Play


def retraining(parameters: Mapping[str, Any], folder: Path) -> tuple[str, Mapping[str, Any]]:
    return f"train it as {folder.name}", {"model": "a.yaml", "optimizer": "AdamW", "lr0": 0.5, **parameters}


FILE = BestFile(("lr0", "m.n"), retraining)


def test_it_holds_everything_with_the_parameters_apart(run: RunFolder, objective: Objective, clock: Clock) -> None:
    play = Play(Record(run, objective, expected_trials=1, max_epochs=1, best_file=FILE, clock=clock), clock)
    play.trial("t0", [0.7], lr0=1e-5, m={"n": 2}, batch=8)
    play.end("t0")
    text = run.best_yaml.read_text()
    parameters = {"lr0": 1e-5, "m": {"n": 2}, "batch": 8}
    assert yaml.safe_load(text) == {**parameters, "model": "a.yaml", "optimizer": "AdamW"}
    assert text.splitlines()[:3] == [
        "# t0: accuracy = 0.7 at iteration 1 (mode max)", "# train it as t0", "# searched: lr0, m.n"
    ]  # fmt: skip
    assert read_points(run.best_yaml) == [parameters]
    assert Run(run).best_parameters == parameters


def test_so_does_the_file_of_each_trial_of_a_front(run: RunFolder, clock: Clock) -> None:
    objective = Objective((Target("accuracy", "max"), Target("train/loss", "min")))
    play = Play(Record(run, objective, expected_trials=1, max_epochs=1, best_file=FILE, clock=clock), clock)
    play.trial("t0", [0.7], lr0=0.1)
    play.end("t0", TrialState.COMPLETED)
    assert yaml.safe_load(run.front_yaml("t0").read_text()) == {"lr0": 0.1, "model": "a.yaml", "optimizer": "AdamW"}
    assert read_points(run.front_yaml("t0")) == [{"lr0": 0.1}]


def test_of_one_configuration_it_is_not_empty(run: RunFolder, objective: Objective, clock: Clock) -> None:
    file = BestFile((), retraining)
    play = Play(Record(run, objective, expected_trials=1, max_epochs=1, best_file=file, clock=clock), clock)
    play.trial("t0", [0.7])
    assert yaml.safe_load(run.best_yaml.read_text()) == {"model": "a.yaml", "optimizer": "AdamW", "lr0": 0.5}
    with pytest.raises(ValueError, match="holds no parameter that was searched"):
        read_points(run.best_yaml)
