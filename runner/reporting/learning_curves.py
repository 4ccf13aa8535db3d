"""The learning curves of all trials, with a mark where each ended."""

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from runner.config.objective import OBJECTIVE
from runner.reporting.page import Section, figure, paragraph
from runner.reporting.style import BEST, STATES, styled, whole
from runner.runs.columns import PARAMETER
from runner.runs.run import Run
from runner.runs.trial import TrialState
from runner.runs.wording import number, wrapped

MOST_CURVES = 200
"""More lines than that are neither readable nor quick."""

MARKS = {"asha": "x", "plateau": "square", "timeout": "diamond", "max_iterations": "triangle-down"}
"""How the end of a curve is marked, by the rule that stopped the trial; other ends are circles."""


def learning_curves(run: Run) -> Section:
    """A line a trial; where it ended, a mark that tells its parameters and the reason."""
    title = "Learning curves"
    finite = run.history[np.isfinite(run.history[OBJECTIVE])]
    reported = list(dict.fromkeys(finite["trial"]))
    if not reported:
        return Section(title, paragraph("There are none: no trial reported a finite objective."))
    names = chosen(run, reported, MOST_CURVES)
    curves = {str(name): rows for name, rows in finite[finite["trial"].isin(names)].groupby("trial")}
    drawing = go.Figure()
    for state in TrialState:
        members = [name for name in names if run.trials.loc[name, "state"] == state and not _is_best(run, name)]
        if members:
            drawing.add_trace(_lines(members, curves, state, run.unit, thin=len(names) > 40))
    if run.best is not None and run.best.name in curves:
        drawing.add_trace(_best(str(run.best.name), curves[str(run.best.name)], run.unit))
    rules = _rules(run)
    for rule in dict.fromkeys(rules.get(name, "running") for name in names):
        ended = [name for name in names if rules.get(name, "running") == rule]
        drawing.add_trace(_marks(run, ended, curves, rule))
    styled(drawing, height=480)
    drawing.update_xaxes(title=run.unit, **whole(1, int(finite["iteration"].max())))
    drawing.update_yaxes(title=run.objective.label)
    told = f"The marks tell why each trial ended: {_counted(rules)}." if rules else ""
    if len(names) < len(reported):
        told += (
            f" {len(names)} of {len(reported)} trials are drawn: the best half of them, and of the rest every so many."
        )
    return Section(title, paragraph(told) + figure(drawing), {"": drawing})


def chosen(run: Run, names: Sequence[str], most: int) -> list[str]:
    """At most `most` of `names`: half of them the best, the others evenly from the rest; in their own order."""
    if len(names) <= most:
        return list(names)
    values = run.trials.loc[list(names), OBJECTIVE].sort_values(ascending=run.objective.mode == "min")
    best = set(values.index[: most // 2])
    rest = [name for name in names if name not in best]
    picked = {rest[index * len(rest) // (most - len(best))] for index in range(most - len(best))}
    return [name for name in names if name in best | picked]


def hover(run: Run, name: str) -> str:
    """What is told of a trial where the pointer is on it, in lines of HTML."""
    row = run.trials.loc[name]
    values = {key: row[PARAMETER + key] for key in run.parameters}
    told = [f"{key} = {number(value) if isinstance(value, float) else value}" for key, value in values.items()]
    reason = wrapped(row["reason"], 60, 0) if row["reason"] else ""
    lines = [f"{name}: {TrialState(row['state']).words}", f"best {number(float(row[OBJECTIVE]))}", *told, reason]
    return "<br>".join(escape(line).replace("\n", "<br>") for line in lines if line)


def _rules(run: Run) -> dict[str, str]:
    """Trial to the rule that ended it."""
    return {str(name): str(rule) for name, rule in run.ends["rule"].items()}


def _counted(rules: dict[str, str]) -> str:
    amounts = {rule: list(rules.values()).count(rule) for rule in dict.fromkeys(rules.values())}
    return ", ".join(f"{rule} {amount}" for rule, amount in amounts.items())


def _is_best(run: Run, name: str) -> bool:
    return run.best is not None and run.best.name == name


def _lines(
    names: Sequence[str], curves: Mapping[str, pd.DataFrame], state: TrialState, unit: str, *, thin: bool
) -> go.Scatter:
    """All curves of one state as one trace, with gaps between them: quicker than a trace each."""
    x: list[float | None] = []
    y: list[float | None] = []
    text: list[str] = []
    for name in names:
        rows = curves[name]
        x += [*rows["iteration"].tolist(), None]
        y += [*rows[OBJECTIVE].tolist(), None]
        text += [name] * (len(rows) + 1)
    return go.Scatter(
        x=x, y=y, text=text, name=state.words, mode="lines", opacity=0.4 if thin else 0.7,
        line={"color": STATES[state], "width": 1 if thin else 1.6},
        hovertemplate="%{text}: %{y:.4g} at " + unit + " %{x}<extra></extra>",
    )  # fmt: skip


def _marks(run: Run, names: Sequence[str], curves: Mapping[str, pd.DataFrame], rule: str) -> go.Scatter:
    last = [curves[name].iloc[-1] for name in names]
    colours = [STATES[TrialState(run.trials.loc[name, "state"])] for name in names]
    return go.Scatter(
        x=[row["iteration"] for row in last], y=[row[OBJECTIVE] for row in last], mode="markers",
        name={"end": "trained to its end"}.get(rule, f"ended by {rule}"),
        marker={"symbol": MARKS.get(rule, "circle"), "size": 7, "color": colours},
        text=[hover(run, name) for name in names], hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip


def _best(name: str, rows: pd.DataFrame, unit: str) -> go.Scatter:
    return go.Scatter(
        x=rows["iteration"].tolist(), y=rows[OBJECTIVE].tolist(), name=f"best: {name}", legendrank=2000,
        mode="lines" if len(rows) > 1 else "lines+markers", line={"color": BEST, "width": 3}, marker={"size": 13},
        hovertemplate=f"{name}: %{{y:.4g}} at {unit} %{{x}}<extra></extra>",
    )  # fmt: skip
