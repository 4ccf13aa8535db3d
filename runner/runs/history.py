"""history.csv: a row a report, on disk as it happens."""

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runner.config.objective import OBJECTIVE
from runner.runs.atomic import cut_unfinished_line, replacing
from runner.runs.cells import cell, header, is_number, line, read_cell, scan, table
from runner.runs.damage import damaged

FIRST = ("trial", "iteration", "seconds", OBJECTIVE)


@dataclass(frozen=True)
class Report:
    """One row: the objective is among the metrics; a metric that the report lacked is not."""

    trial: str
    iteration: int
    seconds: float
    metrics: dict[str, Any]


class History:
    """Appends reports to `path`; what an earlier process wrote is kept.

    The columns are those of FIRST and then the metrics in order of first appearance.

    A metric that is named like one of FIRST has the column metric/<name>.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.columns: dict[str, str] = {}  # metric to column
        if not path.is_file():
            path.write_text(line(FIRST), encoding="utf-8")
            return
        cut_unfinished_line(path)
        columns = header(path)
        if tuple(columns[: len(FIRST)]) != FIRST:
            raise damaged(path, f"the header does not begin with {','.join(FIRST)}", 1)
        self.columns = {metric(column): column for column in columns[len(FIRST) :]}

    def append(self, trial: str, iteration: int, seconds: float, metrics: Mapping[str, Any]) -> None:
        """Add one row; `metrics` holds the objective, `seconds` count from the trial's start."""
        new = [metric for metric in metrics if metric != OBJECTIVE and metric not in self.columns]
        if new:
            self._widen(new)
        cells = [cell(metrics[metric]) if metric in metrics else "" for metric in self.columns]
        with self.path.open("a", encoding="utf-8") as file:
            file.write(line([trial, iteration, round(seconds, 3), metrics[OBJECTIVE], *cells]))

    def rows(self) -> Iterator[Report]:
        """Every report, in the order in which they came."""
        return (self.report(row) for row in rows(self.path))

    def report(self, row: Mapping[str, str]) -> Report:
        """The report of a row without a fault."""
        metrics = {OBJECTIVE: read_cell(row[OBJECTIVE])} | {
            metric: read_cell(row[column]) for metric, column in self.columns.items() if row[column] != ""
        }
        return Report(row["trial"], int(row["iteration"]), float(row["seconds"]), metrics)

    def forget(self, trial: str, iteration: int) -> int:
        """Take out the rows of `trial` from `iteration` on: they are run again. Returns how many there were."""
        gone = 0

        def drop(row: list[str]) -> list[str] | None:
            nonlocal gone
            if row[0] != trial or int(row[1]) < iteration:
                return row
            gone += 1
            return None

        self._rewrite(drop)
        return gone

    def _widen(self, new: list[str]) -> None:
        """Give every row more columns."""
        self.columns |= {metric: f"metric/{metric}" if metric in FIRST else metric for metric in new}
        self._rewrite(lambda row: [*row, *[""] * len(new)])

    def _rewrite(self, change: Callable[[list[str]], list[str] | None]) -> None:
        """Change every row, or drop it for None, one by one: the file may be long."""
        with replacing(self.path) as draft, draft.open("w", encoding="utf-8") as file:
            rows = scan(self.path)
            next(rows)
            file.write(line([*FIRST, *self.columns.values()]))
            for number, row in rows:
                if row is None:
                    raise damaged(self.path, "cannot be read", number)
                changed = change(row)
                if changed is not None:
                    file.write(line(changed))


def curves(path: Path, trials: Collection[str]) -> dict[str, dict[int, float]]:
    """The finite objectives of `trials` in the file `path`, each by its iteration."""
    found: dict[str, dict[int, float]] = {}
    for row in rows(path):
        value = float(row[OBJECTIVE])
        if row["trial"] in trials and math.isfinite(value):
            found.setdefault(row["trial"], {})[int(row["iteration"])] = value
    return found


def rows(path: Path) -> Iterator[dict[str, str]]:
    """The cells of every report. Raises ConfigError where the file is damaged."""
    for number, row in table(path, FIRST):
        fault = row_fault(row)
        if fault:
            raise damaged(path, fault, number)
        yield row


def row_fault(row: Mapping[str, str]) -> str:
    """Why a row is no report, or an empty text."""
    if not row["trial"]:
        return "names no trial"
    if not row["iteration"].isdecimal():
        return f"iteration {row['iteration'][:40]!r} is no whole number"
    wrong = [key for key in ("seconds", OBJECTIVE) if not is_number(row[key])]
    return f"{wrong[0]} {row[wrong[0]][:40]!r} is no number" if wrong else ""


def metric(column: str) -> str:
    """The metric of a column."""
    bare = column.removeprefix("metric/")
    return bare if bare in FIRST else column
