"""Which seed each trial of a run has."""

from runner.config.experiment import Experiment, TrialSeeds
from runner.config.registry import SCHEDULERS

LIMIT = 2**32
"""numpy takes seeds below this."""


def trial_seeds(experiment: Experiment) -> TrialSeeds:
    """What `trial_seeds=auto` comes to: a population trains one configuration many times, other searches do not."""
    if experiment.trial_seeds != "auto":
        return experiment.trial_seeds
    return "different" if SCHEDULERS.get(experiment.scheduler.name).traits.mutates else "same"


def seeds_in_turn(experiment: Experiment) -> int:
    """How many seeds the trials take in turn, from the experiment's on."""
    return LIMIT if trial_seeds(experiment) == "different" else int(experiment.searcher.options.get("repeat", 1))


def seed_of(trial: str, first: int, seeds: int) -> int:
    """The seed of the trial of that name, where trials take `seeds` of them in turn."""
    return (first + int(trial.rpartition("_")[2]) % seeds) % LIMIT
