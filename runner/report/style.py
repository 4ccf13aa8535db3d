"""How the figures of a page look: its fonts, its colours, and room for labels."""

from typing import Any

import plotly.graph_objects as go

from runner.runs.trial import TrialState

FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'
INK, MUTED, GRID = "#1f2937", "#6b7280", "#e5e7eb"
BEST = "#047857"
STATES = {
    TrialState.COMPLETED: "#2563eb",
    TrialState.STOPPED: "#d97706",
    TrialState.FAILED: "#dc2626",
    TrialState.OUT_OF_MEMORY: "#be185d",
    TrialState.DIVERGED: "#854d0e",
    TrialState.INTERRUPTED: "#7c3aed",
    TrialState.RUNNING: "#0891b2",
    TrialState.PAUSED: "#64748b",
}
SERIES = ("#2563eb", "#d97706", "#047857", "#be185d", "#7c3aed", "#0891b2", "#854d0e", "#4b5563")
"""Of runs that are compared."""

_AXIS = {
    "gridcolor": GRID,
    "zerolinecolor": GRID,
    "linecolor": "#9ca3af",
    "automargin": True,
    "ticks": "outside",
    "exponentformat": "e",
}


def styled(figure: go.Figure, *, height: int = 420, **layout: Any) -> go.Figure:
    """`figure` in the style of the page, as wide as that is; `layout` as for update_layout."""
    figure.update_layout(
        template="plotly_white",
        title=None,
        width=None,
        height=height,
        autosize=True,
        margin={"l": 56, "r": 16, "t": 32, "b": 48},
        font={"family": FONT, "size": 13, "color": INK},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        hoverlabel={"font": {"family": FONT, "size": 12}, "align": "left"},
        modebar={"bgcolor": "rgba(255,255,255,0.9)", "color": "#9ca3af", "activecolor": INK},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.01, "x": 0, "title": None},
    )
    figure.update_xaxes(**_AXIS)
    figure.update_yaxes(**_AXIS)
    return figure.update_layout(**layout)
