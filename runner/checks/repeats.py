"""Whether what decides about single trials goes with several trials of each configuration."""

from collections.abc import Iterator

from runner.config.experiment import Experiment
from runner.errors import Problem

WHERE = "searcher.repeat"


def repeats(experiment: Experiment) -> Iterator[Problem]:
    """The mean over the trials of a configuration is that of full trials."""
    searcher, scheduler = experiment.searcher, experiment.scheduler.name
    if searcher.options.get("repeat", 1) == 1:
        return
    if searcher.name == "bohb":
        message = "searcher=bohb learns from each report of a trial, and not from the mean of several"
        yield Problem("repeat", WHERE, message, f"type {WHERE}=1, or searcher=optuna and scheduler=fifo")
    elif experiment.objective.several:
        message = f"a mean compares configurations by one objective, and there are several: {experiment.objective}"
        yield Problem("repeat", WHERE, message, f"type {WHERE}=1, or give each entry of objective.metrics a weight")
    elif scheduler != "fifo":
        message = f"{scheduler} stops single trials: a mean over stopped and full ones says little of a configuration"
        yield Problem("repeat", WHERE, message, f"type scheduler=fifo, or {WHERE}=1", fatal=False)
