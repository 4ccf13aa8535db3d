"""How the best objective came about: by trial, by report and by the clock; of one run or of several."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from runner.config.objective import OBJECTIVE
from runner.config.registry import common_unit
from runner.reporting.outcome import started
from runner.reporting.page import Section, figure, paragraph
from runner.reporting.style import SERIES, styled, whole
from runner.runs.run import Run
from runner.runs.trial import TrialState

Curve = list[tuple[float, float, str]]
"""Where the best so far changed, what it was from there on, and the trial that it came from."""

_AXES = ("trial", "report", "clock")


def best_over_time(runs: Mapping[str, Run]) -> Section:
    """The best so far of each of `runs`, which have one objective, by their names."""
    first = next(iter(runs.values()))
    title = "Best over time"
    drawing = go.Figure()
    curves = {name: (by_trial(run), by_report(run), by_clock(run)) for name, run in runs.items()}
    if not any(curve for axes in curves.values() for curve in axes):
        return Section(title, paragraph("It cannot be drawn: no trial that did not fail reported a finite objective."))
    for place, axis in enumerate(_AXES):
        for number, (name, axes) in enumerate(curves.items()):
            colour = SERIES[number % len(SERIES)]
            drawing.add_trace(_line(name, axes[place], colour, visible=axis == "trial", told=len(runs) > 1))
    if len(runs) == 1:
        drawing.for_each_trace(lambda line: _name_the_best(line, first.objective.mode))
        drawing.add_trace(_each(first))
    words = _words(common_unit(run.unit for run in runs.values()))
    buttons = [
        {
            "label": words[axis][0],
            "method": "update",
            "args": [
                {"visible": _shown(axis, len(runs))},
                {"xaxis.title.text": words[axis][1], **_ticks(axis, curves)},
            ],
        }
        for axis in _AXES
    ]
    menu = {
        "type": "buttons", "direction": "right", "buttons": buttons, "x": 0, "xanchor": "left", "y": 1.02,
        "yanchor": "bottom", "showactive": True, "pad": {"b": 6}, "bgcolor": "#ffffff", "bordercolor": "#d1d5db",
    }  # fmt: skip
    styled(drawing, height=420, updatemenus=[menu], margin={"l": 56, "r": 16, "t": 64, "b": 48})
    # In the corner that the curves leave free.
    place_of_legend = {"max": {"y": 0.02, "yanchor": "bottom"}, "min": {"y": 0.98, "yanchor": "top"}}
    legend = {"x": 1, "xanchor": "right", "orientation": "v", **place_of_legend[first.objective.mode]}
    drawing.update_layout(legend=legend)
    drawing.update_xaxes(title=words["trial"][1], **whole(1, _end("trial", curves)))
    drawing.update_yaxes(title=first.objective.label)
    repeated = any(run.repeat > 1 for run in runs.values())
    told = paragraph("Of single trials: what decides is the mean of each configuration's.") if repeated else ""
    return Section(title, told + figure(drawing), {"": drawing})


def _words(unit: str) -> dict[str, tuple[str, str]]:
    """What is written on the button of an axis, and along the axis."""
    return {
        "trial": ("by trial", "trials"),
        "report": (f"by {unit}", f"{unit}s of all trials"),
        "clock": ("by the clock", "minutes since the first start"),
    }


def _end(axis: str, curves: Mapping[str, tuple[Curve, ...]]) -> float:
    place = _AXES.index(axis)
    return max((axes[place][-1][0] for axes in curves.values() if axes[place]), default=1)


def _ticks(axis: str, curves: Mapping[str, tuple[Curve, ...]]) -> dict[str, Any]:
    """What a button changes of the axis: trials and epochs are counted from 1, minutes run from 0."""
    clock = {"range": [0, _end(axis, curves) * 1.02], "tickvals": None}
    changes = clock if axis == "clock" else whole(1, _end(axis, curves))
    return {f"xaxis.{key}": value for key, value in changes.items()}


def by_trial(run: Run) -> Curve:
    """The best after so many trials, in order of their start."""
    rows = run.trials[~run.trials["state"].isin([state.value for state in TrialState if state.failed])]
    places = {name: place for place, name in enumerate(run.trials.index, 1)}
    return _bests(run, [places[name] for name in rows.index], rows[OBJECTIVE].tolist(), list(rows.index), len(places))


def by_report(run: Run) -> Curve:
    """The best after so many reports of all trials."""
    reports = _reports(run)
    return _bests(
        run, reports["number"].tolist(), reports[OBJECTIVE].tolist(), reports["trial"].tolist(), len(run.history)
    )


def by_clock(run: Run) -> Curve:
    """The best after so many minutes; trials whose end is not known are left out."""
    spans = started(run)
    reports = _reports(run)
    reports = reports[reports["trial"].isin(spans)]
    starts = np.array([spans[name][0] for name in reports["trial"]])
    reports = reports.assign(minutes=(starts + reports["seconds"]) / 60).sort_values("minutes", kind="stable")
    last = max((end for _, end in spans.values()), default=0.0) / 60
    return _bests(run, reports["minutes"].tolist(), reports[OBJECTIVE].tolist(), reports["trial"].tolist(), last)


def _reports(run: Run) -> pd.DataFrame:
    """The reports of trials that did not fail, numbered in the order of all."""
    failed = run.trials.index[run.trials["state"].isin([state.value for state in TrialState if state.failed])]
    numbered = run.history.assign(number=np.arange(1, len(run.history) + 1))
    return numbered[~numbered["trial"].isin(failed)]


def _bests(run: Run, places: list[float], values: list[float], trials: list[str], end: float) -> Curve:
    """The points at which the best changed, and one at `end`, up to which the last best stands."""
    curve: Curve = []
    for place, value, trial in zip(places, values, trials, strict=True):
        if run.objective.better(float(value), curve[-1][1] if curve else None):
            curve.append((place, float(value), trial))
    if curve and end > curve[-1][0]:
        curve.append((end, *curve[-1][1:]))
    return curve


def _line(name: str, curve: Curve, colour: str, *, visible: bool, told: bool) -> go.Scatter:
    places, values, trials = zip(*curve, strict=True) if curve else ((), (), ())
    return go.Scatter(
        x=places, y=values, hovertext=trials, name=name, visible=visible, showlegend=told, mode="lines+markers",
        line={"shape": "hv", "color": colour, "width": 2}, marker={"size": 7, "color": colour},
        hovertemplate="%{y:.4g} (%{hovertext})<extra>" + (name if told else "") + "</extra>",
    )  # fmt: skip


def _name_the_best(line: go.Scatter, mode: str) -> None:
    """Write the name of the last best trial where its line begins, on the side that the curve leaves free."""
    if not line.x:
        return
    place = line.hovertext.index(line.hovertext[-1])
    side = "right" if line.x[place] < (line.x[0] + line.x[-1]) / 2 else "left"
    names = ["" if point != place else name for point, name in enumerate(line.hovertext)]
    line.update(mode="lines+markers+text", text=names, textposition=f"{'top' if mode == 'max' else 'bottom'} {side}")


def _each(run: Run) -> go.Scatter:
    """The best of each trial, behind the line."""
    return go.Scatter(
        x=list(range(1, len(run.trials) + 1)), y=run.trials[OBJECTIVE].tolist(), text=list(run.trials.index),
        name="trials", mode="markers", showlegend=False, zorder=-1, marker={"size": 7, "color": "#cbd5e1"},
        hovertemplate="%{text}: %{y:.4g}<extra></extra>",
    )  # fmt: skip


def _shown(axis: str, runs: int) -> list[bool]:
    """Which traces one button shows; the last are the trials of a single run, by trial."""
    lines = [one == axis for one in _AXES for _ in range(runs)]
    return [*lines, axis == "trial"] if runs == 1 else lines
