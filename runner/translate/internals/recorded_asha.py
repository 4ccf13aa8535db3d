"""ASHA that says why it stops a trial. Reads the rungs of Ray's scheduler, which are private (tried on Ray 2.60)."""

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

from ray.tune.schedulers import AsyncHyperBandScheduler, TrialScheduler

from runner.translate.verdicts import Verdict, Verdicts


class Rung(NamedTuple):
    """A rung before a report: its cut-off (None: too few trials), and what the trials before had, more being better."""

    milestone: float
    cutoff: float | None
    values: tuple[float, ...]


class RecordedASHA(AsyncHyperBandScheduler):  # type: ignore[misc]
    """AsyncHyperBandScheduler with a verdict for each stop, that lets a trial's last iteration be.

    Stopping a trial at its last epoch would save nothing and cost it its final weights.
    """

    def __init__(self, verdicts: Verdicts, *, last_iteration: int | None, **options: Any) -> None:
        super().__init__(time_attr="training_iteration", **options)
        self.verdicts = verdicts
        self.last_iteration = last_iteration

    def on_trial_add(self, tune_controller: Any, trial: Any) -> None:
        # A trial that goes on stays in its bracket, with what that knows of it.
        if trial.trial_id not in self._trial_info:
            super().on_trial_add(tune_controller, trial)

    def on_trial_complete(self, tune_controller: Any, trial: Any, result: dict[str, Any]) -> None:
        # Ray would put a trial that has diverged into a rung: an infinite value there is better than all others.
        if self._metric in result and not math.isfinite(result[self._metric]):
            self.on_trial_remove(tune_controller, trial)
        else:
            super().on_trial_complete(tune_controller, trial, result)

    def on_trial_result(self, tune_controller: Any, trial: Any, result: dict[str, Any]) -> str:
        iteration = result[self._time_attr]
        # Ray lets a report without the metric pass: one of a run that is resumed to be judged by another.
        rung = self._next_rung(trial.trial_id, iteration) if self._metric in result else None
        action: str = super().on_trial_result(tune_controller, trial, result)
        last = self.last_iteration is not None and iteration >= self.last_iteration
        if action != TrialScheduler.STOP:
            if rung and not last and not result.get("done"):
                self.verdicts.promote(trial.trial_id, self._promotion(rung, iteration, result[self._metric]))
            return action
        # Ray asks once more for a function that has just returned (`done`): nothing is left to be stopped.
        if result.get("done") or last:
            self._num_stopped -= 1
            return str(TrialScheduler.CONTINUE)
        self.verdicts.give(trial.trial_id, self._verdict(rung, iteration, result[self._metric]))
        return action

    @property
    def metric(self) -> str:
        """What it compares."""
        return str(self._metric)

    def rungs(self) -> list[list[int]]:
        """For each bracket, the iterations at which its trials are compared, but for the last iteration."""
        return [list(self._compared_at(bracket)) for bracket in self._brackets]

    def bracket(self, trial_id: str) -> int:
        """The number of the bracket that a trial has been put into."""
        return int(self._brackets.index(self._trial_info[trial_id]))

    def _compared_at(self, bracket: Any) -> Iterator[int]:
        """A report is compared at one rung: the highest that it has come to and was not compared at before."""
        left = [milestone for milestone, _ in bracket._rungs]
        for iteration in range(1, self.last_iteration or self._max_t):
            milestone = next((milestone for milestone in left if iteration >= milestone), None)
            if milestone is not None:
                left.remove(milestone)
                yield iteration

    def _next_rung(self, trial_id: str, iteration: int) -> Rung | None:
        """The rung that this report falls on, as it is before it."""
        bracket = self._trial_info[trial_id]
        for milestone, recorded in bracket._rungs:
            if iteration >= milestone and trial_id not in recorded:
                cutoff = bracket.cutoff(recorded)
                values = tuple(float(value) for value in recorded.values())
                return Rung(milestone, None if cutoff is None else self._metric_op * float(cutoff), values)
        return None

    def _rank(self, rung: Rung, value: float) -> tuple[int, int]:
        """The place of a value in the rung, and of how many."""
        return 1 + sum(other > self._metric_op * value for other in rung.values), len(rung.values) + 1

    def _at(self, rung: Rung) -> str:
        return f"the rung at {self.verdicts.unit} {rung.milestone:g}"

    def _verdict(self, rung: Rung | None, iteration: int, value: float) -> Verdict:
        if rung is None or rung.cutoff is None:
            return Verdict("asha", iteration, value, self._max_t, f"reached max_t={self._max_t}")
        others = len(rung.values)
        worse = "below" if self._mode == "max" else "above"
        detail = (
            f"{value:.4g} is {worse} {rung.cutoff:.4g}, the cut-off of {self._at(rung)}"
            f" (the best 1/{self._reduction_factor:g} of {others} earlier {'trial' if others == 1 else 'trials'})"
        )
        return Verdict("asha", iteration, value, rung.cutoff, detail, *self._rank(rung, value))

    def _promotion(self, rung: Rung, iteration: int, value: float) -> Verdict:
        at = self._at(rung)
        rank, ranked = self._rank(rung, value)
        if rung.cutoff is None:
            detail = f"{value:.4g} is the first at {at}: there is nothing to compare it with"
        else:
            better = "not below" if self._mode == "max" else "not above"
            detail = f"{value:.4g} is {better} {rung.cutoff:.4g}, the cut-off of {at}: place {rank} of {ranked}"
        return Verdict("asha", iteration, value, rung.cutoff, detail, rank, ranked)
