"""Ray for the time of a run."""

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from runner.config.experiment import Choice
from runner.config.registry import RAY
from runner.errors import ConfigError, Problem
from runner.translate.internals.sigterm import sigterm_kept
from runner.translate.ray_folders import marked, remove_dead
from runner.translate.ray_loss import cluster_loss, ending_when_lost, local_loss
from runner.translate.signals import hanging, held_back, raised

SHUTDOWN_SECONDS = 10.0

LOCAL_SECONDS, REMOTE_SECONDS = 0.5, 5.0
"""Between two looks whether Ray is still there."""

_running: list[Choice] = []
"""With which options this process has started Ray."""

_ENVIRONMENT = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_CHDIR_TO_TRIAL_DIR": "0",
    "RAY_DEDUP_LOGS": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    "TUNE_DISABLE_AUTO_CALLBACK_LOGGERS": "1",
    "TUNE_DISABLE_STRICT_METRIC_CHECKING": "0",
    "TUNE_WARN_EXCESSIVE_EXPERIMENT_CHECKPOINT_SYNC_THRESHOLD_S": "0",
}
"""Ray reads these from before ray.init only: no usage statistics, the user's own folder as working folder, every line
of a trial in the log, and no loggers but those of the config."""


@contextmanager
def ray_session(choice: Choice, tell: Callable[[str], None]) -> Iterator[dict[str, float]]:
    """Start Ray or join a cluster; gives the cluster's resources ({"CPU": 2.0, ...}) and leaves Ray at the end.

    Within another session of this function, its Ray is used and kept. Raises KeyboardInterrupt with a reason where Ray
    dies meanwhile, and ConfigError where the process has started a Ray of its own. `tell` prints a line for a person.
    """
    if "ray" in sys.modules and sys.modules["ray"].is_initialized():
        yield _shared(choice)
        return
    os.environ.update(_ENVIRONMENT)
    import ray

    options = RAY.get(choice.name).build(**choice.options)
    try:
        with held_back(tell), sigterm_kept():
            session = ray.init(**options, log_to_driver=True, logging_level="warning")
    except ConnectionError as error:
        address = options["address"]
        remedy = "start one with: ray start --head, or type ray=local"
        raise ConfigError([Problem("ray-address", "ray.address", f"no Ray cluster at {address}", remedy)]) from error
    try:
        with ExitStack() as stack:
            if options["address"] == "local":
                folder = Path(session.address_info["session_dir"])
                stack.enter_context(marked(folder))
                if removed := remove_dead(folder.parent):
                    tell(f"note: {removed}")
                stack.enter_context(ending_when_lost(local_loss(), LOCAL_SECONDS, tell))
            else:
                lost = cluster_loss(ray.get_runtime_context().gcs_address)
                stack.enter_context(ending_when_lost(lost, REMOTE_SECONDS, tell))
            _running.append(choice)
            yield _resources()
    finally:
        _running.clear()
        _shut_down()


def _resources() -> dict[str, float]:
    import ray

    return {key: float(value) for key, value in ray.cluster_resources().items()}


def _shared(choice: Choice) -> dict[str, float]:
    """The resources of the Ray that runs in this process already. Raises ConfigError where it is not as `choice`."""
    if _running != [choice]:
        message = "Ray runs in this process already, and was not started for this"
        raise ConfigError([Problem("ray-running", "ray", message, "stop it first: import ray; ray.shutdown()")])
    return _resources()


def _shut_down() -> None:
    """Stop Ray; where that hangs after a signal, leave it alone and say so by `hanging`.

    A signal to the whole process group kills Ray's own processes as well, and ray.shutdown, here or at the exit of
    the interpreter, may then wait for them for minutes. The record is closed and the summary printed by now.
    """
    import ray

    if not raised():
        ray.shutdown()
        return
    thread = threading.Thread(target=ray.shutdown, daemon=True)
    thread.start()
    thread.join(SHUTDOWN_SECONDS)
    if thread.is_alive():
        hanging.set()
