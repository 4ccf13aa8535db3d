"""The jobs of a multirun, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table
from rich.text import Text

from runner.config.registry import common_unit
from runner.errors import FAILED, INTERRUPTED, OK
from runner.runs.atomic import replacing
from runner.runs.cells import line
from runner.runs.ranking import winners
from runner.runs.wording import NOTHING, duration, error_line, number

COLUMNS = (
    "job", "overrides", "best", "gain", "objective", "mode", "front", "trials", "epochs", "seconds", "exit_code",
    "error", "folder",
)  # fmt: skip


@dataclass(frozen=True)
class JobResult:
    """One job of a multirun.

    Attributes:
        overrides: what sets it apart from the others, as typed.
        best: its best objective, of repeated configurations the mean of the best one; None where it has none.
        gain: what that is better than the trainable's defaults, which ran as a trial; None where that is not known.
        objective, mode: the objective's label and direction; of several objectives the first.
        front: trials on the Pareto front of several objectives; None where there is one objective.
        seconds: how long it took.
        unit: what one report is called.
        error: why it failed, empty where it did not.
    """

    job: int
    overrides: Sequence[str]
    folder: Path
    best: float | None
    objective: str
    mode: str
    trials: int
    epochs: int
    seconds: float
    exit_code: int
    error: str
    front: int | None = None
    gain: float | None = None
    unit: str = "iteration"


def write(path: Path, results: Sequence[JobResult]) -> None:
    """Put `results` into the CSV file `path`, a row a job."""
    with replacing(path) as draft:
        rows = [
            line(
                [
                    result.job,
                    " ".join(result.overrides),
                    "" if result.best is None else result.best,
                    "" if result.gain is None else result.gain,
                    result.objective,
                    result.mode,
                    "" if result.front is None else result.front,
                    result.trials,
                    result.epochs,
                    round(result.seconds, 3),
                    result.exit_code,
                    result.error,
                    result.folder,
                ]
            )
            for result in results
        ]
        draft.write_text(line(COLUMNS) + "".join(rows), encoding="utf-8")


def table(results: Sequence[JobResult]) -> Table:
    """The same for people: the best job is marked where all have one objective, a failed one says why.

    By several objectives no job is the best: beside the best by the first stands how long its Pareto front is.
    """
    same = len({(result.objective, result.mode) for result in results}) == 1
    best = best_jobs(results) if same else []
    several = any(result.front is not None for result in results)
    first = ", the first of several objectives" if several else ""
    title = f"best {results[0].objective} ({results[0].mode}) of each job{first}" if same else None
    view = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold", title=title, title_justify="left")
    view.add_column("job", justify="right", no_wrap=True)
    view.add_column("overrides", overflow="fold")
    view.add_column("best", justify="right", overflow="fold", no_wrap=same)
    unit = common_unit(result.unit for result in results)
    gains = any(result.gain is not None for result in results)
    more = [*(["over defaults"] if gains else []), *(["front"] if several else [])]
    for heading in (*more, "trials", f"{unit}s", "time"):
        view.add_column(heading, justify="right", no_wrap=True)
    view.add_column("", no_wrap=True)
    for result in results:
        value = number(result.best) if same or result.best is None else f"{number(result.best)} {result.objective}"
        view.add_row(
            str(result.job),
            _overrides(result),
            Text(value),
            *([number(result.gain)] if gains else []),
            *([NOTHING if result.front is None else str(result.front)] if several else []),
            str(result.trials),
            str(result.epochs),
            duration(result.seconds),
            _note(result, best),
            style="bold" if result in best else "",
        )
    return view


def best_jobs(results: Sequence[JobResult]) -> list[JobResult]:
    """The jobs with the best objective; several where they are equal."""
    if any(result.front is not None for result in results):
        return []
    values = {place: result.best for place, result in enumerate(results)}
    return [results[place] for place in winners(values, results[0].mode)]


def _note(result: JobResult, best: Sequence[JobResult]) -> Text:
    notes = {OK: ("", ""), INTERRUPTED: ("interrupted", "magenta"), FAILED: ("failed", "red")}
    word, style = notes.get(result.exit_code, (f"exit {result.exit_code}", "red"))
    return Text(", ".join(filter(None, ["best", word])), style="green") if result in best else Text(word, style=style)


def _overrides(result: JobResult) -> Text:
    """With the error below them, as no other column has the room for it."""
    text = Text(" ".join(result.overrides) or NOTHING)
    return text.append(f"\n{error_line(result.error)}", style="red") if result.error else text
