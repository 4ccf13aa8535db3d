"""The Pareto front where the objective is made of several metrics."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from runner.reporting.learning_curves import hover
from runner.reporting.page import Section, figure, paragraph
from runner.reporting.style import BEST, styled
from runner.runs import pareto
from runner.runs.run import Run

MOST_NAMES = 12
"""Of more trials on the front, the names are told where the pointer is on them, and not beside them."""


def pareto_front(run: Run) -> Section | None:
    """The metrics of the objective against each other, at each trial's best report; None unless there are several.

    A weighted sum finds one point of the front; the front tells what other weights would have found.
    """
    targets = run.objective.targets
    title = "Pareto front"
    if len(targets) == 1:
        return None
    if len(targets) > 3:
        return Section(title, paragraph(f"It is drawn for two or three metrics, and the objective has {len(targets)}."))
    points = {trial.name: run.values(trial) for trial in run.ranked}
    if len(points) < 2:
        return Section(title, paragraph("It takes two trials with finite metrics."))
    several = run.objective.several
    front = [t.name for t in run.pareto_front] if several else pareto.pareto_front(points, run.objective)
    front.sort(key=lambda name: points[name][targets[0].metric])
    beaten = [name for name in points if name not in front]
    told = "Each trial at its best report. No trial beats one of the front in every metric."
    drawing = _drawing(run, [_trace(run, points, beaten, "others"), _trace(run, points, front, "on the front")])
    return Section(title, paragraph(told) + figure(drawing), {"": drawing})


def _drawing(run: Run, traces: Sequence[Any]) -> go.Figure:
    names = dict(zip("xyz", run.objective.metrics, strict=False))
    drawing = styled(go.Figure(traces), height=480 if len(names) == 2 else 620)
    if len(names) == 3:
        return drawing.update_layout(scene={f"{letter}axis": {"title": name} for letter, name in names.items()})
    return drawing.update_xaxes(title=names["x"]).update_yaxes(title=names["y"])


def _trace(run: Run, points: Mapping[str, pareto.Point], names: Sequence[str], label: str) -> Any:
    """The trials of `names`, with their names beside those on the front."""
    metrics = run.objective.metrics
    best = label == "on the front"
    kind, size = (go.Scatter, 9) if len(metrics) == 2 else (go.Scatter3d, 6)
    return kind(
        **{letter: [points[name][metric] for name in names] for letter, metric in zip("xyz", metrics, strict=False)},
        name=label, mode="markers+text" if best and len(names) <= MOST_NAMES else "markers", text=list(names),
        textposition=[f"{('top', 'bottom')[place % 2]} center" for place in range(len(names))],
        hovertext=[hover(run, name) for name in names],
        hovertemplate="%{hovertext}<extra></extra>",
        marker={"size": size if best else 0.7 * size, "color": BEST if best else "#94a3b8"},
    )  # fmt: skip
