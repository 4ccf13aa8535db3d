"""End a trial whose objective is no number any more. Always on: no result of such a trial can be compared."""

import math
from collections.abc import Mapping
from typing import Any

from runner.config.objective import OBJECTIVE, Objective
from runner.runs.decisions import DIVERGED
from runner.translate.verdicts import Verdict


class Divergence:
    """Ends a trial at its first report whose objective is NaN or infinite, the last report of a trial included."""

    def __init__(self, objective: Objective, unit: str) -> None:
        self.objective = objective
        self.unit = unit

    def __call__(self, trial_id: str, result: Mapping[str, Any]) -> Verdict | None:  # noqa: ARG002
        value, iteration = float(result[OBJECTIVE]), int(result["training_iteration"])
        if math.isfinite(value):
            return None
        values = self.objective.values(result) if self.objective.several else {self.objective.label: value}
        told = " and ".join(f"{name} is {one}" for name, one in values.items() if not math.isfinite(one))
        detail = f"the objective {told} at {self.unit} {iteration}"
        return Verdict(DIVERGED, iteration, value, None, detail)
