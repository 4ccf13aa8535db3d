"""Functions of the user's that stoppers ask; a trainable checks its own."""

from collections.abc import Iterator
from pathlib import Path

from runner.config.experiment import Experiment
from runner.config.import_path import malformed, undefined
from runner.errors import Problem


def well_formed(experiment: Experiment) -> Iterator[Problem]:
    """package.module:function."""
    for where, import_path in _import_paths(experiment):
        yield from malformed(import_path, where)


def defined(experiment: Experiment, project: Path) -> Iterator[Problem]:
    """The module is found, and defines the function."""
    for where, import_path in _import_paths(experiment):
        yield from undefined(import_path, where, project)


def _import_paths(experiment: Experiment) -> Iterator[tuple[str, str]]:
    for choice in experiment.stoppers:
        if choice.name == "function":
            yield f"stopper.{choice.name}.import_path", choice.options["import_path"]
