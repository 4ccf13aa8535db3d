"""The rungs of ASHA: who came to each, who was cut there, and by which cut-off."""

import pandas as pd
import plotly.graph_objects as go

from runner.config.objective import OBJECTIVE
from runner.reporting.page import Section, figure, paragraph, table
from runner.reporting.style import STATES, styled
from runner.runs.run import Run
from runner.runs.trial import TrialState
from runner.runs.wording import number, plural


def rungs(run: Run) -> Section | None:
    """None where the scheduler has no rungs."""
    scheduler = run.config["scheduler"]
    if scheduler["name"] != "asha":
        return None
    metric = scheduler["metric"] or OBJECTIVE
    label = scheduler["metric"] or run.objective.label
    milestones = _milestones(run)
    cuts = run.ends[(run.ends["rule"] == "asha") & (run.ends["state"] == TrialState.STOPPED)].reset_index()
    told = (
        f"At each rung the best 1/{scheduler['reduction_factor']:g} of the trials that came to it so far go on,"
        f" by {label}. Trials come one by one, so that the first ones meet no cut-off or a low one."
    )
    if scheduler["brackets"] > 1:
        told += (
            f" The trials are dealt to {plural(scheduler['brackets'], 'bracket')}: later brackets skip the first rungs."
        )
    rows, drawing = [], go.Figure()
    for place, milestone in enumerate(milestones, 1):
        came = run.history[run.history["iteration"] == milestone]
        cut = cuts[cuts["iteration"] == milestone]
        values = cut["compared_with"].dropna()
        last = number(float(values.iloc[-1])) if len(values) else "-"
        rows.append([place, milestone, len(came), len(cut), len(came) - len(cut), last])
        _draw(drawing, came, cut, milestone, metric, first=place == 1)
    heads = ["rung", run.unit, "came to it", "cut there", "went on", "last cut-off"]
    body = paragraph(told) + table(heads, rows)
    if cuts.empty:
        return Section("Rungs", body + paragraph("No trial was cut."))
    styled(drawing, height=440)
    drawing.update_xaxes(title=f"{run.unit} of the rung", type="category")
    drawing.update_yaxes(title=label)
    return Section("Rungs", body + figure(drawing))


def _milestones(run: Run) -> list[int]:
    """The iterations of the rungs, grace_period times powers of reduction_factor, below the last one.

    As in Ray's AsyncHyperBandScheduler, whose rungs lie at the first report at or above them.
    """
    scheduler, most = run.config["scheduler"], run.config["budget"]["max_epochs"]
    milestones: list[int] = []
    milestone = float(scheduler["grace_period"])
    while milestone < most:
        milestones.append(-int(-milestone // 1))
        milestone *= scheduler["reduction_factor"]
    return milestones


def _draw(
    drawing: go.Figure, came: pd.DataFrame, cut: pd.DataFrame, milestone: int, metric: str, *, first: bool
) -> None:
    """The values at one rung, those cut beside those that went on, each cut with the cut-off that it met."""
    if metric not in came:
        return
    gone = came["trial"].isin(cut["trial"])
    cutoffs = dict(zip(cut["trial"], cut["compared_with"], strict=True))
    for name, rows, colour, mark in (
        ("went on", came[~gone], STATES[TrialState.COMPLETED], "circle"),
        ("cut there", came[gone], STATES[TrialState.STOPPED], "x"),
    ):
        told = [f", below {number(cutoffs[trial])}" if trial in cutoffs else "" for trial in rows["trial"]]
        drawing.add_trace(
            go.Box(
                x=[str(milestone)] * len(rows), y=rows[metric].tolist(), name=name, legendgroup=name, offsetgroup=name,
                text=[f"{trial}{word}" for trial, word in zip(rows["trial"], told, strict=True)],
                boxpoints="all", jitter=0.6, pointpos=0, fillcolor="rgba(0,0,0,0)", line={"color": "rgba(0,0,0,0)"},
                marker={"color": colour, "symbol": mark, "size": 8}, showlegend=first, hoveron="points",
                hovertemplate="%{y:.4g} (%{text})<extra></extra>",
            )
        )  # fmt: skip
    values = cut["compared_with"].dropna()
    if len(values):
        drawing.add_trace(
            go.Scatter(
                x=[str(milestone)], y=[values.iloc[-1]], name="last cut-off", legendgroup="cut-off", mode="markers",
                marker={"symbol": "line-ew", "size": 90, "line": {"width": 2, "color": "#6b7280"}}, showlegend=first,
                hovertemplate="last cut-off %{y:.4g}<extra></extra>",
            )
        )  # fmt: skip
