"""One trial's run in a tracker, written by a thread of its own: no caller waits for a server."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Protocol

from runner.runs.trial import Trial, TrialState


class OpenRun(Protocol):
    """A run in a tracker. Every call comes from the thread that opened it."""

    def log(self, metrics: Mapping[str, Any], step: int) -> None:
        """Write the metrics of a report."""

    def finish(self, row: Trial, files: Sequence[Path], step: int) -> None:
        """Write how the trial ended after `step` reports, keep its files, and close the run."""


class TrackedRun:
    """A run that is being written. Calls return at once and are carried out in their order.

    Args:
        name: of the trial; tracker: to tell of the two.
        start: opens the run, in the thread.
        tell: takes a line for a person where that fails; the thread ends there, as the run folder has everything.
    """

    def __init__(self, name: str, tracker: str, start: Callable[[], OpenRun], tell: Callable[[str], None]) -> None:
        self.name = name
        self.tracker = tracker
        self.start = start
        self.tell = tell
        self._steps: SimpleQueue[Callable[[OpenRun], None] | None] = SimpleQueue()
        self._logged = 0
        self._given_up = False
        self._thread = threading.Thread(target=self._write, name=f"{tracker} run of {name}", daemon=True)
        self._thread.start()

    def log(self, metrics: Mapping[str, Any], step: int) -> None:
        """Write a row. One whose step is there already is left out: W&B, for one, takes no step twice.

        After a failure a trial goes on from a checkpoint, and may report an epoch again.
        """
        if step > self._logged:
            self._logged = step
            self._steps.put(lambda run: run.log(metrics, step))

    def finish(self, row: Trial, files: Sequence[Path]) -> None:
        """Write how the trial ended, keep its files, and close the run."""
        self._steps.put(lambda run: run.finish(row, files, self._logged))
        self._steps.put(None)

    def join(self, seconds: float) -> bool:
        """Wait until all of it is done, for at most `seconds`. Returns whether it is."""
        self._thread.join(max(0.0, seconds))
        return not self._thread.is_alive()

    def give_up(self) -> None:
        """From now on its failure is no news."""
        self._given_up = True

    def _write(self) -> None:
        try:
            run = self.start()
            for step in iter(self._steps.get, None):
                step(run)
        except Exception as error:  # noqa: BLE001 -- in a thread nobody would hear of it, whatever a tracker raises
            if not self._given_up:
                self.tell(f"{self.tracker} has not all of {self.name}: {type(error).__name__}: {error}")


def ended_well(row: Trial) -> bool:
    """Whether a tracker should show the run as a success."""
    return row.state in {TrialState.COMPLETED, TrialState.STOPPED}


def end_tags(row: Trial) -> list[str]:
    """State and rule, to filter by."""
    # "end" and "error" say no more than completed and failed do
    rule = [row.rule] if row.rule not in {"end", "error"} else []
    return list(dict.fromkeys([str(row.state), *rule]))


def end_of(row: Trial) -> dict[str, str]:
    """State, rule and reason, to make columns of."""
    return {"end/state": str(row.state), "end/rule": row.rule, "end/reason": row.reason}


def by_kind(files: Sequence[Path]) -> Iterator[tuple[str, list[Path]]]:
    """Weights as a model, and the other files; what there is none of is left out."""
    weights = [path for path in files if path.suffix == ".pt"]
    others = [path for path in files if path.suffix != ".pt"]
    yield from ((kind, paths) for kind, paths in (("model", weights), ("files", others)) if paths)


def numbers(metrics: Mapping[str, Any]) -> dict[str, float]:
    """Those that a tracker can draw; text and lists of a report are in history.csv."""
    return {name: float(value) for name, value in metrics.items() if isinstance(value, int | float)}
