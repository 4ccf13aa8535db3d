"""From words of the command line to an experiment or its problems, over our own conf/."""

import copy
import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from runner.api.support.job import checked_job
from runner.checks import config_problems
from runner.config.compose import Composed, compose
from runner.config.experiment import Experiment
from runner.config.hydra_loader import HydraLoader, packaged_conf, resolve
from runner.config.read import read
from runner.errors import ConfigError, Problem

CONF = packaged_conf()
FROM_SCRATCH = ("experiment=null", "trainable.model=yolo11n.yaml", "trainable.data=shapes", "budget.max_epochs=5")
"""An experiment without a preset: what conf/config.yaml says alone, and what it leaves open."""


def names(group: str) -> list[str]:
    """The options of a group that come with the project."""
    return sorted(path.stem for path in (CONF / group).glob("*.yaml"))


class PatientLoader(HydraLoader):
    """Composes the same words once: composing is what takes long, and what a test asserts comes after it."""

    def __init__(self, folders: Sequence[Path]) -> None:
        super().__init__(folders)
        self.known: dict[Any, tuple[dict[str, Any], dict[str, Any]]] = {}

    def compose(self, overrides: Sequence[str], *, with_hydra: bool = False) -> tuple[dict[str, Any], dict[str, Any]]:
        key = (*overrides, with_hydra)
        if key not in self.known:
            self.known[key] = super().compose(overrides, with_hydra=with_hydra)
        return copy.deepcopy(self.known[key])


@functools.cache
def loader() -> HydraLoader:
    return PatientLoader([CONF])


def composed(*words: str) -> Composed:
    return compose(words, loader())


def config(*words: str) -> dict[str, Any]:
    """The resolved config."""
    return resolve(composed(*words).config)


def experiment(*words: str) -> Experiment:
    return read(config(*words))


def problems(*words: str) -> list[Problem]:
    """Everything that is told before the machine is looked at: what refuses the words, or else the warnings."""
    try:
        job = checked_job(composed(*words))
    except ConfigError as error:
        return list(error.problems)
    return config_problems(job.experiment)


def only_problem(*words: str) -> Problem:
    found = problems(*words)
    assert len(found) == 1, "\n".join(map(str, found)) or "no problem was found"
    return found[0]


def refused(*words: str) -> Problem:
    """The one problem for which the words are refused; it says where, and what to type instead."""
    problem = only_problem(*words)
    assert problem.fatal
    assert problem.rule
    assert problem.where
    assert problem.message
    return problem
