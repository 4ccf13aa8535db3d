import re
from datetime import datetime
from pathlib import Path

import pytest

from runner.config.objective import Objective, Target
from runner.runs.decisions import Decision
from runner.runs.folder import RunFolder
from runner.runs.record import Record, TrialState


class Clock:
    """Time as a test sets it, in seconds."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


class Play:
    """Tells a record what a run would tell it."""

    def __init__(self, record: Record, clock: Clock) -> None:
        self.record = record
        self.clock = clock

    def trial(self, name: str, values: list[float], /, *, seconds: float = 1.0, **config: object) -> None:
        """Start `name` and report one objective an epoch."""
        self.record.started(name, config)
        for epoch, value in enumerate(values, 1):
            self.clock.now += seconds
            self.record.reported(name, epoch, {"objective": value, "accuracy": value, "train/loss": 1 / epoch})

    def end(self, name: str, state: TrialState = TrialState.COMPLETED, rule: str = "end", error: str = "") -> None:
        detail = {"end": "trained to its end", "error": "an error"}.get(rule, f"ended by {rule}")
        row = self.record.rows[name]
        self.record.ended(name, state, Decision(name, row.iterations, rule, row.last, None, detail), error)


def units_in(text: str) -> set[str]:
    """What one report is called in a text; keys such as max_epochs are no such word."""
    return set(re.findall(r"\b(epoch|iteration)s?\b", text))


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return RunFolder.create(tmp_path / "outputs", "digits", datetime(2026, 1, 2, 3, 4, 5))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def objective() -> Objective:
    return Objective((Target("accuracy", "max"),))


@pytest.fixture
def record(run: RunFolder, objective: Objective, clock: Clock) -> Record:
    return Record(run, objective, expected_trials=6, max_epochs=10, unit="epoch", clock=clock)


@pytest.fixture
def play(record: Record, clock: Clock) -> Play:
    return Play(record, clock)
