"""Ends an experiment in which nothing runs, and nothing will."""

import time
from collections.abc import Callable, Sequence

from ray.tune.experiment import Trial

from runner.runs.decisions import STALL
from runner.runs.wording import duration, parameters, plural
from runner.translate.stopping import StopByRule
from runner.translate.verdicts import Verdict


class Watchdog:
    """Looks at every step of Ray's loop, and at every question to the searcher, for a sign of life.

    A trial that runs is one, however long it reports nothing. A trial that waits for resources is no stall: a cluster
    may take its time to grow. That is told once, with what is waited for.

    Args:
        timeout: seconds without a sign of life, after which the experiment ends as failed; None: never.
        tell: takes a line for a person.
    """

    def __init__(self, timeout: float | None, stopper: StopByRule, tell: Callable[[str], None]) -> None:
        self.timeout = timeout
        self.stopper = stopper
        self.tell = tell
        self._since: float | None = None
        self._waiting_told = False

    def looks_at(self, trials: Sequence[Trial]) -> None:
        """At the end of a step."""
        states = {trial.status for trial in trials}
        if Trial.RUNNING in states:
            self._since, self._waiting_told = None, False
        elif Trial.PENDING in states:
            self._waits([trial for trial in trials if trial.status == Trial.PENDING])
        elif Trial.PAUSED in states and self._is_over():
            paused = sum(trial.status == Trial.PAUSED for trial in trials)
            self._stalls(f"the scheduler holds {plural(paused, 'trial')} paused, and lets none go on")

    def proposed(self, *, something: bool) -> bool:
        """The searcher was asked while no trial was left: it proposed something, or not.

        Returns whether it need not be asked again. Ray asks up to ten minutes long within one step, in which no other
        end of the experiment would be seen.
        """
        if something:
            self._since = None
        elif self._is_over():
            self._stalls("the searcher proposes no trial, and none is left to run")
        return not something and self.stopper.end() is not None

    def _is_over(self) -> bool:
        """Whether there was no sign of life since the first time that this was asked after one."""
        now = time.monotonic()
        if self._since is None:
            self._since = now
        return self.timeout is not None and now - self._since >= self.timeout

    def _waits(self, trials: Sequence[Trial]) -> None:
        if self._is_over() and not self._waiting_told:
            self._waiting_told = True
            wanted = parameters(trials[0].placement_group_factory.required_resources)
            self.tell(f"{plural(len(trials), 'trial')} waiting for resources, and none runs: each takes {wanted}")

    def _stalls(self, what: str) -> None:
        waited = f"for {duration(self.timeout or 0)} (budget.stall_timeout)"
        self.stopper.fail(Verdict(STALL, 0, None, self.timeout, f"{what}, {waited}"))
