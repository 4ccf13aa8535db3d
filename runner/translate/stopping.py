"""All rules that end a trial or the experiment, as the one stopper that Ray is given."""

import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol, runtime_checkable

from ray.tune import Stopper

from runner.config.experiment import Experiment
from runner.config.registry import STOPPERS
from runner.errors import ExperimentFailed
from runner.runs.decisions import DIVERGED, FUNCTION_ERROR
from runner.translate.divergence import Divergence
from runner.translate.failed_trials import FailedTrials
from runner.translate.verdicts import Verdict, Verdicts

Rule = Callable[[str, Mapping[str, Any]], Verdict | None]


@runtime_checkable
class ExperimentRule(Protocol):
    """A rule that looks at all trials together, beside being told of every report as the others are."""

    def end(self) -> Verdict | None:
        """Where the whole experiment ends: the verdict on every trial that runs, at iteration 0; else None."""


class StopByRule(Stopper):  # type: ignore[misc]
    """Asks each stopper of the config in turn and keeps the verdict of the first that says stop.

    A trial's last iteration is left alone: it ends itself, final weights included. One that has diverged has none.

    Args:
        names: of the trials, by Ray's id: rules know a trial by its name, which stays when a run is resumed.
        failed: hears of every trial that ends, and ends the experiment after too many failures.
        seconds_before: that earlier processes have used of the time budget.

    Attributes:
        failure: the verdict by which the experiment failed, if it did: it ends, and its state is kept.
        unseen: metrics that stoppers watch and no report has held yet, each with the stopper's name.
    """

    def __init__(
        self,
        experiment: Experiment,
        verdicts: Verdicts,
        names: Mapping[str, str],
        failed: FailedTrials,
        seconds_before: float,
    ) -> None:
        stoppers = [STOPPERS.get(choice.name).build(experiment, **choice.options) for choice in experiment.stoppers]
        self.rules: list[Rule] = [Divergence(experiment.objective, experiment.unit), *stoppers]
        self.experiment_rules = [stopper for stopper in stoppers if isinstance(stopper, ExperimentRule)]
        self.verdicts = verdicts
        self.names = names
        self.last_iteration = experiment.budget.max_epochs
        self.time_budget = experiment.budget.time_budget
        self.started = time.monotonic() - seconds_before
        self.failed = failed
        self.failure: Verdict | None = None
        self.unseen = {
            choice.options["metric"]: choice.name for choice in experiment.stoppers if choice.options.get("metric")
        }

    def __call__(self, trial_id: str, result: dict[str, Any]) -> bool:
        # Ray asks once more for a function that has just returned (`done`), with the report it has shown before.
        if result.get("done") or self.failure:
            return False
        for metric in self.unseen.keys() & result.keys():
            del self.unseen[metric]
        try:
            verdicts = [v for rule in self.rules if (v := rule(self.names[trial_id], result)) is not None]
        except ExperimentFailed as error:
            self.fail(Verdict(FUNCTION_ERROR, 0, None, None, str(error)))
            return False
        last = self.last_iteration is not None and result["training_iteration"] >= self.last_iteration
        if not verdicts or (last and verdicts[0].rule != DIVERGED):
            return False
        self.verdicts.give(trial_id, verdicts[0])
        return True

    def ended(self, error: str | None, *, mismatch: bool = False) -> None:
        """A trial ended: with the traceback `error` where it failed, for `mismatch` where a value did not arrive."""
        verdict = self.failed.count(error, mismatch=mismatch)
        if verdict is not None:
            self.fail(verdict)

    def fail(self, verdict: Verdict) -> None:
        """The experiment ends, as failed: the verdict is that on every trial that has not ended."""
        self.failure = self.failure or verdict

    def stop_all(self) -> bool:
        return self.end() is not None

    def end(self) -> Verdict | None:
        """Where the whole experiment ends: the verdict on every trial that runs, at iteration 0; else None."""
        budget = self.time_budget
        if self.failure:
            return self.failure
        if budget is not None and time.monotonic() - self.started >= budget:
            detail = f"the experiment's time_budget of {budget:g} s is used up"
            return Verdict("budget.time_budget", 0, None, budget, detail)
        if verdict := self.failed.mismatch():
            return verdict
        return next((verdict for rule in self.experiment_rules if (verdict := rule.end())), None)
