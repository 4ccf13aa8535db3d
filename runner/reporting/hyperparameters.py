"""What the hyperparameters did: Optuna's own analyses of the run."""

import re
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from html import escape
from typing import Any

import optuna
import plotly.graph_objects as go
from optuna import visualization
from optuna.distributions import BaseDistribution, FloatDistribution, IntDistribution

from runner.reporting.branches import Branch, branches, part, searched, too_few
from runner.reporting.page import Section, figure, paragraph
from runner.reporting.study import usable
from runner.reporting.style import MUTED, SERIES, logarithmic, styled, whole
from runner.runs.run import Run
from runner.runs.wording import plural

MOST_AXES = 8
MOST_SLICES = 6
MOST_CONTOURS = 4
MOST_TRIALS = 100
"""Of parallel coordinates, a line each, and of a contour, whose size is the square of the trials."""


CANNOT_DRAW = (ValueError, RuntimeError, UserWarning)
"""What Optuna raises where the trials do not give what it asks for."""
Drawn = tuple[str, go.Figure]
"""What is said before a figure, as HTML, and the figure."""


def hyperparameters(run: Run, study: optuna.Study) -> list[Section]:
    """Parallel coordinates, importance, slices and contours; a sentence where one cannot be drawn."""
    label, ranked = run.objective.label, by_importance(study)
    importance = f"How much of {label} each hyperparameter explains (PED-ANOVA). {_stopped(study)}{_apart(study)}"

    def slices(part: optuna.Study) -> Drawn:
        names = by_importance(part)
        return _limited(names, MOST_SLICES), _slices(part, names[:MOST_SLICES], label)

    def contours(part: optuna.Study) -> Drawn:
        names = by_importance(part)
        return _limited(names, MOST_CONTOURS, part), _contours(part, names[:MOST_CONTOURS], label)

    def parallel() -> Drawn:
        return _limited(ranked, MOST_AXES, study), _parallel(study, ranked[:MOST_AXES], label)

    body, drawing = _drawn(why_not(study, 1), parallel)
    return [
        Section("Parallel coordinates", body, {"": drawing} if drawing else {}),
        _by_branch("Importance", paragraph(importance), study, 1, lambda part: ("", _importance(part))),
        _by_branch("Slices", "", study, 1, slices),
        _by_branch("Contours", "", study, 2, contours),
    ]


def by_importance(study: optuna.Study) -> list[str]:
    """Parameters that every trial has, the most important first; in their own order where that cannot be told."""
    names = everywhere(study)
    if too_few(study):
        return names
    try:
        ranked = importances(study)
    except CANNOT_DRAW:
        return names
    return [*ranked, *(name for name in names if name not in ranked)]


def importances(study: optuna.Study) -> dict[str, float]:
    """Shares of 1, the greatest first. Raises one of CANNOT_DRAW where Optuna cannot tell."""
    with warnings.catch_warnings():
        # Of too few trials Optuna warns, and gives every parameter the same share, which would mislead.
        warnings.simplefilter("error", UserWarning)
        return dict(optuna.importance.get_param_importances(study, params=everywhere(study)))


def everywhere(study: optuna.Study) -> list[str]:
    """Those that every usable trial has."""
    return [key for key in searched(study) if all(key in trial.params for trial in usable(study))]


def sometimes(study: optuna.Study) -> list[str]:
    """Those that only some trials have, by a condition: they cannot be compared over all of them."""
    common = everywhere(study)
    return [key for key in searched(study) if key not in common]


