"""A Plotly figure of the page, drawn by matplotlib: Plotly's own export of pictures needs a browser."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from textwrap import wrap
from typing import Any

import plotly.graph_objects as go
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import MaxNLocator, NullLocator

from runner.reporting.style import LEAST_WIDTH
from runner.reporting.traces import Places, draw

PIXELS_PER_INCH = 100


@dataclass(frozen=True)
class Panel:
    """One plot of a figure, and the Plotly axes that it shows."""

    axes: Axes
    x: Any
    y: Any


def picture(drawing: go.Figure, title: str) -> Figure:
    """Draw what the page shows before anyone clicks on it: traces, axes, notes and the legend of `drawing`."""
    least = (drawing.layout.meta or {}).get(LEAST_WIDTH, 0)
    size = (max(900, least) / PIXELS_PER_INCH, drawing.layout.height / PIXELS_PER_INCH + 0.3)
    figure = Figure(figsize=size, layout=ConstrainedLayoutEngine(wspace=0.06))
    figure.suptitle(title, x=0.01, ha="left", fontweight="bold")
    if any(trace.type == "scatter3d" for trace in drawing.data):
        _draw_in_space(figure, drawing)
    else:
        _draw_panels(figure, drawing)
    return figure


def _draw_panels(figure: Figure, drawing: go.Figure) -> None:
    panels = _panels(figure, drawing)
    places = {letter: _categories(drawing, letter) for letter in "xy"}
    for trace in filter(_seen, drawing.data):
        panel = panels[trace.xaxis or "x", trace.yaxis or "y"]
        x, y = (places[letter].get(_group(getattr(panel, letter), letter), []) for letter in "xy")
        scale = draw(panel.axes, trace, Places(x, log=panel.x.type == "log"), Places(y, log=panel.y.type == "log"))
        if scale is not None:
            wanted = trace.colorbar if trace.type == "contour" else trace.marker.colorbar
            bar = figure.colorbar(scale, ax=[one.axes for one in panels.values()], label=wanted.title.text, format="%g")
            bar.outline.set_visible(False)
            if wanted.tickvals:
                bar.set_ticks(wanted.tickvals)
    for panel in panels.values():
        for letter in "xy":
            axis = getattr(panel, letter)
            _lay_out(panel.axes, letter, axis, places[letter].get(_group(axis, letter), []), alone=len(panels) == 1)
    first = panels["x", "y"].axes
    _draw_notes(first, drawing.layout)
    if drawing.layout.showlegend is not False:
        _legend(first, drawing.layout.legend)


def _draw_notes(axes: Axes, layout: Any) -> None:
    """The lines and texts that belong to no trace."""
    for line in layout.shapes:
        axes.plot([line.x0, line.x1], [line.y0, line.y1], color=line.line.color, linewidth=0.8, zorder=1)
    for note in layout.annotations:
        axes.annotate(
            note.text, (note.x, note.y), (note.xshift or 0, note.yshift or 0), textcoords="offset points",
            ha=note.xanchor or "center", va="center", color=note.font.color, fontsize="small", zorder=9,
            bbox={"boxstyle": "square,pad=0.1", "facecolor": "white", "alpha": 0.8, "linewidth": 0},
        )  # fmt: skip


def _draw_in_space(figure: Figure, drawing: go.Figure) -> None:
    axes = figure.add_subplot(projection="3d")
    for trace in drawing.data:
        draw(axes, trace, Places(), Places())
    scene = drawing.layout.scene
    axes.set(xlabel=scene.xaxis.title.text, ylabel=scene.yaxis.title.text, zlabel=scene.zaxis.title.text)
    axes.set_box_aspect(None, zoom=0.85)  # matplotlib leaves no room for the label of the third axis
    _legend(axes, drawing.layout.legend)


def _panels(figure: Figure, drawing: go.Figure) -> dict[tuple[str, str], Panel]:
    """By the names of the two axes, in rows and columns as Plotly's domains have them."""
    layout = drawing.layout
    pairs = dict.fromkeys((trace.xaxis or "x", trace.yaxis or "y") for trace in drawing.data)
    found = {pair: (layout[_long(pair[0])], layout[_long(pair[1])]) for pair in pairs}
    columns = sorted({x.domain or (0, 1) for x, _ in found.values()})
    rows = sorted({y.domain or (0, 1) for _, y in found.values()}, reverse=True)
    grid = figure.add_gridspec(len(rows), len(columns))
    return {
        pair: Panel(figure.add_subplot(grid[rows.index(y.domain or (0, 1)), columns.index(x.domain or (0, 1))]), x, y)
        for pair, (x, y) in found.items()
    }


