"""Population based training and its bandit variant, telling what they decide.

Overrides methods of Ray's PopulationBasedTraining that are private (tried on Ray 2.60).
"""

import copy
import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ray.train._internal.session import _TrainingResult
from ray.tune import Checkpoint
from ray.tune.experiment import Trial
from ray.tune.schedulers import PopulationBasedTraining, TrialScheduler
from ray.tune.schedulers.pb2 import PB2

from runner.config.nested import differing
from runner.config.search_space import Distribution, Range
from runner.runs.decisions import Exploit
from runner.runs.wording import changed
from runner.translate.internals.paused_trials import forget_stop
from runner.translate.internals.saved_state import saves, unsaved
from runner.translate.own_generators import OwnGenerators
from runner.translate.verdicts import Verdict, Verdicts

POLICY = "pbt_policy_{}.txt"
"""In Ray's folder of the experiment: how the trial of that name came to its parameters, for scheduler=pbt_replay."""


class RecordedPBT(PopulationBasedTraining):  # type: ignore[misc]
    """PopulationBasedTraining with a verdict for each decision, and with values inside of their distributions.

    Ray multiplies a value without a look at its range. It leaves a trial as it is where there is no checkpoint to
    exploit, and lets a population wait for ever for a trial that has ended, where it is synchronous. It copies no
    checkpoint: that of a trial that goes on is gone before another one has taken it.

    Args:
        moved: what is mutated, by dotted key.
        seed: of all that is drawn; Ray draws from the generators of Python and of numpy that all share.
    """

    rule = "pbt"

    def __init__(
        self,
        verdicts: Verdicts,
        *,
        last_iteration: int | None,
        moved: Mapping[str, Distribution],
        seed: int,
        **options: Any,
    ) -> None:
        super().__init__(time_attr="training_iteration", **options)
        self.verdicts = verdicts
        self.last_iteration = last_iteration
        self.moved = moved
        self.generators = OwnGenerators(seed)
        self.ended: set[Trial] = set()

    @property
    def metric(self) -> str:
        """What it compares."""
        return str(self._metric)

    def on_trial_add(self, tune_controller: Any, trial: Trial) -> None:
        self.ended.discard(trial)
        for key, distribution in self.moved.items():
            if isinstance(distribution, Range) and not distribution.integer:
                # Ray rounds what begins as a whole number, as that of a point may.
                _change(trial.config, key, float)
        super().on_trial_add(tune_controller, trial)

    def on_trial_result(self, tune_controller: Any, trial: Trial, result: dict[str, Any]) -> str:
        iteration = result[self._time_attr]
        if self.last_iteration is not None and iteration >= self.last_iteration:
            return str(TrialScheduler.CONTINUE)  # a trial ends itself
        if self._is_due(trial, iteration) and not saves(result):
            raise unsaved(self.rule, "may let others go on from there", trial, f"{self.verdicts.unit} {iteration}")
        with self.generators.in_use():
            action: str = super().on_trial_result(_Unfinished(tune_controller, self.ended), trial, result)
        if action == TrialScheduler.PAUSE:
            others = "all others come to it" if self._synch else "other trials have their turn"
            verdict = Verdict(self.rule, iteration, result[self._metric], None, f"{others} before it goes on")
            self.verdicts.pause(trial.trial_id, verdict)
        return action

    def on_trial_complete(self, tune_controller: Any, trial: Trial, result: dict[str, Any]) -> None:
        self._left(tune_controller, trial)

    def on_trial_error(self, tune_controller: Any, trial: Trial) -> None:
        self._left(tune_controller, trial)

    def on_trial_remove(self, tune_controller: Any, trial: Trial) -> None:
        self._left(tune_controller, trial)

    def _is_due(self, trial: Trial, iteration: int) -> bool:
        since = iteration - self._trial_state[trial].last_perturbation_time
        return bool(iteration >= self._burn_in_period and since >= self._perturbation_interval)

    def _left(self, tune_controller: Any, trial: Trial) -> None:
        """In the synchronous mode the others may have waited for this trial alone."""
        self.ended.add(trial)
        others = [one for one in self._trial_state if one not in self.ended and not one.is_finished()]
        states = [self._trial_state[one] for one in others]
        if self._synch and others and all(one.last_train_time >= self._next_perturbation_sync for one in states):
            self.on_trial_result(tune_controller, others[0], states[0].last_result)

    def _exploit(self, tune_controller: Any, trial: Trial, trial_to_clone: Trial) -> None:
        """Told before the report that it follows is recorded."""
        state, source = self._trial_state[trial], self._trial_state[trial_to_clone]
        before, iteration, at = trial.config, state.last_train_time, int(source.last_result["training_iteration"])
        super()._exploit(tune_controller, trial, trial_to_clone)
        forget_stop(tune_controller, trial)
        self._keep(trial, source)
        changes = {key: (old, new) for key, old, new in differing(before, trial.config)}
        place, ranked = self._place(trial)
        value = self._metric_op * state.last_score
        detail = (
            f"{value:.4g} is place {place} of {ranked}: it goes on from {trial_to_clone}'s checkpoint of"
            f" {self.verdicts.unit} {at} with {changed(changes)}"
        )
        exploit = Exploit(str(trial_to_clone), at, changes)
        best = self._metric_op * source.last_score
        self.verdicts.exploit(
            trial.trial_id, Verdict(self.rule, iteration, value, best, detail, place, ranked, exploit)
        )

    def _place(self, trial: Trial) -> tuple[int, int]:
        """The trial's place among those that are compared, as Ray orders them, and how many they are."""
        states = self._trial_state
        compared = [one for one, state in states.items() if state.last_score is not None and not one.is_finished()]
        worst_first = sorted(compared, key=lambda one: states[one].last_score)
        return len(compared) - worst_first.index(trial), len(compared)

    def _keep(self, trial: Trial, source: Any) -> None:
        """Give the trial a checkpoint of its own of what it goes on from: the other trial's is not kept for long."""
        found, storage = Path(source.last_checkpoint.path), trial.storage
        name = f"checkpoint_{storage.current_checkpoint_index:06d}_exploit_{self._num_perturbations:06d}"
        own = Path(storage.trial_fs_path) / name
        shutil.copytree(found, own)
        result = _TrainingResult(checkpoint=Checkpoint.from_directory(str(own)), metrics=dict(source.last_result))
        trial.run_metadata.checkpoint_manager.register_checkpoint(result)

    def _get_new_config(self, trial: Trial, trial_to_clone: Trial) -> tuple[dict[str, Any], dict[str, Any]]:
        config, operations = super()._get_new_config(trial, trial_to_clone)
        config = copy.deepcopy(config)
        for key, distribution in self.moved.items():
            _change(config, key, distribution.nearest)
        return config, operations

    def _log_config_on_step(
        self, trial_state: Any, new_state: Any, trial: Trial, trial_to_clone: Trial, new_config: dict[str, Any]
    ) -> None:
        """Ray names its files by ids that nobody sees, and writes them into a folder of its session."""
        folder = Path(trial.storage.experiment_fs_path)
        steps = [self._trial_state[one].last_train_time for one in (trial, trial_to_clone)]
        row = [str(trial), str(trial_to_clone), *steps, trial_to_clone.config, new_config]
        earlier = folder / POLICY.format(trial_to_clone)
        path = folder / POLICY.format(trial)
        text = earlier.read_text(encoding="utf-8") if earlier.is_file() else ""
        path.write_text(f"{text}{json.dumps(row)}\n", encoding="utf-8")


class RecordedPB2(RecordedPBT, PB2):  # type: ignore[misc]
    """PB2 likewise, which chooses the values by a model of what they gained."""

    rule = "pb2"


class _Unfinished:
    """Ray's controller without the trials that have ended or failed: a synchronous population would wait for them."""

    def __init__(self, controller: Any, ended: set[Trial]) -> None:
        self._controller = controller
        self._ended = ended

    def get_live_trials(self) -> set[Trial]:
        return {trial for trial in self._controller.get_live_trials() if trial not in self._ended}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._controller, name)


def _change(config: dict[str, Any], key: str, change: Callable[[Any], Any]) -> None:
    """Change the value at a dotted key in its place."""
    *parents, leaf = key.split(".")
    for parent in parents:
        config = config[parent]
    config[leaf] = change(config[leaf])
