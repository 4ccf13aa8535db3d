"""The runs of a folder in a line each, read fast: no journal is parsed in full, and no search space."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from runner.config.objective import Objective
from runner.errors import ConfigError
from runner.runs.driver import refuse_taken
from runner.runs.folder import RunFolder
from runner.runs.journal import seconds_worked
from runner.runs.kept_config import read_config
from runner.runs.locate import run_folders
from runner.runs.repeats import Outcome, alike, ranked, repeats, sample
from runner.runs.trial import TrialState
from runner.runs.trials_table import PARETO, read_rows
from runner.runs.wording import NOTHING, duration, number, shown

COLOURS = {"running": "cyan", "interrupted": "magenta", "failed": "red", "damaged": "red"}


@dataclass(frozen=True)
class ListedRun:
    """One run.

    Attributes:
        state: running, finished, interrupted (a resume goes on with it), failed (no trial came to a result) or damaged.
        best: its best objective, of repeated configurations the best mean; None where it has none. What a trial that
            runs has come to is not in it yet.
        front: trials on the Pareto front of several objectives; None where there is one objective.
        trials: those that have started.
        seconds: that processes have worked on it.
        problem: what is damaged.
    """

    name: str
    folder: str
    state: str
    objective: str | None = None
    mode: str | None = None
    best: float | None = None
    front: int | None = None
    trials: int = 0
    seconds: float | None = None
    problem: str = ""


def listed_runs(root: Path) -> Iterator[ListedRun]:
    """The runs below a folder, the newest first."""
    for run in reversed(run_folders(root)):
        try:
            yield _listed(run)
        except ConfigError as error:
            problem = f"{error.problems[0].where}: {error.problems[0].message}"
            yield ListedRun(run.root.parent.name, shown(run.root), "damaged", problem=problem)
        except OSError as error:
            yield ListedRun(run.root.parent.name, shown(run.root), "damaged", problem=str(error))


def _listed(run: RunFolder) -> ListedRun:
    config = read_config(run)
    objective, rows = Objective.of(config), read_rows(run.trials_csv)
    outcomes = [
        Outcome(name, TrialState(row["state"]), float(row["objective"]) if row["objective"] else None)
        for name, row in rows.items()
    ]
    order = ranked(outcomes, repeats(config), objective)
    best = order[0].best if order else None
    if order and repeats(config) > 1:
        best = sample(alike(outcomes, order[0].name, repeats(config))).mean
    seconds, left = seconds_worked(run.journal)
    return ListedRun(
        str(config["name"]),
        shown(run.root),
        _state(run, outcomes, left=left),
        objective.label,
        objective.mode,
        best,
        sum(bool(row[PARETO]) for row in rows.values()) if PARETO in next(iter(rows.values()), {}) else None,
        len(rows),
        seconds,
    )


def _state(run: RunFolder, outcomes: list[Outcome], *, left: bool) -> str:
    """`left`: whether the last process was done with the run in good order."""
    try:
        refuse_taken(run)
    except ConfigError as error:
        if error.problems[0].rule != "run-taken":
            raise
        return "running"
    if not left or not outcomes or not all(outcome.state.ended for outcome in outcomes):
        return "interrupted"
    if any(outcome.state is TrialState.INTERRUPTED for outcome in outcomes):
        return "interrupted"
    return "failed" if all(outcome.state.failed or outcome.best is None for outcome in outcomes) else "finished"


def as_data(runs: list[ListedRun]) -> list[dict[str, Any]]:
    """For --json."""
    return [asdict(run) for run in runs]


def table(runs: list[ListedRun]) -> Table:
    """For people."""
    view = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    view.add_column("name", overflow="fold")
    view.add_column("state", no_wrap=True)
    view.add_column("best", overflow="fold")
    for heading in ("trials", "time"):
        view.add_column(heading, justify="right", no_wrap=True)
    view.add_column("folder", overflow="fold")
    for run in runs:
        best = NOTHING if run.best is None else f"{number(run.best)} {run.objective} ({run.mode})"
        front = "" if run.front is None else f", {run.front} on the front"
        view.add_row(
            Text(run.name),
            Text(run.state, style=COLOURS.get(run.state, "")),
            Text(best + front),
            str(run.trials),
            duration(run.seconds),
            Text(f"{run.folder}\n{run.problem}" if run.problem else run.folder),
        )
    return view
