"""What the end of a run proposes to type next."""

from pathlib import Path

import pytest

from runner.api.support.job import check
from runner.api.support.next_commands import next_commands
from runner.config.objective import Objective, Target
from runner.errors import OK
from runner.runs.folder import RunFolder
from runner.runs.record import Record
from tests.config.composing import config
from tests.runs.conftest import Clock, Play


@pytest.mark.parametrize(("values", "offered"), [([0.1, 0.3], True), ([0.3, 0.1], False), ([0.0], False)])
def test_what_learned_nothing_is_not_to_be_promoted(tmp_path: Path, values: list[float], offered: bool) -> None:
    job = check(config("experiment=digits"), ())
    run = RunFolder.at(tmp_path / "run")
    record = Record(run, Objective((Target("accuracy", "max"),)), expected_trials=1, max_epochs=10, clock=Clock())
    play = Play(record, Clock())
    play.trial("t1", values)
    play.end("t1")
    commands = next_commands(job, run, record, tmp_path, OK)
    assert any(" promote " in command for command in commands) == offered
    assert any(" extend " in command for command in commands), "more trials may learn"
