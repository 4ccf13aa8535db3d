"""End a trial after a number of iterations."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from runner.config.experiment import Experiment
from runner.config.registry import STOPPERS
from runner.translate.verdicts import Verdict


@STOPPERS.register("max_iterations")
class MaxIterations:
    """Ends each trial after that many iterations, below budget.max_epochs.

    The learning-rate schedule still spans budget.max_epochs: a look at the first part of long trainings.

    Args:
        max_iter: iterations.
    """

    def __init__(self, experiment: Experiment, /, *, max_iter: Annotated[int, Field(ge=1)]) -> None:  # noqa: ARG002
        self.max_iter = max_iter

    def __call__(self, trial_id: str, result: Mapping[str, Any]) -> Verdict | None:  # noqa: ARG002
        iteration = result["training_iteration"]
        if iteration < self.max_iter:
            return None
        return Verdict("max_iterations", iteration, iteration, self.max_iter, f"reached max_iter={self.max_iter}")
