"""Ends an experiment whose trials fail, before all of them have."""

import re

from runner.runs.decisions import MAX_FAILED_TRIALS
from runner.runs.wording import error_line, plural
from runner.translate.verdicts import Verdict

FIRST = 5
"""Trials to end first that decide without a limit: where they failed with one error, the others would as well."""

MOST_MISMATCHES = 3
"""Trials that fail because a value did not arrive, after which the experiment ends: the next would fail alike."""


class FailedTrials:
    """Counts the trials that end, from each start or resume of the run on.

    Args:
        limit: most failed trials; None: the experiment ends where the first ones all fail with one error.
        expected: trials of the whole run. Where no other is left there is nothing to end.
    """

    def __init__(self, limit: int | None, expected: int) -> None:
        self.limit = limit
        self.expected = expected
        self.ended = 0
        self.mismatches = 0
        self.errors: list[str] = []

    def count(self, error: str | None, *, mismatch: bool = False) -> Verdict | None:
        """A trial has ended: with the traceback `error` where it failed. Returns a verdict that ends the experiment."""
        self.ended += 1
        self.mismatches += mismatch
        if error is not None:
            self.errors.append(_kind(error))
        if self.ended >= self.expected:
            return None
        failed = len(self.errors)
        if self.limit is not None:
            if error is None or failed <= self.limit:
                return None
            detail = f"{plural(failed, 'trial')} failed, more than budget.max_failed_trials={self.limit} allows"
            return Verdict(MAX_FAILED_TRIALS, 0, failed, self.limit, detail)
        if self.ended == failed == FIRST and len(set(self.errors)) == 1:
            detail = (
                f"the first {FIRST} trials all failed with one error, and the others would as well"
                " (budget.max_failed_trials=100% lets them run)"
            )
            return Verdict(MAX_FAILED_TRIALS, 0, failed, FIRST, detail)
        return None

    def mismatch(self) -> Verdict | None:
        """The verdict where values that were asked for did not arrive, too often."""
        if self.mismatches < MOST_MISMATCHES:
            return None
        detail = f"{self.mismatches} trials failed because values that were asked for were not at work"
        return Verdict("attestation", 0, self.mismatches, MOST_MISMATCHES, detail)


def _kind(error: str) -> str:
    """An error by its line: numbers in it differ with the parameters of the trial."""
    return re.sub(r"-?\d[\d.e+-]*", "#", error_line(error))
