"""The replay of a schedule that population based training has found, telling each change (tried on Ray 2.60)."""

from typing import Any

from ray.tune.experiment import Trial
from ray.tune.schedulers import PopulationBasedTrainingReplay, TrialScheduler

from runner.config.nested import differing
from runner.runs.decisions import Exploit
from runner.runs.wording import changed
from runner.translate.internals.paused_trials import forget_stop
from runner.translate.internals.saved_state import saves, unsaved
from runner.translate.verdicts import Verdict, Verdicts


class RecordedReplay(PopulationBasedTrainingReplay):  # type: ignore[misc]
    """PopulationBasedTrainingReplay with a verdict for each change of the parameters."""

    def __init__(self, verdicts: Verdicts, policy_file: str) -> None:
        super().__init__(policy_file)
        self.verdicts = verdicts

    def on_trial_result(self, tune_controller: Any, trial: Trial, result: dict[str, Any]) -> str:
        iteration, before = result["training_iteration"], trial.config
        when = f"{self.verdicts.unit} {iteration}"
        if self._next_policy and iteration >= self._next_policy[0] and not saves(result):
            raise unsaved("pbt_replay", "changes it there", trial, when)
        action: str = super().on_trial_result(tune_controller, trial, result)
        if action == TrialScheduler.NOOP:
            forget_stop(tune_controller, trial)
            changes = {key: (old, new) for key, old, new in differing(before, trial.config)}
            detail = f"it goes on from its checkpoint of {when} with {changed(changes)}"
            exploit = Exploit(str(trial), iteration, changes)
            verdict = Verdict("pbt_replay", iteration, None, None, detail, exploit=exploit)
            self.verdicts.replay(trial.trial_id, verdict)
        return action
