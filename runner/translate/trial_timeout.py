"""Ends a trial that reports nothing for too long."""

import time
from collections.abc import Sequence

from ray.tune.experiment import Trial

from runner.runs.decisions import TRIAL_TIMEOUT
from runner.runs.wording import duration
from runner.translate.internals.retries import fail_now

LONGEST_STEP = 1.0
"""Seconds that one step of Ray's loop counts at most.

A searcher may think for minutes within a step, in which reports wait to be read: that is no silence of the trials.
"""


class TrialTimeout:
    """Looks at every step of Ray's loop for trials that run, and have reported nothing for too long.

    Args:
        seconds: from its start, or its last report, in which a trial must report or end; None: it may take for ever.

    Attributes:
        reasons: why a trial was ended, by Ray's id.
    """

    def __init__(self, seconds: float | None) -> None:
        self.seconds = seconds
        self.reasons: dict[str, str] = {}
        self._clock = 0.0
        self._looked = time.monotonic()
        self._since: dict[str, float] = {}

    def reported(self, trial: Trial) -> None:
        self._since[trial.trial_id] = self._clock

    def looks_at(self, trials: Sequence[Trial]) -> None:
        """At the end of a step."""
        if self.seconds is None:
            return
        now = time.monotonic()
        self._clock += min(now - self._looked, LONGEST_STEP)
        self._looked = now
        running = [trial for trial in trials if trial.status == Trial.RUNNING]
        self._since = {one.trial_id: self._since.get(one.trial_id, self._clock) for one in running}
        for trial in running:
            over = self._clock - self._since[trial.trial_id] >= self.seconds
            if over and trial.trial_id not in self.reasons:
                self.reasons[trial.trial_id] = f"no report for {duration(self.seconds)} ({TRIAL_TIMEOUT})"
                fail_now(trial)
