"""All rules that end a trial or the experiment, as the one stopper that Ray is given."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from ray.tune import Stopper

from runner.config.experiment import Experiment
from runner.config.registry import STOPPERS
from runner.translate.verdicts import Verdict, Verdicts

MOST_MISMATCHES = 3
"""Trials that fail because a value did not arrive, after which the experiment ends: the next would fail alike."""

Rule = Callable[[str, Mapping[str, Any]], Verdict | None]


class StopByRule(Stopper):  # type: ignore[misc]
    """Asks each stopper of the config in turn and keeps the verdict of the first that says stop.

    A trial's last iteration is left alone: it ends itself, final weights included.

    Args:
        seconds_before: that earlier processes have used of the time budget.
    """

    def __init__(self, experiment: Experiment, verdicts: Verdicts, seconds_before: float) -> None:
        self.rules: list[Rule] = [
            STOPPERS.get(choice.name).build(experiment, **choice.options) for choice in experiment.stoppers
        ]
        self.verdicts = verdicts
        self.last_iteration = experiment.budget.max_epochs
        self.time_budget = experiment.budget.time_budget
        self.started = time.monotonic() - seconds_before
        self.mismatches = 0

    def __call__(self, trial_id: str, result: dict[str, Any]) -> bool:
        # Ray asks once more for a function that has just returned (`done`), with the report it has shown before.
        if result.get("done"):
            return False
        verdicts = [verdict for rule in self.rules if (verdict := rule(trial_id, result)) is not None]
        last = self.last_iteration is not None and result["training_iteration"] >= self.last_iteration
        if not verdicts or last:
            return False
        self.verdicts.give(trial_id, verdicts[0])
        return True

    def mismatch(self) -> None:
        """A trial failed because a value that was asked for was not at work."""
        self.mismatches += 1

    def stop_all(self) -> bool:
        return self.end() is not None

    def end(self) -> Verdict | None:
        """Where the whole experiment ends: the verdict on every trial that runs, at iteration 0; else None."""
        budget, most = self.time_budget, MOST_MISMATCHES
        if budget is not None and time.monotonic() - self.started >= budget:
            detail = f"the experiment's time_budget of {budget:g} s is used up"
            return Verdict("budget.time_budget", 0, None, budget, detail)
        if self.mismatches >= most:
            detail = f"{self.mismatches} trials failed because values that were asked for were not at work"
            return Verdict("attestation", 0, self.mismatches, most, detail)
        return None