def thinned(study: optuna.Study, most: int = MOST_TRIALS) -> optuna.Study:
    """The study with at most `most` of its usable trials, evenly over the run, the best among them."""
    trials = usable(study)
    if len(trials) <= most:
        return study
    picked = {trials[index * len(trials) // most].number for index in range(most)} | {study.best_trial.number}
    return part(study, [trial for trial in trials if trial.number in picked])


def why_not(study: optuna.Study, least_parameters: int) -> str:
    """Why nothing can be drawn of the parameters, as a sentence; empty where it can."""
    trials, parameters = len(usable(study)), len(everywhere(study))
    if trials < 2:
        return f"It takes two trials with a finite objective, and there {'is 1' if trials else 'is none'}."
    if parameters < least_parameters:
        needed = plural(least_parameters, "hyperparameter")
        return f"It takes {needed} of which several values were tried, and there {'is 1' if parameters else 'is none'}."
    return ""


def analysable(study: optuna.Study, least_parameters: int) -> list[Branch]:
    """The branches whose trials bear an analysis."""
    return [one for one in branches(study) if not why_not(one.study, least_parameters) and not too_few(one.study)]


def _by_branch(
    title: str, body: str, study: optuna.Study, least_parameters: int, draw: Callable[[optuna.Study], Drawn]
) -> Section:
    pictures = {}
    for one in branches(study):
        body += f"<h3>{escape(one.told)}</h3>\n" if one.told else ""
        sentence = why_not(one.study, least_parameters) or too_few(one.study)
        html, drawing = _drawn(sentence, partial(draw, one.study))
        body += html
        if drawing:
            pictures[one.told] = drawing
    return Section(title, body, pictures)


def _drawn(sentence: str, draw: Callable[[], Drawn]) -> tuple[str, go.Figure | None]:
    """What `draw` gives, as HTML and as a figure; or the sentence that says why it is not drawn, and no figure."""
    if sentence:
        return paragraph(sentence), None
    try:
        told, drawing = draw()
    except CANNOT_DRAW as error:
        return paragraph(f"Optuna cannot draw it: {error}"), None
    return told + figure(drawing), drawing


def _limited(ranked: Sequence[str], most: int, study: optuna.Study | None = None) -> str:
    told = f"The {most} most important of {len(ranked)} hyperparameters." if len(ranked) > most else ""
    if study is not None and len(usable(study)) > MOST_TRIALS:
        told += f" {MOST_TRIALS} of {len(usable(study))} trials, evenly over the run."
    return paragraph(told.strip()) if told else ""


def _stopped(study: optuna.Study) -> str:
    stopped = any(trial.user_attrs["state"] != "completed" for trial in usable(study))
    return "A trial that was stopped counts with its best value up to then." if stopped else ""


def _apart(study: optuna.Study) -> str:
    told = ", ".join(sometimes(study))
    return f" Only some trials have {told}: those with the same hyperparameters are analysed together." if told else ""


def _parallel(study: optuna.Study, parameters: list[str], label: str) -> go.Figure:
    """The palest of Optuna's lines are as good as white: all of them a shade darker, and the scale with them."""
    drawing = visualization.plot_parallel_coordinate(thinned(study), parameters, target_name=label)
    for trace in drawing.data:
        if trace.mode == "lines":
            trace.update(line_color=_darker(trace.line.color), opacity=0.8)
        elif trace.marker.showscale:
            trace.marker.colorbar.title.side = "right"
            _darken(trace.marker)
    numbers = {place for place, name in enumerate(parameters, 1) if _is_whole(study, name)}
    labels = [one for one in drawing.layout.annotations if one.x not in numbers or one.text.isdigit()]
    for one in labels:
        one.update(bgcolor="rgba(255,255,255,0.8)", font={"color": MUTED, "size": 11})
    margin = {"l": 70, "r": 30, "t": 48, "b": 40}
    return styled(drawing, least_width=90 * len(parameters), margin=margin, annotations=labels)


def _darken(marker: Any) -> None:
    marker.colorscale = [[place, _darker(colour)] for place, colour in marker.colorscale]


def _darker(colour: str) -> str:
    red, green, blue = (0.8 * float(part) for part in re.findall(r"[\d.]+", colour)[:3])
    return f"rgb({red:.0f},{green:.0f},{blue:.0f})"


def _importance(study: optuna.Study) -> go.Figure:
    shares = importances(study)
    names = list(shares)[::-1]
    told = [f"{shares[name]:.2f}" for name in names]
    # Optuna's own bars copy the whole study for each of their hover texts: seconds with 1,000 trials.
    drawing = go.Figure(go.Bar(x=[shares[name] for name in names], y=names, text=told, orientation="h"))
    drawing.update_traces(marker_color=SERIES[0], textposition="outside", cliponaxis=False, hoverinfo="skip")
    styled(drawing, height=120 + 34 * len(names))
    return drawing.update_xaxes(title="share of the importance").update_yaxes(showgrid=False)


def _slices(study: optuna.Study, parameters: list[str], label: str) -> go.Figure:
    drawing = visualization.plot_slice(study, parameters, target_name=label)
    numbers = [trial.number for trial in usable(study)]
    scale = {"title": {"text": "trial"}, "tickvals": whole(min(numbers), max(numbers))["tickvals"]}
    drawing.update_traces(marker_line_width=0, marker_size=7, marker_colorbar=scale)
    drawing.for_each_trace(lambda trace: _darken(trace.marker))
    styled(drawing, height=380, least_width=210 * len(parameters))
    for number, name in enumerate(sorted(parameters), 1):  # the order in which Optuna draws them
        axis = drawing.layout[_axis("x", number)]
        axis.update(_ticks(study, name))
        if axis.categoryarray:  # the reprs of the values, strings in quotes
            axis.update(tickvals=axis.categoryarray, ticktext=[one.strip("'\"") for one in axis.categoryarray])
    return drawing


def _contours(study: optuna.Study, parameters: list[str], label: str) -> go.Figure:
    parameters = sorted(parameters)  # the order in which Optuna draws them
    drawing = visualization.plot_contour(thinned(study), parameters, target_name=label)
    drawing.update_traces(colorbar_title_side="right", selector={"type": "contour"})
    if len(parameters) == 2:
        styled(drawing, height=460, showlegend=False)
        drawing.layout.xaxis.update(_ticks(study, parameters[0]))
        drawing.layout.yaxis.update(_ticks(study, parameters[1]))
        return drawing
    drawing.update_traces(marker_size=4, selector={"type": "scatter"})
    styled(drawing, height=200 * len(parameters) + 60, least_width=700, showlegend=False)
    for row, vertical in enumerate(parameters):
        for column, horizontal in enumerate(parameters):
            number = row * len(parameters) + column + 1
            drawing.layout[_axis("x", number)].update(_ticks(study, horizontal))
            drawing.layout[_axis("y", number)].update(_ticks(study, vertical))
        # Optuna draws nothing of a parameter against itself, and Plotly cannot place the axes of an empty plot.
        values = [trial.params[vertical] for trial in usable(study)]
        unseen = go.Scatter(x=values, y=values, mode="markers", marker_opacity=0, hoverinfo="skip", showlegend=False)
        drawing.add_trace(unseen, row=row + 1, col=row + 1)
    return drawing


def _axis(letter: str, number: int) -> str:
    """How Plotly names the axis of the subplot of that number, from 1."""
    return f"{letter}axis{number if number > 1 else ''}"


def _is_whole(study: optuna.Study, name: str) -> bool:
    return isinstance(_distribution(study, name), IntDistribution)


def _distribution(study: optuna.Study, name: str) -> BaseDistribution:
    return next(trial.distributions[name] for trial in usable(study) if name in trial.distributions)


def _ticks(study: optuna.Study, name: str) -> dict[str, Any]:
    """Whole numbers for whole numbers, and few powers of ten on a log axis: Plotly's own would overprint each other."""
    space, values = _distribution(study, name), [trial.params[name] for trial in usable(study) if name in trial.params]
    if isinstance(space, IntDistribution | FloatDistribution) and space.log:
        return logarithmic(min(values), max(values))
    if isinstance(space, IntDistribution):
        return {"tickvals": whole(min(values), max(values))["tickvals"]}
    return {"nticks": 5, "tickangle": 0} if isinstance(space, FloatDistribution) else {}
