"""What Weights & Biases may do to an experiment: nothing, for longer than its bound."""

import sys
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from runner.config.objective import Objective, Target
from runner.config.registry import LOGGERS
from runner.runs.decisions import Decision
from runner.runs.folder import RunFolder
from runner.runs.record import Record
from runner.runs.trial import TrialState
from runner.trainables.function import Function

pytestmark = pytest.mark.slow


class Trial:
    """What the callback reads of Ray's trial."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.trial_id = name
        self.config = {"x": 1}

    def __str__(self) -> str:
        return self.name


class Run:
    """Keeps what is written to it."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.id, self.tags = options["id"], tuple(options["tags"] or ())
        self.rows: list[tuple[int, dict[str, Any]]] = []
        self.summary: dict[str, Any] = {}
        self.notes = ""
        self.exit_code: int | None = None

    def log(self, row: dict[str, Any], step: int) -> None:
        self.rows.append((step, row))

    def finish(self, exit_code: int) -> None:
        self.exit_code = exit_code


class Wandb(ModuleType):
    """In the place of the package: `hangs` until the test is over where it is told to, or refuses."""

    def __init__(self) -> None:
        super().__init__("wandb")
        self.over = threading.Event()
        self.hangs = ""
        self.refuses = False
        self.runs: list[Run] = []
        self.torn_down = False

    Settings = SimpleNamespace

    def init(self, **options: Any) -> Run:
        if self.refuses:
            raise OSError("no route to host")
        self.wait("init")
        self.runs.append(Run(options))
        finish = self.runs[-1].finish
        self.runs[-1].finish = lambda exit_code: (self.wait("finish"), finish(exit_code))  # type: ignore[method-assign]
        return self.runs[-1]

    def wait(self, step: str) -> None:
        if step == self.hangs:
            self.over.wait(60)

    def teardown(self) -> None:
        self.torn_down = True
        self.over.wait(60)


@pytest.fixture
def wandb(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wandb]:
    module = Wandb()
    monkeypatch.setitem(sys.modules, "wandb", module)
    monkeypatch.setenv("WANDB_ERROR_REPORTING", "false")
    yield module
    module.over.set()
    for thread in threading.enumerate():
        if thread.name.startswith("W&B"):
            thread.join(10)  # it must not import the real one meanwhile


class Play:
    """The record and the callback, told of the same events in the order in which Ray tells them."""

    def __init__(self, folder: Path, finish_timeout: float = 0.5) -> None:
        run = RunFolder.create(folder, "mine", datetime(2026, 1, 2))
        self.record = Record(run, Objective((Target("score", "max"),)), expected_trials=None, max_epochs=None)
        self.told: list[str] = []
        budget = SimpleNamespace(max_epochs=None)
        experiment = SimpleNamespace(trainable=Function(import_path="mine:line"), budget=budget, seed=3)
        options = {"project": "p", "group": "g", "tags": ["mine"], "finish_timeout": finish_timeout}
        self.runs = LOGGERS.get("wandb").build(experiment, self.record, folder, self.told.append, **options)

    def start(self, name: str, **config: Any) -> None:
        trial = Trial(name)
        trial.config |= config
        self.record.started(name, trial.config)
        self.runs.on_trial_start(0, [], trial)

    def report(self, name: str, iteration: int, **config: Any) -> None:
        trial = Trial(name)
        trial.config |= config
        self.record.reported(name, iteration, {"score": 1.0, "objective": 1.0})
        self.runs.on_trial_result(0, [], trial, {"score": 1.0, "training_iteration": iteration})

    def end(self, name: str, state: TrialState, rule: str) -> None:
        self.record.ended(name, state, Decision(name, 1, rule, None, None, f"ended by {rule}"))
        self.runs.on_trial_complete(0, [], Trial(name))


@pytest.mark.parametrize("step", ["init", "finish"])
def test_a_server_that_hangs_holds_no_report_and_the_end_for_its_bound_in_all(
    step: str, wandb: Wandb, tmp_path: Path
) -> None:
    wandb.hangs = step
    play = Play(tmp_path)
    before = time.monotonic()
    names = [f"trial_{number}" for number in range(20)]
    for name in names:
        play.start(name)
        play.report(name, 1)
        play.end(name, TrialState.COMPLETED, "end")
    play.record.close()
    play.runs.close()
    assert 0.4 < time.monotonic() - before < 6, "half a second for all of them, not for each"
    assert len(play.told) == 1
    assert f"{', '.join(names)} after logger.wandb.finish_timeout=0.5 s" in play.told[0]
    assert wandb.torn_down, "else the exit of the interpreter waits for the uploads"


