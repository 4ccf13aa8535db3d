"""What is known of one trial."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from runner.config.objective import OBJECTIVE
from runner.config.trainable import ADJUSTED

DEFAULTS = "defaults"
"""The note of the trial that runs the trainable's own defaults."""


class TrialState(StrEnum):
    """paused: its scheduler lets it go on later; completed: trained to its end; stopped: by a named rule.

    out_of_memory: failed for that and nothing else; diverged: stopped, as its objective was NaN or infinite.
    """

    RUNNING = "running"
    PAUSED = "paused"
    COMPLETED = "completed"
    STOPPED = "stopped"
    FAILED = "failed"
    OUT_OF_MEMORY = "out_of_memory"
    DIVERGED = "diverged"
    INTERRUPTED = "interrupted"

    @property
    def failed(self) -> bool:
        """Whether its trial ended in an error or diverged: such a trial is the worst, whatever it reported before."""
        return self in FAILED

    @property
    def ended_well(self) -> bool:
        """Whether the trial was trained to its end or stopped by a rule."""
        return self in (TrialState.COMPLETED, TrialState.STOPPED)

    @property
    def ended(self) -> bool:
        """Whether nothing more is to come from it, as long as nobody resumes it."""
        return self not in (TrialState.RUNNING, TrialState.PAUSED)

    @property
    def words(self) -> str:
        """For a sentence."""
        return self.value.replace("_", " ")


FAILED = frozenset({TrialState.FAILED, TrialState.OUT_OF_MEMORY, TrialState.DIVERGED})


@dataclass
class Trial:
    """One trial so far.

    Attributes:
        config: the parameters that it runs with, flat or nested: those that were sampled, or that a scheduler has put
            in their place.
        iterations: the number of its last report.
        best: best objective over all its reports; None as long as no report had a finite one.
        best_metrics, last_metrics: the whole report that was best, and the last one.
        best_config: the parameters at the best report.
        seconds: time it ran, up to its last event.
        restarts: how often its process died and it went on, from its last checkpoint or from the start.
        earlier_bests: what was best before, the latest last, with iteration, report and parameters, as long as it runs.
        checkpoint: what it left to go on from or to predict with, as a path below the run folder; empty: nothing.
        rule: what ended it (see `Decision`), and reason: the same as a sentence.
        error: the traceback of a failed trial.
        note: what sets it apart from the others: DEFAULTS, or nothing.
        number: of its configuration, from 0, where each is run several times; else empty.
        front: whether it is on the Pareto front of several objectives.
    """

    name: str
    config: Mapping[str, Any]
    started_at: float
    state: TrialState = TrialState.RUNNING
    iterations: int = 0
    best: float | None = None
    best_iteration: int | None = None
    best_metrics: dict[str, Any] = field(default_factory=dict)
    last_metrics: dict[str, Any] = field(default_factory=dict)
    best_config: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    restarts: int = 0
    checkpoint: str = ""
    rule: str = ""
    reason: str = ""
    error: str = ""
    note: str = ""
    number: int | str = ""
    front: bool = False
    earlier_bests: list[tuple[float, int, dict[str, Any], Mapping[str, Any]]] = field(default_factory=list)

    def improves(self, value: float, iteration: int, metrics: dict[str, Any]) -> None:
        """A report is the best so far."""
        if self.best is not None and self.best_iteration is not None:
            self.earlier_bests.append((self.best, self.best_iteration, self.best_metrics, self.best_config))
        self.best, self.best_iteration, self.best_metrics, self.best_config = value, iteration, metrics, self.config

    def forget_from(self, iteration: int) -> None:
        """The reports from `iteration` on do not count any more."""
        while self.best_iteration is not None and self.best_iteration >= iteration:
            nothing: tuple[None, None, dict[str, Any], Mapping[str, Any]] = (None, None, {}, {})
            self.best, self.best_iteration, self.best_metrics, self.best_config = (
                self.earlier_bests.pop() if self.earlier_bests else nothing
            )

    def forget_earlier_bests(self) -> None:
        """It ended: no report of it is run again."""
        self.earlier_bests.clear()

    @property
    def last(self) -> float | None:
        """The objective of its last report."""
        return float(self.last_metrics[OBJECTIVE]) if self.last_metrics else None

    @property
    def last_finite(self) -> float | None:
        """The same, where it is finite."""
        return self.last if self.last is not None and math.isfinite(self.last) else None

    @property
    def adjusted(self) -> dict[str, Any]:
        """Parameters that had to take another value than the sampled one, at its best report or, without, its last."""
        metrics = self.best_metrics or self.last_metrics
        return {key.removeprefix(ADJUSTED): value for key, value in metrics.items() if key.startswith(ADJUSTED)}

    @property
    def configuration(self) -> Mapping[str, Any]:
        """The parameters of its best report; without one, those that it runs with."""
        return self.best_config or self.config

    @property
    def parameters(self) -> dict[str, Any]:
        """The same as they were trained with: adjusted."""
        return {**self.configuration, **self.adjusted}
