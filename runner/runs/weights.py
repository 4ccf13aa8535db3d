"""The weights of trials, of which only the best are kept where the user asks for that."""

import shutil
from collections.abc import Iterable

from runner.config.objective import Objective
from runner.runs.folder import RunFolder
from runner.runs.trial import Trial, TrialState

GOES_ON = frozenset({TrialState.RUNNING, TrialState.PAUSED, TrialState.INTERRUPTED})
"""An interrupted trial may be resumed, and needs what it saved."""


class Weights:
    """Removes the weights and checkpoints of trials that are over and not among the best `most`; None: keeps all."""

    def __init__(self, run: RunFolder, objective: Objective, most: int | None) -> None:
        self.run = run
        self.objective = objective
        self.most = most
        self._removed: set[str] = set()

    def prune(self, rows: Iterable[Trial], best: Iterable[Trial], ended_before: float) -> list[Trial]:
        """Remove what is not kept of the trials that ended before that time, in seconds since the epoch.

        `best` are kept whatever their rank and number; a failed trial comes after all others. Returns those that have
        lost theirs.
        """
        if self.most is None:
            return []
        over = [row for row in rows if row.state not in GOES_ON]
        self._removed &= {row.name for row in over}  # a trial that was resumed has written new ones
        winners = {row.name for row in best}
        ranked = sorted(over, key=lambda row: (row.name not in winners, row.state.failed, *self._rank(row)))
        lost = [
            row
            for row in ranked[self.most :]
            if row.name not in self._removed | winners and row.started_at + row.seconds <= ended_before
        ]
        for row in lost:
            self._remove(row)
        return lost

    def _rank(self, row: Trial) -> tuple[bool, float]:
        """Lower is better."""
        if row.best is None:
            return True, 0.0
        return False, row.best if self.objective.mode == "min" else -row.best

    def _remove(self, row: Trial) -> None:
        for path in self.run.trial_weights(row.name).parent.glob("*.pt"):
            path.unlink()
        for folder in self.run.checkpoints(row.name):
            shutil.rmtree(folder)
        row.checkpoint = ""
        self._removed.add(row.name)
