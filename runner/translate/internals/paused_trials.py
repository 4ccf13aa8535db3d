"""Trials that a scheduler has paused to change them. Reaches into Ray's controller (tried on Ray 2.60)."""

from typing import Any

from ray.tune.experiment import Trial


def forget_stop(tune_controller: Any, trial: Trial) -> None:
    """Let a trial that was paused while it was saving go on.

    To pause it Ray stops its process, and keeps for the end of the saving, which never comes, that it is to be stopped:
    the trial would end at its next checkpoint.
    """
    # Schedulers are given a wrapper that warns of each private name.
    controller = getattr(tune_controller, "_tune_controller", tune_controller)
    controller._cached_trial_decisions.pop(trial.trial_id, None)
