"""End a trial after an amount of time."""

from collections.abc import Mapping
from typing import Any

from runner.config.duration import Duration
from runner.config.experiment import Experiment
from runner.config.registry import STOPPERS
from runner.translate.verdicts import Verdict


@STOPPERS.register("timeout", redirects={"seconds": "say it as stopper.timeout.timeout"})
class Timeout:
    """Ends each trial after that much time of its own; the whole experiment's time is budget.time_budget.

    The time is that of the trial's own work (Ray's time_total_s): waiting for a worker to start does not count.
    A trial is looked at when it reports.

    Args:
        timeout: seconds, or text such as 90m, 2h, 1h30m.
    """

    def __init__(self, experiment: Experiment, /, *, timeout: Duration) -> None:  # noqa: ARG002
        self.timeout = timeout

    def __call__(self, trial_id: str, result: Mapping[str, Any]) -> Verdict | None:  # noqa: ARG002
        seconds = float(result["time_total_s"])
        if seconds < self.timeout:
            return None
        detail = f"trained for {seconds:.0f} s, timeout={self.timeout:g} s"
        return Verdict("timeout", result["training_iteration"], seconds, self.timeout, detail)
