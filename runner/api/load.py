"""Load: a run, read back from its folder."""

from pathlib import Path

from runner.api.support.named_run import RunName, folder_of
from runner.api.support.project import project_folder
from runner.runs.output import Listener, notes_to
from runner.runs.run import Run


def load(run: RunName, *, project: str | Path | None = None, on_event: Listener | None = None) -> Run:
    """The run that `run` names: a run folder, a folder of runs (the newest of them), an experiment, or "latest".

    >>> run = runner.load("latest")
    >>> run.trials.sort_values("objective", ascending=False).head()
    >>> run.history.pivot(index="iteration", columns="trial", values="objective").plot()

    Args:
        run: what names it.
        project: the folder in which it is looked for; the current one if it is left out.
        on_event: takes each line that a person would see: what was damaged in the folder and has been repaired.

    Raises:
        ConfigError: there is no such run.
    """
    with notes_to(on_event):
        return Run(folder_of(run, project_folder(project)))
