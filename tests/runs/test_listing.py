"""The list of runs."""

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import pytest

from runner.__main__ import main
from runner.commands.arguments import parse
from runner.config.objective import Objective
from runner.errors import ConfigError
from runner.runs.folder import MultirunFolder, RunFolder
from runner.runs.journal import Event, Journal
from runner.runs.record import Record, TrialState

from .conftest import Clock, Play

CONFIG: dict[str, Any] = {
    "objective": {"metrics": [{"metric": "accuracy", "mode": "max"}]}, "budget": {"max_epochs": 2},
    "searcher": {"name": "random"}, "scheduler": {"name": "fifo"}, "search_space": None,
}  # fmt: skip


def a_run(
    folder: RunFolder, name: str, when: int, *states: TrialState, left: bool = True, repeat: int = 1
) -> RunFolder:
    """Trials that came to 0.1, 0.2 and so on."""
    config = {**CONFIG, "name": name, "searcher": {"name": "random", "repeat": repeat}}
    folder.write_config(config, [])
    os.utime(folder.config, (when, when))
    journal, clock = Journal(folder.journal), Clock()
    journal.write(Event("began", path="."))
    record = Record(folder, Objective.of(config), expected_trials=2, max_epochs=2, repeat=repeat, clock=clock)
    play = Play(record, clock)
    for number, state in enumerate(states):
        play.trial(f"trial_{number:03d}", [0.1 * (number + 1)])
        if state is not TrialState.RUNNING:
            play.end(f"trial_{number:03d}", state)
    if left:
        journal.write(Event("left"))
    return folder


@pytest.fixture
def outputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run in each state, the last one the newest."""
    monkeypatch.chdir(tmp_path)
    outputs = tmp_path / "outputs"
    done, cut, failed = TrialState.COMPLETED, TrialState.INTERRUPTED, TrialState.FAILED

    def at(name: str, second: int) -> RunFolder:
        return RunFolder.create(outputs, name, datetime(2026, 1, 2, 3, 4, second))

    a_run(at("digits", 1), "digits", 1, done, done)
    a_run(at("digits", 2), "digits", 2, done, done, cut)
    a_run(at("killed", 3), "killed", 3, done, TrialState.RUNNING, left=False)
    a_run(at("wrong", 4), "wrong", 4, failed, failed)
    job = MultirunFolder.create(outputs, "many", datetime(2026, 1, 2, 4)).job(1)
    a_run(job, "many", 5, done, done, repeat=2)
    running = a_run(at("now", 6), "now", 6, done, TrialState.RUNNING, left=False)
    parent = psutil.Process(os.getppid())
    driver = {"pid": parent.pid, "began": parent.create_time(), "host": os.uname().nodename}
    running.driver.write_text(json.dumps(driver))
    for second, damage in ((7, "config"), (8, "trials_csv"), (9, "driver"), (10, "journal")):
        run = a_run(at("damaged", second), "damaged", second, done)
        getattr(run, damage).write_bytes(b"\xff}{\n")
        os.utime(run.config, (second, second))
    gone = a_run(at("gone", 11), "gone", 11, done)
    os.utime(gone.history_csv, (11, 11))
    gone.config.unlink()
    return outputs


def test_each_run_has_its_row_the_newest_first(outputs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["name"], row["state"], row["best"], row["trials"]) for row in rows] == [
        ("gone", "damaged", None, 0), ("damaged", "damaged", None, 0), ("damaged", "damaged", None, 0),
        ("damaged", "damaged", None, 0), ("damaged", "damaged", None, 0), ("now", "running", 0.1, 2),
        ("many", "finished", pytest.approx(0.15), 2), ("wrong", "failed", None, 2), ("killed", "interrupted", 0.1, 2),
        ("digits", "interrupted", pytest.approx(0.3), 3), ("digits", "finished", 0.2, 2),
    ]  # fmt: skip
    assert rows[6]["folder"] == "outputs/multirun/many/2026-01-02_04-00-00/job_1"
    assert (rows[-1]["objective"], rows[-1]["mode"], rows[-1]["problem"]) == ("accuracy", "max", "")
    assert 0 <= rows[-1]["seconds"] < 60
    assert [row["problem"].split("/")[-1].split(":")[0] for row in rows[:5]] == [
        "config.yaml", "journal.jsonl, line 1", ".driver", "trials.csv, line 1", "config.yaml",
    ]  # fmt: skip


def test_the_table_and_the_runs_of_one_experiment(outputs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs", "outputs/digits"]) == 0
    head, first, *rest = capsys.readouterr().out.splitlines()
    assert head.split() == ["name", "state", "best", "trials", "time", "folder"]
    assert first.split()[:2] == ["digits", "interrupted"]
    assert "0.3" in first
    assert "accuracy" in " ".join([first, *rest])
    assert main(["runs"]) == 0
    assert "damaged" in capsys.readouterr().out


def test_where_there_is_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["runs"]) == 0
    assert "no runs below outputs" in capsys.readouterr().out
    assert main(["runs", "nowhere"]) == 2
    assert "nowhere: there is no such folder" in capsys.readouterr().err


@pytest.mark.parametrize("word", ["list", "ls", "status", "best", "results"])
def test_the_names_of_other_programs_say_what_to_type(word: str) -> None:
    with pytest.raises(ConfigError, match=f"{word}: is no command\n.*python -m runner runs"):
        parse([word])
