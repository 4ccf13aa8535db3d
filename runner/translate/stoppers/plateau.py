"""End a trial whose metric has settled."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from runner.config.experiment import Experiment
from runner.config.objective import Mode
from runner.config.registry import STOPPERS
from runner.translate.verdicts import Verdict


@STOPPERS.register("plateau")
class Plateau:
    """Ends a trial whose metric has stopped changing; never one that has not learned yet, or still improves steadily.

    The options are those of Ray's TrialPlateauStopper, which looks at the standard deviation alone and so ends a
    detector whose mAP is still 0, and one that gains 0.002 an iteration. Here a trial ends when, after `grace_period`
    iterations, all of this holds for the last `num_results` values:

    - their standard deviation is below `std`;
    - the trial has learned: its best value is better than its first by more than `std`, or, where `metric_threshold`
      is given, the newest value has passed that;
    - they show no steady gain: the least-squares slope is not at least twice its standard error, or, carried on for
      the iterations that are left (at least for num_results more), gains less than half of `std`.

    A report without the metric, or with NaN, ends the trial with that as the reason. A metric that the trainable
    reports every k iterations only is looked at, and missed, in those.

    Args:
        std: standard deviation of the last num_results values below which the metric has settled.
        num_results: values to look at.
        grace_period: iterations before the first check.
        metric: watch another reported metric than the objective.
        mode: the better direction of that metric, max or min.
        metric_threshold: end a trial only once its metric has passed this value.
    """

    def __init__(
        self,
        experiment: Experiment,
        /,
        *,
        std: Annotated[float, Field(gt=0)] = 0.01,
        num_results: Annotated[int, Field(ge=2)] = 4,
        grace_period: Annotated[int, Field(ge=1)] = 4,
        metric: str | None = None,
        mode: Mode | None = None,
        metric_threshold: float | None = None,
    ) -> None:
        self.std = std
        self.num_results = num_results
        self.grace_period = grace_period
        self.metric, self.label, self.mode = experiment.objective.monitored(metric, mode)
        self.metric_threshold = metric_threshold
        self.every = experiment.trainable.intervals().get(self.metric, 1)
        self.max_epochs = experiment.budget.max_epochs
        self._values: dict[str, list[float]] = defaultdict(list)

    def __call__(self, trial_id: str, result: Mapping[str, Any]) -> Verdict | None:
        iteration = int(result["training_iteration"])
        value = result.get(self.metric)
        if value is None and iteration % self.every:
            return None
        if value is None or not math.isfinite(value):
            seen = "is missing from the report" if value is None else f"is {value}"
            return Verdict("plateau", iteration, None, None, f"{self.label} {seen}: no plateau can be told")
        values = self._values[trial_id]
        # A trial whose process died may report an iteration again.
        del values[(iteration - 1) // self.every :]
        values.append(float(value))
        if iteration < self.grace_period or len(values) < self.num_results:
            return None
        window = values[-self.num_results :]
        spread = _std(window)
        if spread >= self.std or not self._has_learned(values) or self._improves(window, iteration):
            return None
        detail = (
            f"{self.label} has settled at {window[-1]:.4g}: the last {self.num_results} values spread by"
            f" {spread:.2g}, below std={self.std:g}, without a steady gain"
        )
        return Verdict("plateau", iteration, spread, self.std, detail)

    def _gain(self, old: float, new: float) -> float:
        return new - old if self.mode == "max" else old - new

    def _has_learned(self, values: Sequence[float]) -> bool:
        if self.metric_threshold is not None:
            return self._gain(self.metric_threshold, values[-1]) > 0
        best = max(values) if self.mode == "max" else min(values)
        return self._gain(values[0], best) > self.std

    def _improves(self, window: Sequence[float], iteration: int) -> bool:
        slope, error = _slope(window)
        slope = slope if self.mode == "max" else -slope
        left = 0 if self.max_epochs is None else (self.max_epochs - iteration) // self.every
        return slope > 0 and slope >= 2 * error and slope * max(left, self.num_results) >= self.std / 2


def _std(values: Sequence[float]) -> float:
    """Of the population, as in Ray's stopper."""
    mean = sum(values) / len(values)
    return math.sqrt(sum((value - mean) ** 2 for value in values) / len(values))


def _slope(values: Sequence[float]) -> tuple[float, float]:
    """Least-squares slope a step and its standard error; the error of two values is 0."""
    count = len(values)
    center, mean = (count - 1) / 2, sum(values) / count
    across = sum((step - center) ** 2 for step in range(count))
    slope = sum((step - center) * (value - mean) for step, value in enumerate(values)) / across
    residual = sum((value - mean - slope * (step - center)) ** 2 for step, value in enumerate(values))
    return slope, math.sqrt(residual / (count - 2) / across) if count > 2 else 0.0
