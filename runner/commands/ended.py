"""How a run ended that a command has started."""

from collections.abc import Callable
from dataclasses import dataclass

from runner.errors import FAILED, INTERRUPTED, OK, ExperimentFailed, Interrupted
from runner.runs.folder import RunFolder
from runner.runs.run import Run


@dataclass(frozen=True)
class Ended:
    """The exit code and the folder of a run."""

    code: int
    folder: RunFolder


def ended(start: Callable[[], Run]) -> Ended:
    """Start a run and wait for its end, which has been printed by then.

    Raises RunnerError and KeyboardInterrupt where no trial was started.
    """
    try:
        return Ended(OK, start().folder)
    except ExperimentFailed as failed:
        if failed.run_folder is None:
            raise
        return Ended(FAILED, RunFolder(failed.run_folder))
    except Interrupted as interrupted:
        return Ended(INTERRUPTED, RunFolder(interrupted.run_folder))
