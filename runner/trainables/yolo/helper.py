"""A process of its own for what needs Ultralytics outside of a trial, so that the driver never imports torch."""

import os
import subprocess
import sys
from pathlib import Path

from runner.trainables.yolo import environment

LOG = "runner.log"


def run_module(
    module: str, argument: str, run_folder: Path, project: Path, *, offline: bool = True, seconds: float | None = None
) -> str:
    """Run `python -m module argument` in `project`; what it prints goes to the run's log.

    Returns what it said last where it failed, or that it took more than `seconds` and was ended; empty: it is done.
    """
    log = run_folder / LOG
    with log.open("a", encoding="utf-8") as output:
        try:
            done = subprocess.run(
                [sys.executable, "-m", module, argument],
                cwd=project,
                env={
                    **os.environ,
                    **environment.environment(run_folder, offline=offline),
                    "PYTHONPATH": _search_path(),
                },
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
                timeout=seconds,
            )
        except subprocess.TimeoutExpired:
            return f"it took more than {seconds:g} s"
    return _last_line(log) if done.returncode else ""


def _search_path() -> str:
    """Where this process found our package, for the case that it is not installed."""
    root = str(Path(__file__).resolve().parents[3])
    return os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))


def _last_line(log: Path) -> str:
    lines = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"
