"""The run that a command works on, read from its folder."""

from pathlib import Path

from runner.errors import ConfigError, Problem
from runner.runs.earlier_run import EarlierRun
from runner.runs.folder import RunFolder
from runner.runs.journal import read
from runner.runs.locate import run_folder
from runner.runs.output import tell


def earlier_run(name: str) -> EarlierRun:
    """The run that `name` means. Raises ConfigError."""
    run = run_folder(name, Path.cwd())
    try:
        return EarlierRun.read(run)
    except ValueError as error:
        raise ConfigError([Problem("run-folder", name, str(error), "name another run folder")]) from error


def started_in(run: RunFolder) -> Path:
    """The folder in which the run was started: relative paths of its config begin there."""
    began = [Path(event.path) for event in read(run.journal) if event.kind == "began"]
    if not began:
        tell("the folder that the run was started in is not known: paths are looked for here")
    elif not began[0].is_dir():
        tell(f"the folder that the run was started in is gone ({began[0]}): paths are looked for here")
    return began[0] if began and began[0].is_dir() else Path.cwd()
