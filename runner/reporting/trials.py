"""The table of all trials, to sort and to filter, and what went wrong in those that failed."""

import math
from html import escape
from typing import Any

from runner.config.objective import OBJECTIVE
from runner.reporting.page import Cell, Section, fold, paragraph, table
from runner.runs.columns import BEST, CONFIGURATION, PARAMETER, SINGLE
from runner.runs.run import Run
from runner.runs.trial import TrialState
from runner.runs.wording import duration, error_line, number, plural, said

FIRST = ("trial", "state", "reason")
"""Columns of the table, before all others."""

MOST_ERRORS = 20
MOST_CHARACTERS = 20_000
"""Of one traceback: its end says what went wrong."""


def trials(run: Run) -> Section:
    """A row a trial: state, objective, parameters, and why it ended."""
    if run.trials.empty:
        return Section("Trials", paragraph("No trial was started."))
    states = [state for state in TrialState if (run.trials["state"] == state).any()]
    choices = "".join(f'<option value="{state}">{state.words}</option>' for state in states)
    bar = (
        '<div class="filter"><input type="search" placeholder="filter: words that a row holds" aria-label="filter">'
        f'<select aria-label="state"><option value="">every state</option>{choices}</select><output></output></div>\n'
    )
    heads = _heads(run)
    rows = [[_cell(run, name, column, run.trials.loc[name]) for column in heads] for name in _best_first(run)]
    told = paragraph("The best first. A click on a heading sorts; a second one turns the order.")
    content = table(list(heads.values()), rows, kind="sortable").replace('class="scroll"', 'class="scroll tall"', 1)
    return Section("Trials", f"<div>{told}{bar}{content}</div>")


def errors(run: Run) -> Section | None:
    """The trials that failed, those that failed alike together; None where none did."""
    failed = run.trials[run.trials["state"].isin([state.value for state in TrialState if state.failed])]
    if failed.empty:
        return None
    alike: dict[str, list[str]] = {}
    texts: dict[str, str] = {}
    for name, row in failed.iterrows():
        path = run.folder.trial_error(str(name))
        text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
        line = said(error_line(text)) or row["reason"] or "no error was given"
        alike.setdefault(line, []).append(str(name))
        texts.setdefault(line, text)
    body = paragraph(f"{plural(len(failed), 'trial')} failed.")
    for line, names in list(alike.items())[:MOST_ERRORS]:
        body += f"<h3>{escape(_who(names))}</h3>\n"
        text = texts[line]
        cut = f"... (the last {MOST_CHARACTERS} characters)\n" if len(text) > MOST_CHARACTERS else ""
        body += fold(line, cut + text[-MOST_CHARACTERS:]) if text else paragraph(line)
    if len(alike) > MOST_ERRORS:
        body += paragraph(f"And {plural(len(alike) - MOST_ERRORS, 'other error')}: see error.txt in trials/.")
    return Section("Errors", body)


def _who(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more: {', '.join(names[1:6])}"


def _best_first(run: Run) -> list[str]:
    """Those that do not count come last."""
    return list(dict.fromkeys([*(trial.name for trial in run.ranked), *run.rows]))


def _heads(run: Run) -> dict[str, str]:
    """The columns of the table and their headings: why a trial ended stands beside its state."""
    headed = {column.name: column.heading for column in SINGLE if column.heading}
    if run.repeat == 1:
        del headed[CONFIGURATION]
    heads: dict[str, str] = {}
    for name in dict.fromkeys([*FIRST, *headed]):
        heads[name] = headed[name].format(objective=run.objective.label, unit=run.unit)
        if name == OBJECTIVE and run.objective.several:
            # Those behind the first, where any trial has reported them.
            heads |= {BEST + key: key for key in run.objective.metrics[1:] if BEST + key in run.trials}
    return heads | {PARAMETER + key: key for key in run.parameters}


def _cell(run: Run, name: str, column: str, row: Any) -> Cell:
    if column == "trial":
        return _name(run, name)
    if column == "state":
        state = TrialState(row["state"])
        return Cell(state.words, kind=f"state {state}")
    if column == "reason":
        return Cell(row["reason"], kind="line")
    return Cell(duration(row["seconds"]), value=row["seconds"]) if column == "seconds" else _number(row[column])


def _name(run: Run, name: str) -> Cell:
    if run.objective.several:
        winner, told = run.rows[name].front, "front"
    else:
        winner, told = run.winner is not None and run.winner.name == name, "best"
    return Cell(f"{name} ({told})" if winner else name, kind="winner" if winner else "")


def _number(value: Any) -> Cell:
    """A number to read, sorted by its whole precision; other values as they are, and nothing where there is none."""
    if isinstance(value, str):
        return Cell(value)
    if isinstance(value, float) and math.isnan(value):
        return Cell("")
    return Cell(number(float(value)) if isinstance(value, (int, float)) else str(value), value=value)
