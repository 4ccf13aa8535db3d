"""How the figures look, on a page and as pictures: fonts, colours, marks, and room for labels."""

import math
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
SYMBOLS = {"circle": "o", "x": "X", "square": "s", "diamond": "D", "triangle-down": "v"}
"""Plotly's name of each mark that a figure uses, and matplotlib's."""
LEAST_WIDTH = "least_width"
"""The key in the meta of a figure under which its least width in pixels lies."""
PICTURE = {
    "font.size": 9.5, "text.color": INK, "text.parse_math": False, "savefig.dpi": 140,
    "axes.labelcolor": INK, "axes.axisbelow": True,
    **{f"axes.spines.{side}": False for side in ("left", "right", "top", "bottom")},
    "grid.color": GRID, "xtick.color": GRID, "ytick.color": GRID, "xtick.labelcolor": INK, "ytick.labelcolor": INK,
    "legend.frameon": False, "legend.fontsize": 9, "figure.titlesize": 12,
}  # fmt: skip
"""Settings of matplotlib for the same look."""

_AXIS = {
    "gridcolor": GRID,
    "zerolinecolor": GRID,
    "linecolor": "#9ca3af",
    "automargin": True,
    "ticks": "outside",
    "exponentformat": "e",
}


def styled(figure: go.Figure, *, height: int = 420, least_width: int = 0, **layout: Any) -> go.Figure:
    """`figure` in the style of the page, as wide as that is; `layout` as for update_layout.

    Args:
        least_width: pixels; on a narrower page it scrolls sideways.
    """
    figure.update_layout(
        template="plotly_white",
        title=None,
        width=None,
        meta={LEAST_WIDTH: least_width},
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


def whole(low: float, high: float) -> dict[str, Any]:
    """An axis of whole numbers: it begins at `low`, and no tick stands between two of them."""
    step = next(
        size for scale in range(12) for size in (10**scale, 2 * 10**scale, 5 * 10**scale) if (high - low) / size <= 10
    )
    ticks = [int(low), *range(step * math.ceil((low + step / 2) / step), int(high) + 1, step)]
    room = max(0.4, (high - low) / 50)
    return {"range": [low - min(0.6, room), high + room], "tickvals": ticks}


def logarithmic(low: float, high: float) -> dict[str, Any]:
    """The ticks of a log axis: few powers of ten, or 1, 2 and 5 times them where there are less than two."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    step = max(1, math.ceil((last - first) / 4))
    factors = (1, 2, 5) if high < 100 * low else (1,)
    ticks = [factor * 10.0**power for power in range(first, last + 1, step) for factor in factors]
    return {"type": "log", "tickvals": [tick for tick in ticks if low * 0.99 <= tick <= high * 1.01] or [low, high]}
