"""Compose: from overrides to an experiment."""

from dataclasses import replace
from pathlib import Path

from runner.api.support.job import loader
from runner.api.support.project import project_folder
from runner.config.compose import compose as compose_config
from runner.config.experiment import Experiment
from runner.config.hydra_loader import resolve
from runner.config.read import read
from runner.config.secrets import without_environment
from runner.runs.output import Listener, note, notes_to


def compose(
    *overrides: str,
    config_dir: str | Path | None = None,
    project: str | Path | None = None,
    on_event: Listener | None = None,
) -> Experiment:
    """The experiment that `tune` would run; `check` says what else is wrong with it.

    >>> runner.compose("experiment=quickstart", "budget.num_samples=5").budget.num_samples
    5

    Args:
        overrides: "experiment=NAME" or "key=value", as on the command line.
        config_dir: a folder of presets and options that comes before the project's conf/.
        project: the folder in which relative paths begin; the current one if it is left out.
        on_event: takes each line that a person would see.

    Raises:
        ConfigError: it cannot be composed or read. Holds every problem.
    """
    with notes_to(on_event):
        composed = compose_config(overrides, loader(config_dir, project_folder(project)))
        for text in composed.notes:
            note(text)
        experiment = read(resolve(composed.config))
        return replace(experiment, config=without_environment(experiment.config, composed.config))
