"""Run folders as tune leaves them, without running anything."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from runner.config.objective import Objective, Target
from runner.config.registry import unit_of
from runner.runs.decisions import Decision
from runner.runs.folder import RunFolder
from runner.runs.ranking import repeats
from runner.runs.record import Record
from runner.runs.run import Run
from runner.runs.trial import TrialState
from tests.runs.conftest import Clock

SPACE: dict[str, Any] = {
    "lr": {"distribution": "loguniform", "lower": 1e-4, "upper": 1e-1},
    "momentum": {"distribution": "uniform", "lower": 0.0, "upper": 1.0},
    "optimizer": {"distribution": "choice", "categories": ["SGD", "Adam"]},
}
ASHA = {"name": "asha", "grace_period": 2, "reduction_factor": 3, "brackets": 1, "metric": None, "mode": None}
ENDS = {
    TrialState.COMPLETED: ("end", "trained to its end"),
    TrialState.STOPPED: ("asha", "0.1 is below 0.2, the cut-off of the rung at {unit} 2"),
    TrialState.FAILED: ("error", "an error"),
    TrialState.OUT_OF_MEMORY: ("error", "out of memory"),
    TrialState.INTERRUPTED: ("interrupted", "the run was interrupted"),
}
Trial = tuple[dict[str, Any], list[float], TrialState]
"""Parameters, objective of each report, and how it ended."""
Play = Callable[..., Run]


def trials(amount: int = 9) -> list[Trial]:
    """Every third one stopped at its second epoch, each better than the one before."""
    made = []
    for number in range(amount):
        values = [0.05 * number + 0.01 * epoch for epoch in range(6)]
        config = {"lr": 10 ** (-1 - number / 4), "momentum": (number * 7 % 10) / 10}
        config["optimizer"] = ("SGD", "Adam")[number % 2]
        stopped = number % 3 == 2
        state = TrialState.STOPPED if stopped else TrialState.COMPLETED
        made.append((config, values[:2] if stopped else values, state))
    return made


@pytest.fixture
def play(tmp_path: Path) -> Play:
    """Write a run folder of these trials and read it back."""

    def write(
        *told: Trial,
        space: dict[str, Any] = SPACE,
        objective: Objective = Objective((Target("accuracy", "max"),)),  # noqa: B008
        name: str = "generated",
        error: str = 'Traceback\n  File "mine.py", line 3, in f\nValueError: <b>too</b> large',
        **config: Any,
    ) -> Run:
        folder = RunFolder.create(tmp_path / "outputs", name, datetime(2026, 1, 2, 3, 4, 5))
        targets = [{"metric": t.metric, "mode": t.mode, "weight": t.weight} for t in objective.targets]
        kept = {
            "name": name, "objective": {"metrics": targets}, "search_space": space, "searcher": {"name": "random"},
            "scheduler": ASHA, "budget": {"num_samples": len(told), "max_epochs": 6},
        }  # fmt: skip
        kept |= config
        folder.write_config(kept, [f"experiment={name}", "searcher.sampler_args={a: 1}"])
        clock = Clock()
        record = Record(
            folder, objective, expected_trials=len(told), max_epochs=6, repeat=repeats(kept),
            defaults_first=kept["searcher"].get("defaults_first", False), clock=clock,
        )  # fmt: skip
        for number, (parameters, values, state) in enumerate(told):
            trial = f"trial_{number:03d}"
            record.started(trial, parameters)
            for epoch, value in enumerate(values, 1):
                clock.now += 1.0
                reported = {"accuracy": value, "loss": 1 - value * (-1) ** number, "note": "text"}
                record.reported(trial, epoch, {"objective": value, **reported})
            rule, detail = ENDS[state]
            detail = detail.format(unit=unit_of(kept))
            last = values[-1] if values else None
            decision = Decision(trial, len(values), rule, last, 0.2 if rule == "asha" else None, detail)
            record.ended(trial, state, decision, error if state.failed else "")
        return Run(folder)

    return write
