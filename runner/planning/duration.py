"""How long an experiment takes, from its epochs and the pace of its trials."""

import math
from dataclasses import dataclass

from runner.planning.at_once import AtOnce
from runner.planning.epochs import Epochs
from runner.planning.pace import Pace

SLACK = 10
"""Times the usual time to a report, after which a trial most likely hangs: models and batches differ within a space."""


@dataclass(frozen=True)
class Duration:
    """Seconds, as expected and at most, with the pace that they come from."""

    expected: float
    most: float
    pace: Pace


def duration(pace: Pace, epochs: Epochs, trials: int, at_once: AtOnce) -> Duration:
    """As many trials share the work as run at once; each is as long as the mean."""
    share = max(1, at_once.trials)
    starts = trials if pace.every_trial else min(trials, share)
    expected, most = (starts * pace.beside + amount * pace.epoch for amount in (epochs.expected, epochs.most))
    longest = pace.beside + epochs.full * pace.epoch
    return Duration(max(longest, expected / share), max(longest, most / share), pace)


def proposed_timeout(pace: Pace) -> int:
    """Whole minutes of a budget.trial_timeout that no healthy trial meets; its first report waits for its start."""
    return math.ceil(SLACK * (pace.epoch + pace.beside) / 60)
