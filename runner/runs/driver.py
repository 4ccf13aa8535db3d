"""One process works on a run at a time."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psutil  # type: ignore[import-untyped]

from runner.errors import ConfigError, Problem
from runner.runs.atomic import replacing
from runner.runs.damage import damaged
from runner.runs.folder import RunFolder
from runner.runs.json_lines import json_object
from runner.runs.wording import shown

CLOCK_SECONDS = 2.0


@contextmanager
def working_on(run: RunFolder) -> Iterator[None]:
    """Claim the run for this process. Raises ConfigError where another one works on it."""
    refuse_taken(run)
    with replacing(run.driver) as draft:
        this = psutil.Process()
        driver = {"pid": this.pid, "began": this.create_time(), "host": socket.gethostname()}
        draft.write_text(json.dumps(driver), encoding="utf-8")
    try:
        yield
    finally:
        run.driver.unlink(missing_ok=True)


def refuse_taken(run: RunFolder) -> None:
    """Raise ConfigError where a process works on the run, as far as this machine can tell."""
    if not run.driver.is_file():
        return
    try:
        driver = json_object(run.driver.read_text(encoding="utf-8"))
        types: dict[str, Any] = {"host": str, "pid": int, "began": (int, float)}
        wrong = [key for key, kind in types.items() if not isinstance(driver.get(key), kind)]
        wrong = wrong or [key for key in ("pid",) if not 0 < driver[key] < 2**31]
    except ValueError:
        wrong = ["all of it"]
    if wrong:
        what = "cannot be read, so it is not known whether a process works on the run"
        raise damaged(run.driver, what, remedy=f"if none does: rm {shown(run.driver)}")
    if driver["host"] != socket.gethostname():
        message = f"is worked on from the machine {driver['host']}, or was when that went down"
        raise ConfigError([Problem("run-taken", str(run.root), message, f"where it is not: rm {run.driver}")])
    if driver["pid"] != psutil.Process().pid and _lives(driver):
        message = f"the process {driver['pid']} is working on it"
        raise ConfigError([Problem("run-taken", str(run.root), message, f"wait for it, or: kill {driver['pid']}")])


def _lives(driver: dict[str, Any]) -> bool:
    """Whether that very process is there: after a crash or a reboot its number may be another program's."""
    try:
        process = psutil.Process(driver["pid"])
        # The start is counted from the boot, whose time moves a little where the clock is set.
        same = abs(process.create_time() - driver["began"]) < CLOCK_SECONDS
        return bool(same and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
