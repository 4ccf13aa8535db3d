"""The runs of a folder in a line each, read fast: no journal is parsed in full, and no search space."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from runner.errors import ConfigError
from runner.runs.driver import refuse_taken
from runner.runs.folder import RunFolder
from runner.runs.journal import seconds_worked
from runner.runs.locate import run_folders
from runner.runs.run import Run
from runner.runs.trial import Trial, TrialState
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
    read = Run(run)
    seconds, left = seconds_worked(run.journal)
    return ListedRun(
        str(read.config["name"]),
        shown(run.root),
        _state(run, list(read.rows.values()), left=left),
        read.objective.label,
        read.objective.mode,
        read.best_value,
        len(read.pareto_front) if read.objective.several else None,
        len(read.rows),
        seconds,
    )


def _state(run: RunFolder, trials: list[Trial], *, left: bool) -> str:
    """`left`: whether the last process was done with the run in good order."""
    try:
        refuse_taken(run)
    except ConfigError as error:
        if error.problems[0].rule != "run-taken":
            raise
        return "running"
    if not left or not trials or not all(trial.state.ended for trial in trials):
        return "interrupted"
    if any(trial.state is TrialState.INTERRUPTED for trial in trials):
        return "interrupted"
    return "failed" if all(trial.state.failed or trial.best is None for trial in trials) else "finished"


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
