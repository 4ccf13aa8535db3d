"""trials.csv: a row a trial, rewritten whenever a trial starts or ends."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from runner.config.nested import flat
from runner.config.objective import OBJECTIVE, Objective
from runner.config.trainable import ADJUSTED
from runner.runs.atomic import replacing
from runner.runs.cells import cell, is_number, line, read_cell, table
from runner.runs.damage import damaged
from runner.runs.repeats import configuration
from runner.runs.trial import TrialRow, TrialState

PARAMETER, BEST, LAST, PARETO = "config/", "best/", "last/", "pareto"
CONFIGURATION = "configuration"
COLUMNS = (
    "trial", "state", OBJECTIVE, "best_iteration", "iterations", "seconds", "restarts", LAST + OBJECTIVE, "checkpoint",
    "reason", "note",
)  # fmt: skip
"""Those that every table has."""


class TrialsTable:
    """Writes `path`: trial and state, the parameters, the objective, then the best and the last metrics.

    Of several objectives the column `pareto` says which trials are on the front; where each configuration has `repeat`
    trials, the column `configuration` numbers it.

    A row that has ended is rendered once, so that writing the table again costs little with 1,000 trials.
    """

    def __init__(self, path: Path, objective: Objective, repeat: int = 1) -> None:
        self.path = path
        self._repeat = repeat
        self._configuration = [CONFIGURATION] if repeat > 1 else []
        self._pareto = [PARETO] if objective.several else []
        self._front: set[str] = set()
        # Used as ordered sets.
        self._parameters: dict[str, None] = {}
        self._metrics: dict[str, None] = {}
        self._rendered: dict[str, str] = {}

    def write(self, rows: Iterable[TrialRow], front: Iterable[TrialRow] = ()) -> None:
        """Put all `rows` on disk; those of `front` are on the Pareto front."""
        rows, names = list(rows), {row.name for row in front}
        for name in names ^ self._front:
            self.forget(name)
        self._front = names
        self._learn(rows)
        lines = [self._render(row) for row in rows]
        with replacing(self.path) as draft:
            draft.write_text(self._header() + "".join(lines), encoding="utf-8")

    def forget(self, name: str) -> None:
        """The row of `name` has changed after its end: render it anew."""
        self._rendered.pop(name, None)

    def _learn(self, rows: list[TrialRow]) -> None:
        """Take up new columns; with them, every row is another."""
        known = len(self._parameters) + len(self._metrics)
        for row in rows:
            if row.name not in self._rendered:
                self._parameters |= dict.fromkeys(flat(row.configuration))
                self._metrics |= dict.fromkeys([*row.best_metrics, *row.last_metrics])
        self._metrics.pop(OBJECTIVE, None)
        if len(self._parameters) + len(self._metrics) > known:
            self._rendered.clear()

    def _header(self) -> str:
        return line(
            [
                "trial",
                "state",
                *self._configuration,
                *(PARAMETER + key for key in self._parameters),
                OBJECTIVE,
                *self._pareto,
                "best_iteration",
                "iterations",
                "seconds",
                "restarts",
                *(BEST + key for key in self._metrics),
                *(LAST + key for key in (OBJECTIVE, *self._metrics)),
                "checkpoint",
                "reason",
                "note",
            ]
        )

    def _render(self, row: TrialRow) -> str:
        if row.name in self._rendered:
            return self._rendered[row.name]
        text = line(
            [
                row.name,
                row.state,
                *(configuration(row.name, self._repeat) for _ in self._configuration),
                *_cells(flat(row.configuration), self._parameters),
                "" if row.best is None else row.best,
                *("true" if row.name in self._front else "" for _ in self._pareto),
                "" if row.best_iteration is None else row.best_iteration,
                row.iterations,
                round(row.seconds, 3),
                row.restarts,
                *_cells(row.best_metrics, self._metrics),
                *_cells(row.last_metrics, (OBJECTIVE, *self._metrics)),
                row.checkpoint,
                row.reason,
                row.note,
            ]
        )
        if row.state.ended:
            self._rendered[row.name] = text
        return text


def _cells(values: dict[str, Any], keys: Iterable[str]) -> list[Any]:
    return [cell(values[key]) if key in values else "" for key in keys]


def read_rows(path: Path) -> dict[str, dict[str, str]]:
    """The cells of every trial, by its name. Raises ConfigError where the file is damaged."""
    rows: dict[str, dict[str, str]] = {}
    for number, row in table(path, COLUMNS):
        fault = f"{row['trial']} stands there twice" if row["trial"] in rows else row_fault(row)
        if fault:
            raise damaged(path, fault, number)
        rows[row["trial"]] = row
    return rows


def row_fault(row: Mapping[str, str]) -> str:
    """Why a row is not one of a trial, or an empty text."""
    if not row["trial"]:
        return "names no trial"
    if row["state"] not in set(TrialState):
        return f"state {row['state'][:40]!r} is none"
    counts = (row["iterations"], row["restarts"], row["best_iteration"] or "0")
    numbers = (row["seconds"], row[OBJECTIVE] or "0", row[LAST + OBJECTIVE] or "0")
    wrong = [text for text in counts if not text.isdecimal()] + [text for text in numbers if not is_number(text)]
    if wrong:
        return f"{wrong[0][:40]!r} is no number"
    if bool(row[OBJECTIVE]) != bool(row["best_iteration"]):
        return "has an objective without an iteration, or the other way round"
    return ""


def adjusted_in(row: Mapping[str, str]) -> dict[str, Any]:
    """Parameters that had to take another value than the one asked for, at the best report or, without, the last."""
    home = (BEST if row[OBJECTIVE] else LAST) + ADJUSTED
    return {
        column.removeprefix(home): read_cell(text) for column, text in row.items() if column.startswith(home) and text
    }


def values_in(row: Mapping[str, Any], objective: Objective, report: str = BEST) -> dict[str, float]:
    """The value of each of the objective's metrics at the best or the last report of a row that has one."""
    # A metric that is itself named objective has no other column than that.
    score = OBJECTIVE if report == BEST else report + OBJECTIVE
    columns = {metric: report + metric if report + metric in row else score for metric in objective.metrics}
    return {metric: float(row[column]) for metric, column in columns.items()}
