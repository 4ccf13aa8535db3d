"""Tune: run an experiment."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, overload

from runner.api.support.given_function import given_function
from runner.api.support.job import new_folder, typed_job
from runner.api.support.output import output_to
from runner.api.support.project import project_folder
from runner.api.support.run_job import run_in
from runner.errors import ConfigError, Problem
from runner.runs.output import Listener
from runner.runs.run import Run


@overload
def tune(
    *overrides: str,
    config_dir: str | Path | None = None,
    project: str | Path | None = None,
    on_event: Listener | None = None,
    view: bool = False,
) -> Run: ...


@overload
def tune(
    function: Callable[..., Any],
    /,
    *overrides: str,
    search_space: Mapping[str, Any],
    metric: str,
    mode: Literal["max", "min"] = "max",
    num_samples: int = 10,
    name: str | None = None,
    config_dir: str | Path | None = None,
    project: str | Path | None = None,
    on_event: Listener | None = None,
    view: bool = False,
) -> Run: ...


def tune(
    *given: str | Callable[..., Any],
    search_space: Mapping[str, Any] | None = None,
    metric: str | None = None,
    mode: Literal["max", "min"] = "max",
    num_samples: int = 10,
    name: str | None = None,
    config_dir: str | Path | None = None,
    project: str | Path | None = None,
    on_event: Listener | None = None,
    view: bool = False,
) -> Run:
    """Run an experiment, or tune a function, and return the run.

    >>> run = runner.tune("experiment=quickstart", "budget.num_samples=5", on_event=print)
    >>> run.best_parameters

    >>> def train(config):
    ...     return {"accuracy": 1 - (config["lr"] - 0.1) ** 2}
    >>> run = runner.tune(train, search_space={"lr": "loguniform(1e-4, 1)"}, metric="accuracy", num_samples=20)

    Args:
        given: overrides, "experiment=NAME" or "key=value", as on the command line; before them a function, called
            with the configuration or with each parameter by its name. One of a notebook is kept in the run folder.
        search_space: of a function: distributions and constants as in a YAML of conf/search_space.
        metric: of a function: what is optimised, a key of what it returns or reports.
        mode: of a function: "max" or "min".
        num_samples: of a function: how many trials.
        name: of a function's experiment; that of the function if it is left out.
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
    function = given[0] if given and callable(given[0]) else None
    overrides = [text for text in given[function is not None :] if isinstance(text, str)]
    _refuse_mixed(given, function, overrides, search_space, metric, name)
    with output_to(on_event, view=view) as output:
        kept = None
        if callable(function) and search_space is not None and metric is not None:
            kept = given_function(function, search_space, metric, mode, num_samples, name)
            overrides = [*kept.overrides, *overrides]
        job = typed_job(overrides, config_dir, folder)
        run = new_folder(job, folder)
        if kept is not None:
            kept.save(run)
        return run_in(run, job, folder, output)


def _refuse_mixed(
    given: tuple[str | Callable[..., Any], ...],
    function: str | Callable[..., Any] | None,
    overrides: list[str],
    search_space: Mapping[str, Any] | None,
    metric: str | None,
    name: str | None,
) -> None:
    """Raise ConfigError where an argument would have no effect, or a function lacks one."""
    form = 'write runner.tune(train, "key=value", search_space={...}, metric="..."), or runner.tune("key=value")'
    if len(overrides) + (function is not None) != len(given):
        raise ConfigError([Problem("arguments", "tune", "takes text, after a function or alone", form)])
    of_function = {"search_space": search_space, "metric": metric}
    if function is not None and (missing := [key for key, value in of_function.items() if value is None]):
        raise ConfigError([Problem("arguments", "tune", f"needs {' and '.join(missing)} for a function", form)])
    lost = [key for key, value in {**of_function, "name": name}.items() if value is not None]
    if function is None and lost:
        message = f"{', '.join(lost)}: only for a function; overrides say it themselves"
        raise ConfigError([Problem("arguments", "tune", message, form)])
