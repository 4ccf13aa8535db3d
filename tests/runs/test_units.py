"""What one report is called: an epoch or an iteration, by the trainable, in all that is told of a run."""

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

import runner
from runner.config.experiment import Budget
from runner.config.objective import Objective
from runner.config.registry import common_unit, unit_of
from runner.runs.explanation import Explanation
from runner.runs.folder import RunFolder
from runner.runs.progress import Progress
from runner.runs.record import Record, TrialState
from runner.runs.run import Run

from .conftest import Clock, Play, units_in
from .test_explanation import CONFIG
from .test_progress import draw
from .test_summary import read

PACKAGE = Path(runner.__file__).parent
WORD = re.compile(r"\b(epoch|iteration)s?\b")
ROOMS = ("runs", "reporting", "planning", "checks", "translate", "api", "commands")
ABOUT_COLUMNS = {"runs/history.py", "runs/mending/history.py"}
"""Their messages name the column `iteration` of history.csv."""


@pytest.mark.parametrize(("trainable", "unit"), [("yolo", "epoch"), ("function", "iteration")])
@pytest.mark.parametrize("max_epochs", [10, None])
def test_a_run_has_one_word(
    run: RunFolder, objective: Objective, clock: Clock, trainable: str, unit: str, max_epochs: int | None
) -> None:
    config = {**CONFIG, "trainable": {"name": trainable}, "budget": {"num_samples": 3, "max_epochs": max_epochs}}
    run.write_config(config, [])
    record = Record(
        run, objective, expected_trials=3, max_epochs=max_epochs, unit=unit_of(config), defaults_first=True, clock=clock
    )
    play, lines = Play(record, clock), Console(file=io.StringIO(), width=200)
    with Progress(record, lines, budget=Budget(), title="x", seldom=30.0) as progress:
        play.trial("trial_000", [0.2, 0.3], lr=0.1)
        play.end("trial_000", TrialState.STOPPED, "asha")
        progress.update()
        play.trial("trial_001", [0.4] * 10, lr=0.2)
        play.end("trial_001")
        play.trial("trial_002", [0.1], lr=0.3)
        live = {width: "\n".join(draw(record, width)) for width in (80, 140)}
    story = Explanation(Run(run))
    told = [*live.values(), read(record, run), lines.file.getvalue(), run.best_yaml.read_text()]  # type: ignore[attr-defined]
    told += [f"{label}: {text}" for label, text in story.of_trial("trial_000")][1:3]
    told.append("\n".join(f"{label}: {text}" for label, text in story.of_run()))
    for text in told:
        assert units_in(text) == {unit}, text
    # Labels of the live view stand in one column.
    starts = {re.search(r"^(?:trials|\w+s|best) +(?=\S)", line) for line in live[80].splitlines()[1:4]}
    assert len({len(found[0]) for found in starts if found}) == 1


def test_a_run_whose_trainable_is_not_known_counts_iterations() -> None:
    for config in ({}, {"trainable": None}, {"trainable": {"name": "mine"}}, {"trainable": {"name": ["yolo"]}}):
        assert unit_of(config) == "iteration"
    assert common_unit(["epoch", "epoch"]) == "epoch"
    assert common_unit(["epoch", "iteration"]) == "iteration"


def messages(path: Path) -> Iterator[str]:
    """The fixed parts of the sentences that a module makes with values."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))


def test_no_sentence_about_a_run_chooses_its_own_word() -> None:
    paths = [path for room in ROOMS for path in sorted((PACKAGE / room).rglob("*.py"))]
    wrong = [
        f"{path.relative_to(PACKAGE)}: {text}"
        for path in paths
        if str(path.relative_to(PACKAGE)) not in ABOUT_COLUMNS
        for text in messages(path)
        if WORD.search(text)
    ]
    assert wrong == [], "use the unit of the run, record or experiment"
