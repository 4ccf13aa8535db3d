"""The claim of a process on a run."""

import json
import os
from pathlib import Path

import psutil
import pytest

from runner.errors import ConfigError
from runner.runs.driver import refuse_taken, working_on
from runner.runs.folder import RunFolder


def test_a_claim_holds_as_long_as_its_very_process_lives(tmp_path: Path) -> None:
    run = RunFolder(tmp_path)
    with working_on(run):
        driver = json.loads(run.driver.read_text())
    assert not run.driver.exists()
    other = psutil.Process(os.getppid())
    run.driver.write_text(json.dumps({**driver, "pid": other.pid, "began": other.create_time()}))
    with pytest.raises(ConfigError, match=f"the process {other.pid} is working on it"):
        refuse_taken(run)
    run.driver.write_text(json.dumps({**driver, "pid": other.pid, "began": other.create_time() - 60}))
    refuse_taken(run)  # it crashed, and its number is another program's now
    run.driver.write_text(json.dumps({**driver, "host": "elsewhere"}))
    with pytest.raises(ConfigError, match="from the machine elsewhere"):
        refuse_taken(run)
