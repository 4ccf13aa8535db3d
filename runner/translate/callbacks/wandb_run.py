"""One run of Weights & Biases, written by a thread of its own: no caller waits for a server."""

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from runner.runs.trial import TrialRow

Step = Callable[[Any], None]
"""Something to do with the run that wandb.init returned."""

PICTURES = (".png", ".jpg")


class WandbRun:
    """A run that is being written. Calls return at once and are carried out in their order.

    Args:
        name: of the trial, to tell of it.
        options: arguments of wandb.init.
        tell: takes a line for a person where W&B fails; the thread ends there, as the run folder has everything.
    """

    def __init__(self, name: str, options: Mapping[str, Any], tell: Callable[[str], None]) -> None:
        self.name = name
        self.options = options
        self.tell = tell
        self._steps: SimpleQueue[Step | None] = SimpleQueue()
        self._logged = 0
        self._given_up = False
        self._thread = threading.Thread(target=self._write, name=f"W&B run of {name}", daemon=True)
        self._thread.start()

    def log(self, metrics: Mapping[str, Any], step: int) -> None:
        """Write a row. One whose step is there already is left out: W&B takes no step twice.

        After a failure a trial goes on from a checkpoint, and may report an epoch again.
        """
        if step > self._logged:
            self._logged = step
            self._steps.put(lambda run: run.log(dict(metrics), step=step))

    def finish(self, row: TrialRow, files: Sequence[Path], exit_code: int) -> None:
        """Write how the trial ended, keep its files, and close the run."""
        self._steps.put(lambda run: _write_end(run, row))
        self._steps.put(lambda run: _keep(run, files, self._logged))
        self._steps.put(lambda run: run.finish(exit_code=exit_code))
        self._steps.put(None)

    def join(self, seconds: float) -> bool:
        """Wait until all of it is done, for at most `seconds`. Returns whether it is."""
        self._thread.join(max(0.0, seconds))
        return not self._thread.is_alive()

    def give_up(self) -> None:
        """From now on its failure is no news."""
        self._given_up = True

    def _write(self) -> None:
        import wandb

        try:
            run = wandb.init(**self.options)
            for step in iter(self._steps.get, None):
                step(run)
        except Exception as error:  # noqa: BLE001 -- in a thread nobody would hear of it, whatever W&B raises
            if not self._given_up:
                self.tell(f"W&B has not all of {self.name}: {type(error).__name__}: {error}")


def _write_end(run: Any, row: TrialRow) -> None:
    """State and rule as tags, to filter by; the same and the reason in the summary, to make columns of."""
    state = str(row.state).replace(" ", "_")
    # "end" and "error" say no more than completed and failed do
    rule = [row.rule] if row.rule not in {"end", "error"} else []
    run.tags = tuple(dict.fromkeys([*(run.tags or ()), state, *rule]))
    run.notes = row.reason
    run.summary.update({"end/state": state, "end/rule": row.rule, "end/reason": row.reason})


def _keep(run: Any, files: Sequence[Path], step: int) -> None:
    """Weights as a model, the other files as another artifact, pictures in the last row as well.

    W&B reads them where they are: it makes no copies beside those of the pictures.
    """
    import wandb

    weights = [path for path in files if path.suffix == ".pt"]
    others = [path for path in files if path.suffix != ".pt"]
    for kind, paths in (("model", weights), ("files", others)):
        if paths:
            artifact = wandb.Artifact(re.sub(r"[^\w.-]+", "-", f"{run.id}-{kind}"), type=kind)
            for path in paths:
                artifact.add_file(str(path), name=path.name, policy="immutable", skip_cache=True)
            run.log_artifact(artifact)
    pictures = {f"curves/{path.stem}": wandb.Image(str(path)) for path in others if path.suffix in PICTURES}
    if pictures:
        run.log(pictures, step=step)
