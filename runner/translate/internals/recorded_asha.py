"""ASHA that says why it stops a trial. Reads the rungs of Ray's scheduler, which are private (tried on Ray 2.60)."""

from typing import Any

from ray.tune.schedulers import AsyncHyperBandScheduler, TrialScheduler

from runner.translate.verdicts import Verdict, Verdicts


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

    def on_trial_result(self, tune_controller: Any, trial: Any, result: dict[str, Any]) -> str:
        iteration = result[self._time_attr]
        rung = self._next_rung(trial.trial_id, iteration)
        action: str = super().on_trial_result(tune_controller, trial, result)
        if action != TrialScheduler.STOP:
            return action
        # Ray asks once more for a function that has just returned (`done`): nothing is left to be stopped.
        if result.get("done") or (self.last_iteration is not None and iteration >= self.last_iteration):
            self._num_stopped -= 1
            return str(TrialScheduler.CONTINUE)
        self.verdicts.give(trial.trial_id, self._verdict(rung, iteration, result[self._metric]))
        return action

    def _next_rung(self, trial_id: str, iteration: int) -> tuple[float, float | None, int] | None:
        """The rung that this report falls on: its milestone, its cut-off now, and how many trials set that."""
        bracket = self._trial_info[trial_id]
        for milestone, recorded in bracket._rungs:
            if iteration >= milestone and trial_id not in recorded:
                cutoff = bracket.cutoff(recorded)
                return milestone, None if cutoff is None else self._metric_op * float(cutoff), len(recorded)
        return None

    def _verdict(self, rung: tuple[float, float | None, int] | None, iteration: int, value: float) -> Verdict:
        if rung is None or rung[1] is None:
            return Verdict("asha", iteration, value, self._max_t, f"reached max_t={self._max_t}")
        milestone, cutoff, others = rung
        worse = "below" if self._mode == "max" else "above"
        detail = (
            f"{value:.4g} is {worse} {cutoff:.4g}, the cut-off of the rung at iteration {milestone:g}"
            f" (the best 1/{self._reduction_factor:g} of {others} earlier {'trial' if others == 1 else 'trials'})"
        )
        return Verdict("asha", iteration, value, cutoff, detail)
