"""The median rule, telling why it stops a trial. Reads the reports that Ray's scheduler keeps (tried on Ray 2.60)."""

from typing import Any

import numpy as np
from ray.tune.schedulers import MedianStoppingRule, TrialScheduler

from runner.translate.verdicts import Verdict, Verdicts


class RecordedMedian(MedianStoppingRule):  # type: ignore[misc]
    """MedianStoppingRule with a verdict for each stop, that lets a trial's last iteration be and never pauses one.

    Ray pauses a trial that has too few others to be compared with while another one waits; without a checkpoint it
    would begin anew.
    """

    def __init__(self, verdicts: Verdicts, *, last_iteration: int | None, **options: Any) -> None:
        super().__init__(time_attr="training_iteration", **options)
        self.verdicts = verdicts
        self.last_iteration = last_iteration

    @property
    def metric(self) -> str:
        """What it compares."""
        return str(self._metric)

    def rungs(self) -> list[list[int]]:
        """The rungs of one bracket for a forecast: it compares at every report, of which these are a few."""
        milestones, last = [int(self._grace_period)], self.last_iteration or 0
        while 2 * milestones[-1] < last:
            milestones.append(2 * milestones[-1])
        return [[milestone for milestone in milestones if milestone < last]]

    def bracket(self, trial_id: str) -> int:
        """The number of that bracket."""
        return 0

    def on_trial_result(self, tune_controller: Any, trial: Any, result: dict[str, Any]) -> str:
        action: str = super().on_trial_result(tune_controller, trial, result)
        if action != TrialScheduler.STOP:
            return action
        iteration = result[self._time_attr]
        if self.last_iteration is not None and iteration >= self.last_iteration:
            self._stopped_trials.discard(trial)
            return str(TrialScheduler.CONTINUE)
        self.verdicts.give(trial.trial_id, self._verdict(trial, iteration))
        return action

    def on_trial_complete(self, tune_controller: Any, trial: Any, result: dict[str, Any]) -> None:
        """Nothing: Ray adds the last report once more, which would then count twice."""

    def _on_insufficient_samples(self, tune_controller: Any, trial: Any, time: float) -> str:
        return str(TrialScheduler.CONTINUE)

    def _verdict(self, trial: Any, iteration: int) -> Verdict:
        others = [other for other in self._trials_beyond_time(iteration) if other is not trial]
        means = [
            float(mean) for mean in (self._running_mean(other, iteration) for other in others) if np.isfinite(mean)
        ]
        value, median = float(self._best_result(trial)), float(np.median(means))
        worse = "below" if self._mode == "max" else "above"
        detail = (
            f"its best {value:.4g} is {worse} {median:.4g}, the median of the means of {len(means)} other trials"
            f" up to {self.verdicts.unit} {iteration}"
        )
        better = [mean for mean in means if (mean > value if self._mode == "max" else mean < value)]
        return Verdict("median", iteration, value, median, detail, 1 + len(better), 1 + len(means))
