"""Whether the rules that stop trials early fit the length of a trial."""

from collections.abc import Iterator

from runner.checks.metrics import watchers
from runner.config.experiment import Experiment
from runner.config.registry import SCHEDULERS
from runner.errors import Problem

LEAST = {"num_results": 2}
"""The least value of an option, where that is not 1: a spread needs two values."""


def grace_periods(experiment: Experiment) -> Iterator[Problem]:
    """A grace period or a limit beyond the last epoch never comes."""
    most = experiment.budget.max_epochs
    for where, choice in watchers(experiment):
        for key in ("grace_period", "num_results", "max_iter"):
            value = choice.options.get(key)
            if value is not None and most is not None and value > most:
                least = LEAST.get(key, 1)
                smaller = f"type {where}.{key}={max(least, most // 4)}, or " if least <= most else "type "
                yield Problem(
                    "grace-period",
                    f"{where}.{key}",
                    f"{value} is above budget.max_epochs={most}",
                    f"{smaller}a larger budget.max_epochs",
                )


def something_to_stop(experiment: Experiment) -> Iterator[Problem]:
    """Halving schedulers need budget.max_epochs, and compare trials before their last report."""
    name, most = experiment.scheduler.name, experiment.budget.max_epochs
    if SCHEDULERS.get(name).traits.needs_max_epochs and most is None:
        yield Problem(
            "max-epochs",
            "budget.max_epochs",
            f"{name} places its rungs by the length of a full trial, which is not known",
            "type budget.max_epochs=... with the number of reports of a full trial",
        )
    elif most is not None and experiment.scheduler.options.get("grace_period") == most:
        seen = "a trial reports once" if most == 1 else f"grace_period is the last of {most} {experiment.unit}s"
        yield Problem(
            "nothing-to-stop",
            "scheduler",
            f"{seen}, so that {name} has nothing to stop",
            "type scheduler=fifo, or report more often",
            fatal=False,
        )
