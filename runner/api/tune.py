"""Tune: run an experiment."""

from pathlib import Path

from runner.api.support.job import new_folder, typed_job
from runner.api.support.output import output_to
from runner.api.support.project import project_folder
from runner.api.support.run_job import run_in
from runner.runs.output import Listener
from runner.runs.read_run import Run


def tune(
    *overrides: str,
    config_dir: str | Path | None = None,
    project: str | Path | None = None,
    on_event: Listener | None = None,
    view: bool = False,
) -> Run:
    """Run an experiment, and return its run.

    >>> run = runner.tune("experiment=quickstart", "budget.num_samples=5", on_event=print)
    >>> run.best_parameters

    Args:
        overrides: "experiment=NAME" or "key=value", as on the command line.
        config_dir: a folder of presets and options that comes before the project's conf/.
        project: the folder in which relative paths begin; the current one if it is left out.
        on_event: takes each line that a person would see.
        view: show the progress on the terminal, as the command does.

    Raises:
        ConfigError: the experiment cannot start. Holds every problem.
        ExperimentFailed: no trial came to a result; `run_folder` on it says where the run is.
        Interrupted: a KeyboardInterrupt. The run is kept: `runner.resume(error.run_folder)` goes on.
    """
    folder = project_folder(project)
    with output_to(on_event, view=view) as output:
        job = typed_job(overrides, config_dir, folder)
        return run_in(new_folder(job, folder), job, folder, output)