def _long(axis: str) -> str:
    """Plotly's x2 is the xaxis2 of its layout."""
    return f"{axis[0]}axis{axis[1:]}"


def _seen(trace: Any) -> bool:
    invisible = "marker" in trace and trace.marker.opacity == 0
    return trace.visible in {None, True} and trace.x is not None and not invisible


def _group(axis: Any, letter: str) -> str:
    """The axis whose values count for this one too."""
    return axis.matches or axis.plotly_name.replace("axis", "") or letter


def _categories(drawing: go.Figure, letter: str) -> dict[str, list[str]]:
    """The values of each axis that has no numbers, in the order in which they stand."""
    found: dict[str, list[str]] = {}
    for trace in drawing.data:
        axis = drawing.layout[_long(getattr(trace, f"{letter}axis") or letter)]
        values = getattr(trace, letter)
        if values is not None and (axis.type == "category" or any(isinstance(value, str) for value in values)):
            known = found.setdefault(_group(axis, letter), [str(value) for value in axis.categoryarray or ()])
            known.extend(value for value in dict.fromkeys(map(str, values)) if value not in known)
    return found


def _lay_out(axes: Axes, letter: str, wanted: Any, categories: Sequence[str], *, alone: bool) -> None:
    """Title, range, scale, ticks and grid of one axis; there is less room in a panel that is not `alone`."""
    axis = axes.xaxis if letter == "x" else axes.yaxis
    log = wanted.type == "log"
    if log:
        axes.set(**{f"{letter}scale": "log"})
        axis.set_minor_locator(NullLocator())
    if wanted.range:
        axes.set(**{f"{letter}lim": [10**end if log else end for end in wanted.range]})
    if categories:
        labels = dict(zip(wanted.tickvals or (), wanted.ticktext or (), strict=True))
        axis.set_ticks(range(len(categories)), [labels.get(one, one) for one in categories])
        if letter == "x" and sum(map(len, categories)) > 30:
            axis.set_tick_params(labelrotation=30)
    elif wanted.tickvals:
        limits = tuple(axis.get_view_interval())
        ticks = wanted.tickvals[:: 1 if alone or not log else ceil(len(wanted.tickvals) / 4)]
        axis.set_ticks(ticks, wanted.ticktext or [_number(value, log) for value in ticks])
        axes.set(**{f"{letter}lim": limits})
    elif not log:
        axis.set_major_formatter("{x:g}")
        axis.set_major_locator(MaxNLocator(wanted.nticks or "auto", steps=[1, 2, 2.5, 5, 10]))
    axis.set_label_text("\n".join(wrap(wanted.title.text or "", 100 if alone else 24)))
    shown = wanted.showticklabels is not False
    axis.set_tick_params(labelbottom=shown, labelleft=shown)
    axis.grid(wanted.showgrid is not False)
    axis.set_visible(wanted.visible is not False)


def _number(value: float, log: bool) -> str:
    """A tick's label; the ticks of a log axis stand close, so the shorter of 0.0001 and 1e-4."""
    mantissa, _, power = f"{value:.3e}".partition("e")
    return min(f"{value:g}", f"{float(mantissa):g}e{int(power)}", key=len) if log else f"{value:g}"


def _legend(axes: Axes, wanted: Any) -> None:
    """Above the plot, or in the corner of it that the curves leave free."""
    handles, names = axes.get_legend_handles_labels()
    if not names:
        return
    if wanted.orientation == "h":
        columns = max(1, min(len(names), 110 // (max(map(len, names)) + 6)))
        axes.legend(handles, names, loc="lower left", bbox_to_anchor=(0, 1), ncols=columns, borderaxespad=0.2)
    else:
        axes.legend(handles, names, loc=f"{'lower' if wanted.yanchor == 'bottom' else 'upper'} right")
