"""Replay: run an experiment again, as it was."""

from datetime import datetime
from pathlib import Path

from rich.console import RenderableType

from runner.api.support.given_function import copy_function
from runner.api.support.job import Job, check, new_folder
from runner.api.support.named_run import RunName, named_run, started_in
from runner.api.support.output import output_to
from runner.api.support.project import project_folder
from runner.api.support.run_job import run_in
from runner.runs import lock
from runner.runs.differences import differences, table
from runner.runs.folder import RunFolder
from runner.runs.git_state import git_state
from runner.runs.output import Listener
from runner.runs.run import Run


def replay(
    run: RunName, *, project: str | Path | None = None, on_event: Listener | None = None, view: bool = False
) -> Run:
    """Run an experiment again from its run folder, into a new one. Returns the new run; `compare` shows both.

    >>> again = runner.replay("outputs/shapes/2026-11-20_23-19-42")
    >>> runner.compare("outputs/shapes/2026-11-20_23-19-42", again)

    Args:
        run: a run, or its folder, "latest", or the name of an experiment.
        project: the folder in which `run` is looked for; the current one if it is left out.
        on_event: takes each line that a person would see: what differs in the environment, first.
        view: show the progress on the terminal, as the command does.

    Raises:
        ConfigError: it cannot start. Holds every problem.
        ExperimentFailed: no trial came to a result; `run_folder` on it says where the run is.
        Interrupted: a KeyboardInterrupt. The run is kept: `runner.resume(error.run_folder)` goes on.
    """
    with output_to(on_event, view=view) as output:
        before = named_run(run, project_folder(project))
        folder = before.folder
        place = started_in(folder, project_folder(project))
        job = check(dict(before.config), before.words)
        output.console.print(_environment(folder, job, place))
        again = new_folder(job, place)
        copy_function(folder, again)
        return run_in(again, job, place, output)


def _environment(before: RunFolder, job: Job, project: Path) -> RenderableType:
    """What has changed in it since the run."""
    locked = lock.read(before)
    if locked is None:
        return "environment: the run has no lock.yaml to compare with"
    now = lock.lock(job.experiment, project, git_state(project), datetime.now().astimezone())
    found = differences(lock.environment(locked), lock.environment(now))
    return table(found, ("then", "now"), "environment") if found else "environment: as it was"
