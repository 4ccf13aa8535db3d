"""history.csv: a row a report, on disk as it happens."""

import csv
import math
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runner.config.objective import OBJECTIVE
from runner.runs.atomic import cut_unfinished_line, replacing
from runner.runs.cells import cell, line, read_cell

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
        with path.open(encoding="utf-8", newline="") as file:
            columns = next(csv.reader(file))[len(FIRST) :]
        self.columns = {_metric(column): column for column in columns}

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
        csv.field_size_limit(sys.maxsize)
        with self.path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                metrics = {OBJECTIVE: read_cell(row[OBJECTIVE])} | {
                    metric: read_cell(row[column]) for metric, column in self.columns.items() if row[column] != ""
                }
                yield Report(row["trial"], int(row["iteration"]), float(row["seconds"]), metrics)

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
        # A cell may be longer than the reader's limit of 131,072 characters.
        csv.field_size_limit(sys.maxsize)
        with (
            replacing(self.path) as draft,
            self.path.open(encoding="utf-8", newline="") as old,
            draft.open("w", encoding="utf-8") as file,
        ):
            rows = csv.reader(old)
            next(rows)
            file.write(line([*FIRST, *self.columns.values()]))
            for row in rows:
                changed = change(row)
                if changed is not None:
                    file.write(line(changed))


def curves(path: Path, trials: Collection[str]) -> dict[str, dict[int, float]]:
    """The finite objectives of `trials` in the file `path`, each by its iteration."""
    csv.field_size_limit(sys.maxsize)
    found: dict[str, dict[int, float]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            value = float(row[OBJECTIVE])
            if row["trial"] in trials and math.isfinite(value):
                found.setdefault(row["trial"], {})[int(row["iteration"])] = value
    return found


def _metric(column: str) -> str:
    bare = column.removeprefix("metric/")
    return bare if bare in FIRST else column
