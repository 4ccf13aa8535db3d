"""Plotly's traces, each drawn into matplotlib's axes."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, LinearSegmentedColormap, Normalize

from runner.reporting.style import SYMBOLS

POINTS = 0.72
"""Of a pixel."""


CELLS = 80
"""Of a contour, across and up."""


@dataclass(frozen=True)
class Places:
    """Where the values of an axis lie on it; `categories` are those of an axis without numbers."""

    categories: Sequence[str] = ()
    log: bool = False

    def __call__(self, values: Sequence[Any]) -> list[float]:
        if self.categories:
            return [self.categories.index(str(value)) for value in values]
        return [math.nan if value is None else float(value) for value in values]


def draw(axes: Any, trace: Any, x: Places, y: Places) -> ScalarMappable | None:
    """Draw `trace`; its colour scale, where one is to be shown."""
    if trace.type == "bar":
        _bars(axes, trace, y)
        return None
    if trace.type == "contour":
        return _contour(axes, trace, x, y)
    return _scatter(axes, trace, x, y)


def _bars(axes: Any, trace: Any, y: Places) -> None:
    bars = axes.barh(y(trace.y), trace.x, color=_colours(trace.marker.color), height=0.75)
    if trace.text is not None:
        axes.bar_label(bars, trace.text, padding=3)


def _scatter(axes: Any, trace: Any, x: Places, y: Places) -> ScalarMappable | None:
    points = [x(trace.x), y(trace.y), *([Places()(trace.z)] if trace.type == "scatter3d" else [])]
    layer = 3 + (getattr(trace, "zorder", None) or 0)
    label = trace.name if trace.name and trace.showlegend is not False else None
    look: dict[str, Any] = {"alpha": trace.opacity, "zorder": layer}
    if "lines" in trace.mode:
        steps = "steps-post" if trace.line.shape == "hv" else "default"
        style = ":" if trace.line.dash == "dot" else "-"
        axes.plot(
            *points, label=label, drawstyle=steps, linestyle=style, color=_colours(trace.line.color),
            linewidth=(trace.line.width or 2) * POINTS, **look,
            **({"marker": _symbol(trace), "markersize": _size(trace)} if "markers" in trace.mode else {}),
        )  # fmt: skip
    elif not np.isnan(points[0]).all():
        mapped = _scale(trace.marker, trace.marker.color) if trace.marker.colorscale else None
        colours = mapped.to_rgba(trace.marker.color) if mapped else _colours(trace.marker.color)
        edge = {"edgecolors": _colours(trace.marker.line.color or "white"), "linewidths": trace.marker.line.width or 0}
        axes.scatter(*points, s=_size(trace) ** 2, c=colours, marker=_symbol(trace), label=label, **edge, **look)
    if "text" in trace.mode:
        _texts(axes, trace, points, layer)
    shown = "markers" in trace.mode and trace.marker.showscale
    return _scale(trace.marker, trace.marker.color) if shown else None


def _texts(axes: Any, trace: Any, points: Sequence[Sequence[float]], layer: float) -> None:
    """Beside the points: `textposition` is one of Plotly's "top left" and the like, or one for each point."""
    sides = [trace.textposition] * len(trace.text) if isinstance(trace.textposition, str) else trace.textposition
    look: dict[str, Any] = {"fontsize": "small", "zorder": layer + 1}
    for *place, text, side in zip(*points, trace.text, sides, strict=True):
        if len(place) == 3:
            axes.text(*place, f"  {text}", None, va="center", **look)
        elif text:
            vertical, across = side.split()
            shift = {"left": -5, "right": 5}.get(across, 0), 5 if vertical == "top" else -5
            ends = {"left": "right", "right": "left", "top": "bottom", "bottom": "top"}
            away = {"ha": ends.get(across, "center"), "va": ends[vertical]}
            axes.annotate(text, place, shift, textcoords="offset points", **away, **look)


def _contour(axes: Any, trace: Any, x: Places, y: Places) -> ScalarMappable | None:
    """Plotly fills the gaps between the trials; here each place has the mean of all, the near ones weighing most."""
    rows, columns = np.nonzero(np.isfinite(trace.z))
    values = np.asarray(trace.z)[rows, columns]
    (across, left, width), (up, low, height) = _even(x, trace.x), _even(y, trace.y)
    even = np.linspace(0, 1, CELLS)
    far = (even[None, :, None] - across[columns]) ** 2 + (even[:, None, None] - up[rows]) ** 2
    weights = 1 / (far + 1e-6) ** 1.5
    surface = np.clip((weights @ values) / weights.sum(axis=-1), values.min(), values.max())
    places = [10**line if axis.log else line for axis, line in ((x, left + width * even), (y, low + height * even))]
    scale = _scale(trace, values)
    axes.contourf(*places, surface, levels=14, cmap=scale.cmap, norm=scale.norm)
    axes.contour(*places, surface, levels=14, colors="#475569", linewidths=0.3)
    return scale if trace.showscale is not False else None


def _even(places: Places, values: Sequence[Any]) -> tuple[Any, float, float]:
    """How far along the axis each value lies, from 0 to 1; and the first and the length of what lies between."""
    found = np.asarray(places(values))
    lengths = np.log10(found) if places.log else found
    first, length = float(lengths.min()), float(np.ptp(lengths)) or 1.0
    return (lengths - first) / length, first, length


def _scale(coloured: Any, values: Any) -> ScalarMappable:
    """Of markers or of a contour; where all values are the same, they have the colour in the middle."""
    low, high = (getattr(coloured, end, None) for end in ("cmin", "cmax"))
    low = float(min(values)) if low is None else low
    high = float(max(values)) if high is None else high
    room = 0.5 if low == high else 0
    return ScalarMappable(Normalize(low - room, high + room), _map(coloured))


def _map(coloured: Any) -> Colormap:
    made = LinearSegmentedColormap.from_list("", [(place, _colours(colour)) for place, colour in coloured.colorscale])
    return made.reversed() if coloured.reversescale else made


def _symbol(trace: Any) -> str:
    return SYMBOLS[trace.marker.symbol or "circle"]


def _size(trace: Any) -> float:
    return float(trace.marker.size or 6) * POINTS


def _colours(colour: Any) -> Any:
    """One colour or several in matplotlib's terms, which knows no "rgb(1,2,3)"."""
    if colour is None or not isinstance(colour, str):
        return colour if colour is None else [_colours(one) for one in colour]
    if not colour.startswith("rgb"):
        return colour.lower()
    red, green, blue, *alpha = map(float, re.findall(r"[\d.]+", colour))
    return (red / 255, green / 255, blue / 255, *alpha)
