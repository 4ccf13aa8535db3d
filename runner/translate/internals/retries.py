"""Which failures Ray Tune retries. Reaches into Trial, parts of which are not public (tried on Ray 2.60)."""

from typing import Any

import ray
from ray.exceptions import RayError, RayTaskError
from ray.tune.experiment import Trial

_handle_error = Trial.handle_error
_DIED = "runner_process_died"


def only_of_dead_processes() -> None:
    """Retry a trial whose process died, as Ray's max_failures says, and none that raised an error.

    Ray retries both alike. An error would most likely be raised again; a trial that is out of memory would be so again.
    """
    Trial.handle_error = _retry_the_dead


def process_died(trial: Trial) -> bool:
    """Whether the last failure of `trial` was the death of its process."""
    return bool(getattr(trial, _DIED, False))


def fail_now(trial: Trial) -> None:
    """Kill the process of `trial`, and let no other one go on with it."""
    trial.max_failures = 0
    ray.kill(trial.temporary_state.ray_actor)


def _retry_the_dead(trial: Trial, exc: Any = None) -> None:
    _handle_error(trial, exc)
    died = isinstance(exc, RayError) and not isinstance(exc, RayTaskError)
    setattr(trial, _DIED, died)
    if not died:
        # Ray restarts a trial as long as it has not failed more often than this.
        trial.run_metadata.num_failures = trial.max_failures + 1
