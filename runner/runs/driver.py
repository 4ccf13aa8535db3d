"""One process works on a run at a time."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from runner.errors import ConfigError, Problem
from runner.runs.atomic import replacing
from runner.runs.folder import RunFolder


@contextmanager
def working_on(run: RunFolder) -> Iterator[None]:
    """Claim the run for this process. Raises ConfigError where another one works on it."""
    refuse_taken(run)
    with replacing(run.driver) as draft:
        draft.write_text(json.dumps({"pid": os.getpid(), "host": socket.gethostname()}), encoding="utf-8")
    try:
        yield
    finally:
        run.driver.unlink(missing_ok=True)


def refuse_taken(run: RunFolder) -> None:
    """Raise ConfigError where a process works on the run, as far as this machine can tell."""
    if not run.driver.is_file():
        return
    driver = json.loads(run.driver.read_text(encoding="utf-8"))
    if driver["host"] != socket.gethostname():
        message = f"is worked on from the machine {driver['host']}, or was when that went down"
        raise ConfigError([Problem("run-taken", str(run.root), message, f"where it is not: rm {run.driver}")])
    if driver["pid"] != os.getpid() and _lives(driver["pid"]):
        message = f"the process {driver['pid']} is working on it"
        raise ConfigError([Problem("run-taken", str(run.root), message, f"wait for it, or: kill {driver['pid']}")])


def _lives(pid: int) -> bool:
    """Whether there is such a process; after a reboot the number may be another program's."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
