"""The run that a use case works on, read from its folder."""

from pathlib import Path

from runner.runs.folder import RunFolder
from runner.runs.journal import read
from runner.runs.locate import run_folder
from runner.runs.output import note
from runner.runs.run import Run

RunName = str | Path | Run
"""A run, or what names one: a run folder, a folder of runs (the newest of them), an experiment, or `latest`."""


def folder_of(run: RunName, project: Path) -> RunFolder:
    """The folder of a run, once what is damaged there has been repaired. Raises ConfigError."""
    return run_folder(str(run.folder.root if isinstance(run, Run) else run), project)


def named_run(run: RunName, project: Path) -> Run:
    """The run that is named. Raises ConfigError."""
    return Run(folder_of(run, project))


def started_in(run: RunFolder, project: Path) -> Path:
    """The folder in which the run was started: relative paths of its config begin there; `project` if it is gone."""
    began = [Path(event.path) for event in read(run.journal) if event.kind == "began"]
    if not began:
        note("the folder that the run was started in is not known: paths are looked for here")
    elif not began[0].is_dir():
        note(f"the folder that the run was started in is gone ({began[0]}): paths are looked for here")
    return began[0] if began and began[0].is_dir() else project
