"""End a trial whose metric has come to a value."""

import math
from collections.abc import Mapping
from typing import Any

from runner.config.experiment import Experiment
from runner.config.objective import Mode
from runner.config.registry import STOPPERS
from runner.translate.verdicts import Verdict


@STOPPERS.register("threshold")
class Threshold:
    """Ends a trial once its metric is as good as a value: at least that where more is better, at most where less is.

    Ray's own way, a dictionary of metrics, always takes more for better. A report without the metric, or with NaN, is
    passed over.

    Args:
        value: good enough.
        metric: watch another reported metric than the objective.
        mode: the better direction of that metric, max or min.
    """

    def __init__(
        self, experiment: Experiment, /, *, value: float, metric: str | None = None, mode: Mode | None = None
    ) -> None:
        self.value = value
        self.metric, self.label, self.mode = experiment.objective.monitored(metric, mode)

    def __call__(self, trial_id: str, result: Mapping[str, Any]) -> Verdict | None:  # noqa: ARG002
        seen = result.get(self.metric)
        if seen is None or not math.isfinite(seen):
            return None
        if seen < self.value if self.mode == "max" else seen > self.value:
            return None
        detail = f"{self.label} has come to {seen:.4g}, value={self.value:g} (mode {self.mode})"
        return Verdict("threshold", int(result["training_iteration"]), float(seen), self.value, detail)
