"""The columns of trials.csv: how each is named, written, read and headed. A new one is a row of COLUMNS."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from runner.config.nested import flat
from runner.config.objective import OBJECTIVE
from runner.runs.cells import cell, read_cell
from runner.runs.trial import Trial, TrialState

PARAMETER, BEST, LAST = "config/", "best/", "last/"
PARETO, CONFIGURATION = "pareto", "configuration"


@dataclass(frozen=True)
class Kind:
    """How the cells of a column are read and written; `read` raises ValueError for a text that is none of its kind."""

    read: Callable[[str], Any]
    write: Callable[[Any], Any] = str


def _state(text: str) -> TrialState:
    if text not in set(TrialState):
        raise ValueError(f"state {text[:40]!r} is none")
    return TrialState(text)


def _name(text: str) -> str:
    if not text:
        raise ValueError("names no trial")
    return text


def _count(text: str) -> int:
    if not text.isdecimal():
        raise ValueError(f"{text[:40]!r} is no number")
    return int(text)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{text[:40]!r} is no number") from None


def _or_empty(kind: Kind) -> Kind:
    """None is an empty cell."""
    return Kind(lambda text: kind.read(text) if text else None, lambda value: "" if value is None else value)


TEXT = Kind(str)
NAME = Kind(_name)
STATE = Kind(_state)
COUNT = Kind(_count, int)
SECONDS = Kind(_number, lambda value: round(value, 3))
MARK = Kind(lambda text: text == "true", lambda value: "true" if value else "")


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        name: in the header.
        attribute: of `Trial`, that it holds.
        heading: in tables for people, with {objective} and {unit} filled in; empty: it is not in those.
        optional: not every run has it.
    """

    name: str
    attribute: str
    kind: Kind
    heading: str = ""
    optional: bool = False


@dataclass(frozen=True)
class Columns:
    """The columns of a mapping, one for each of its keys, which follow `prefix`; those of `first` lead."""

    prefix: str
    attribute: str
    first: tuple[str, ...] = ()


COLUMNS: tuple[Column | Columns, ...] = (
    Column("trial", "name", NAME, "trial"),
    Column("state", "state", STATE, "state"),
    Column(CONFIGURATION, "number", TEXT, CONFIGURATION, optional=True),
    Columns(PARAMETER, "configuration"),
    Column(OBJECTIVE, "best", _or_empty(Kind(_number)), "{objective}"),
    Column(PARETO, "front", MARK, optional=True),
    Column("best_iteration", "best_iteration", _or_empty(COUNT), "at {unit}"),
    Column("iterations", "iterations", COUNT, "{unit}s"),
    Column("seconds", "seconds", SECONDS, "time"),
    Column("restarts", "restarts", COUNT),
    Columns(BEST, "best_metrics"),
    Columns(LAST, "last_metrics", first=(OBJECTIVE,)),
    Column("checkpoint", "checkpoint", TEXT),
    Column("reason", "reason", TEXT, "why it ended"),
    Column("note", "note", TEXT),
)
SINGLE = tuple(column for column in COLUMNS if isinstance(column, Column))
NEEDED = (*(column.name for column in SINGLE if not column.optional), LAST + OBJECTIVE)
"""Those that every table has."""


def header(without: Iterable[str], keys: Mapping[str, Iterable[str]]) -> list[str]:
    """The names of all columns; `keys` are those of each mapping, by its prefix."""
    names: list[str] = []
    for column in COLUMNS:
        if isinstance(column, Columns):
            names += [column.prefix + key for key in (*column.first, *keys[column.prefix])]
        elif column.name not in without:
            names.append(column.name)
    return names


def cells(trial: Trial, without: Iterable[str], keys: Mapping[str, Iterable[str]]) -> list[Any]:
    """The row of a trial below that header."""
    row: list[Any] = []
    for column in COLUMNS:
        value = getattr(trial, column.attribute)
        if isinstance(column, Columns):
            values = flat(value)
            row += [cell(values[k]) if k in values else "" for k in (*column.first, *keys[column.prefix])]
        elif column.name not in without:
            row.append(column.kind.write(value))
    return row


def read_trial(row: Mapping[str, str]) -> Trial:
    """The trial of a row without a fault. A parameter is read as its text looks: see `Run.sampled`."""
    values = {column.attribute: column.kind.read(row[column.name]) for column in SINGLE if column.name in row}
    config, best, last = (_mapping(row, prefix) for prefix in (PARAMETER, BEST, LAST))
    if values["best"] is not None:
        best[OBJECTIVE] = values["best"]
    return Trial(**values, config=config, started_at=math.nan, best_metrics=best, last_metrics=last)


def _mapping(row: Mapping[str, str], prefix: str) -> dict[str, Any]:
    return {
        name.removeprefix(prefix): read_cell(text) for name, text in row.items() if name.startswith(prefix) and text
    }


def fault(row: Mapping[str, str]) -> str:
    """Why a row is not one of a trial, or an empty text."""
    try:
        for column in SINGLE:
            if column.name in row:
                column.kind.read(row[column.name])
        _number(row[LAST + OBJECTIVE] or "0")
    except ValueError as error:
        return str(error)
    if bool(row[OBJECTIVE]) != bool(row["best_iteration"]):
        return "has an objective without an iteration, or the other way round"
    return ""
