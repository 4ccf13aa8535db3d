"""End the experiment when its best results no longer improve."""

import math
import statistics
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from runner.config.experiment import Experiment
from runner.config.objective import OBJECTIVE, Mode
from runner.config.registry import STOPPERS
from runner.config.traits import StopperTraits
from runner.runs.decisions import EXPERIMENT_PLATEAU
from runner.translate.verdicts import Verdict


@STOPPERS.register(EXPERIMENT_PLATEAU, traits=StopperTraits(ends_experiment=True))
class ExperimentPlateau:
    """Ends the whole experiment when its best trials lie close together and, for a while, none of them got better.

    The options are those of Ray's ExperimentPlateauStopper. That looks at the best reports, so that a single trial
    which has settled ends the experiment, and it aborts the run at a report without the metric. Here each trial counts
    once, by its best report so far, and a report without the metric, or with NaN, is passed over.

    Args:
        std: standard deviation of the best trials, at most which they lie close together.
        top: how many trials, the best.
        patience: reports, of all trials together, for which the best trials must have stayed the same.
        metric: watch another reported metric than the objective.
        mode: the better direction of that metric, max or min.
    """

    def __init__(
        self,
        experiment: Experiment,
        /,
        *,
        std: Annotated[float, Field(ge=0)] = 0.001,
        top: Annotated[int, Field(ge=2)] = 10,
        patience: Annotated[int, Field(ge=0)] = 0,
        metric: str | None = None,
        mode: Mode | None = None,
    ) -> None:
        self.std = std
        self.top = top
        self.patience = patience
        self.metric, self.label, better = experiment.objective.monitored(metric, mode)
        self.sign = -1 if better == "min" else 1
        self._bests: dict[str, float] = {}  # more is better
        self._top: list[float] = []
        self._unchanged = 0

    def __call__(self, trial_id: str, result: Mapping[str, Any]) -> None:
        """Takes note of a report; no trial is ended alone."""
        value = result.get(self.metric)
        if not math.isfinite(result[OBJECTIVE]):
            self._bests.pop(trial_id, None)  # it has diverged, and counts as the worst
        elif value is None or not math.isfinite(value):
            return
        else:
            self._bests[trial_id] = max(self.sign * value, self._bests.get(trial_id, -math.inf))
        before, self._top = self._top, sorted(self._bests.values(), reverse=True)[: self.top]
        self._unchanged = self._unchanged + 1 if self._top == before else 0

    def end(self) -> Verdict | None:
        """The verdict on every trial that runs, at iteration 0; None where the experiment goes on."""
        if len(self._top) < self.top or self._unchanged < self.patience:
            return None
        spread = statistics.pstdev(self._top)
        if spread > self.std:
            return None
        waited = f", and have stayed the same for {self._unchanged} reports" if self.patience else ""
        detail = (
            f"the {self.top} best trials have {self.label} from {self.sign * self._top[-1]:.4g} to"
            f" {self.sign * self._top[0]:.4g}, a spread of {spread:.2g}, at most std={self.std:g}{waited}"
        )
        return Verdict(EXPERIMENT_PLATEAU, 0, spread, self.std, detail)
