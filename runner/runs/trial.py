"""What is known of one trial."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from runner.config.objective import OBJECTIVE


class TrialState(StrEnum):
    """completed: trained to its end; stopped: by a named rule."""

    RUNNING = "running"
    COMPLETED = "completed"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass
class TrialRow:
    """One trial so far.

    Attributes:
        config: the sampled parameters, flat or nested.
        iterations: the number of its last report.
        best: best objective over all its reports; None as long as no report had a finite one.
        best_metrics, last_metrics: the whole report that was best, and the last one.
        seconds: time it ran, up to its last event.
        rule: what ended it (see `Decision`), and reason: the same as a sentence.
        error: the traceback of a failed trial.
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
    seconds: float = 0.0
    rule: str = ""
    reason: str = ""
    error: str = ""

    @property
    def last(self) -> float | None:
        """The objective of its last report."""
        return float(self.last_metrics[OBJECTIVE]) if self.last_metrics else None