def test_a_failure_is_told_and_the_next_trial_has_its_run(wandb: Wandb, tmp_path: Path) -> None:
    play = Play(tmp_path)
    wandb.refuses = True
    play.start("trial_0")
    play.report("trial_0", 1)
    play.end("trial_0", TrialState.COMPLETED, "end")
    play.runs.close()
    wandb.refuses = False
    play.start("trial_1")
    play.runs.close()
    assert play.told == ["W&B has not all of trial_0: OSError: no route to host"]
    assert [run.id for run in wandb.runs] == ["mine-2026-01-02_00-00-00-trial_1"]


def test_a_trial_that_goes_on_after_a_failure_keeps_its_run_and_no_row_twice(wandb: Wandb, tmp_path: Path) -> None:
    play = Play(tmp_path)
    play.start("trial_0")
    for iteration in (1, 2, 3):
        play.report("trial_0", iteration)
    play.start("trial_0")
    for iteration in (2, 3, 4):
        play.report("trial_0", iteration)
    play.end("trial_0", TrialState.STOPPED, "asha")
    play.runs.close()
    (run,) = wandb.runs
    assert [step for step, _ in run.rows] == [1, 2, 3, 4]
    assert run.tags == ("mine", "stopped", "asha")
    assert run.exit_code == 0
    assert play.told == []


def test_a_trial_that_waits_and_is_changed_keeps_its_run(wandb: Wandb, tmp_path: Path) -> None:
    play = Play(tmp_path)
    play.start("trial_0")
    play.report("trial_0", 1)
    play.record.paused(Decision("trial_0", 1, "pbt", 1.0, None, "others come first"))
    play.start("trial_1")
    play.end("trial_1", TrialState.COMPLETED, "end")
    play.start("trial_0", x=2)
    play.report("trial_0", 2, x=2)
    play.end("trial_0", TrialState.COMPLETED, "end")
    play.runs.close()
    first, _ = wandb.runs
    assert [step for step, _ in first.rows] == [1, 2]
    assert [row.get("config/x") for _, row in first.rows] == [None, 2]
    assert play.told == []


def test_what_the_end_of_the_experiment_cuts_off_is_interrupted(wandb: Wandb, tmp_path: Path) -> None:
    play = Play(tmp_path)
    play.start("trial_0")
    play.report("trial_0", 1)
    play.record.close()
    play.runs.close()
    (run,) = wandb.runs
    assert (run.tags, run.exit_code) == (("mine", "interrupted"), 1)
    assert run.summary["end/reason"] == run.notes == "the run was interrupted"


def test_a_report_after_the_recorded_end_is_left_out(wandb: Wandb, tmp_path: Path) -> None:
    """The time budget ends trials in the record at once; Ray may have one more result of them."""
    play = Play(tmp_path)
    for name in ("trial_0", "trial_1"):
        play.start(name)
        play.report(name, 1)
    play.record.ended("trial_0", TrialState.STOPPED, Decision("trial_0", 1, "budget.time_budget", None, 1, "used up"))
    play.report("trial_1", 2)
    play.report("trial_0", 2)
    play.record.close()
    play.runs.close()
    assert [[step for step, _ in run.rows] for run in wandb.runs] == [[1], [1, 2]]


def test_nothing_of_it_fails_where_wandb_is_disabled(tmp_path: Path) -> None:
    from runner.runs.trial import Trial
    from runner.translate.callbacks.tracked_run import TrackedRun
    from runner.translate.loggers.wandb import Wandb

    weights, picture = tmp_path / "best.pt", tmp_path / "results.png"
    weights.write_bytes(b"weights")
    _picture(picture)
    told: list[str] = []
    tracker = Wandb(tmp_path / "mine" / "run", {"project": "p", "mode": "disabled"}, finish_timeout=10)
    run = TrackedRun("trial_0", "W&B", lambda: tracker.start("trial_0", {}), told.append)
    run.log({"score": 1.0}, step=1)
    run.finish(Trial("trial_0", {}, 0.0, state=TrialState.COMPLETED, rule="end"), [weights, picture])
    assert run.join(30)
    assert told == []


def _picture(path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (8, 8)).save(path)
