"""When each trial ran, by the clock."""

import plotly.graph_objects as go

from runner.reporting.learning_curves import MOST_CURVES, chosen, hover
from runner.reporting.outcome import started
from runner.reporting.page import Section, figure, paragraph
from runner.reporting.style import STATES, styled
from runner.runs.run import Run
from runner.runs.trial import TrialState

_UNITS = ((7200, 3600, "hours"), (180, 60, "minutes"), (0, 1, "seconds"))
"""From so many seconds on, the length of the unit, and its name."""


def timeline(run: Run) -> Section | None:
    """A bar a trial, in the colour of its state; None where no trial has ended."""
    spans = started(run)
    if not spans:
        return None
    names = chosen(run, list(spans), MOST_CURVES)
    last = max(end for _, end in spans.values())
    length, unit = next((length, name) for least, length, name in _UNITS if last >= least)
    drawing = go.Figure()
    for state in TrialState:
        own = [name for name in names if run.trials.loc[name, "state"] == state]
        if own:
            drawing.add_trace(
                go.Bar(
                    y=own, base=[spans[name][0] / length for name in own], name=state.words, orientation="h",
                    x=[(spans[name][1] - spans[name][0]) / length for name in own], marker_color=STATES[state],
                    text=[hover(run, name) for name in own], textposition="none",
                    hovertemplate="%{text}<extra></extra>",
                )
            )  # fmt: skip
    styled(drawing, height=120 + max(60, min(18 * len(names), 800)), barmode="overlay", bargap=0.25)
    drawing.update_xaxes(title=f"{unit} since the first start", rangemode="tozero")
    drawing.update_yaxes(categoryorder="array", categoryarray=names[::-1], showgrid=False, ticks="")
    told = "When each trial ran. One that paused, or went on in another process, has its running time before its end."
    if len(names) < len(spans):
        told += f" {len(names)} of {len(spans)} trials are drawn."
    return Section("Timeline", paragraph(told) + figure(drawing))
