"""HyperBand, and BOHB's, telling what they decide. Builds on Ray's brackets, which are private (tried on Ray 2.60)."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from ray.tune.schedulers import HyperBandForBOHB, HyperBandScheduler, TrialScheduler
from ray.tune.schedulers.hyperband import _Bracket

from runner.translate.internals.saved_state import saves, unsaved
from runner.translate.verdicts import Verdict, Verdicts


class Stage(NamedTuple):
    """A bracket between two halvings: at most `trials` go on to `iteration`, where they are compared."""

    trials: int
    iteration: int


class RecordedBracket(_Bracket):  # type: ignore[misc]
    """A bracket that gives its verdicts with each halving: before the trials that lose are stopped.

    Ray's is filled as long as its trials live: where they come one by one, the first bracket would take them all.

    Args:
        rule: the scheduler by its name in the config.
    """

    def __init__(self, rule: str, verdicts: Verdicts, **options: Any) -> None:
        super().__init__(**options)
        self.rule = rule
        self.verdicts = verdicts

    def filled(self) -> bool:
        return bool(len(self._all_trials) >= self._n0)

    def successive_halving(self, metric: str, metric_op: float) -> tuple[list[Any], list[Any]]:
        if not self._halves:
            return list(self._live_trials), []
        milestone, unit = self._cumul_r, self.verdicts.unit
        good, bad = super().successive_halving(metric, metric_op)
        for place, trial in enumerate([*reversed(good), *reversed(bad)], 1):
            result, ranked = self._live_trials[trial], len(good) + len(bad)
            least = self._live_trials[good[0]][metric]
            detail = f"{result[metric]:.4g} is place {place} of {ranked} at {unit} {milestone:g}: "
            detail += f"the best {self._n} go on" if trial in bad else f"it goes on to {unit} {self._cumul_r:g}"
            verdict = Verdict(self.rule, result[self._time_attr], result[metric], least, detail, place, ranked)
            if trial in bad:
                self.verdicts.give(trial.trial_id, verdict)
            else:
                self.verdicts.promote(trial.trial_id, verdict)
        return good, bad


class RecordedHyperBand(HyperBandScheduler):  # type: ignore[misc]
    """HyperBandScheduler with a verdict for each decision, whose trials end themselves.

    Ray's own stops the survivors at `max_t`, which costs them their final weights and saves nothing.
    """

    rule = "hyperband"

    def __init__(self, verdicts: Verdicts, *, last_iteration: int, **options: Any) -> None:
        super().__init__(time_attr="training_iteration", max_t=last_iteration, stop_last_trials=False, **options)
        self.verdicts = verdicts

    @property
    def metric(self) -> str:
        """What it compares."""
        return str(self._metric)

    def on_trial_result(self, tune_controller: Any, trial: Any, result: dict[str, Any]) -> str:
        action: str = super().on_trial_result(tune_controller, trial, result)
        if action == TrialScheduler.PAUSE:
            iteration = result[self._time_attr]
            when = f"{self.verdicts.unit} {iteration}"
            if not saves(result) and trial.checkpoint is None:
                raise unsaved(self.rule, "pauses it there", trial, when)
            detail = f"the other trials of its bracket come to {when} first"
            self.verdicts.pause(trial.trial_id, Verdict(self.rule, iteration, result[self._metric], None, detail))
        return action

    def brackets(self) -> Iterator[list[Stage]]:
        """The brackets of one round, in the order in which they are filled; the stages of each, the last to the end."""
        for number in self._order():
            trials, iteration = self._get_n0(number), self._get_r0(number)
            stages = [Stage(trials, iteration)]
            for _ in range(number):
                trials, iteration = -int(-trials // self._eta), int(min(iteration * self._eta, self._max_t_attr))
                stages.append(Stage(trials, iteration))
            if stages[0].iteration:
                yield stages

    def _order(self) -> range:
        return range(self._s_max_1)

    def _create_bracket(self, s: int) -> RecordedBracket:
        return RecordedBracket(
            self.rule, self.verdicts, time_attr=self._time_attr, max_trials=self._get_n0(s),
            init_t_attr=self._get_r0(s), max_t_attr=self._max_t_attr, eta=self._eta, s=s,
            stop_last_trials=self._stop_last_trials,
        )  # fmt: skip

    def _process_bracket(self, tune_controller: Any, bracket: RecordedBracket) -> str:
        action: str = super()._process_bracket(tune_controller, bracket)
        # Ray leaves the mark: trials would wait for ever for one that fails later.
        bracket.is_being_processed = False
        return action


class RecordedBOHB(RecordedHyperBand, HyperBandForBOHB):  # type: ignore[misc]
    """HyperBandForBOHB likewise, which fills the largest bracket first and tells its searcher what it compares."""

    rule = "bohb"

    def __init__(self, verdicts: Verdicts, *, last_iteration: int, **options: Any) -> None:
        super().__init__(verdicts, last_iteration=last_iteration, **options)
        self.last_iteration = last_iteration

    def on_trial_result(self, tune_controller: Any, trial: Any, result: dict[str, Any]) -> str:
        action = super().on_trial_result(tune_controller, trial, result)
        if result[self._time_attr] >= self.last_iteration:
            # The searcher learns from reports with a budget. Where trials end themselves, Ray gives the last one none.
            result["hyperband_info"]["budget"] = self.last_iteration
        return action

    def _order(self) -> range:
        return range(self._s_max_1)[::-1]
