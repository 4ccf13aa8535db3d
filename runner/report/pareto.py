"""The Pareto front where the objective is made of several metrics."""

import optuna
from optuna import visualization

from runner.report.page import Section, figure, paragraph
from runner.report.study import directions, fill, quiet, usable
from runner.report.style import styled
from runner.runs.read_run import Run


def pareto_front(run: Run) -> Section | None:
    """The metrics of the objective against each other, at each trial's best report; None unless there are several.

    A weighted sum finds one point of the front; the front tells what other weights would have found.
    """
    targets = run.objective.targets
    title = "Pareto front"
    if len(targets) == 1:
        return None
    if not drawable(run):
        return Section(title, paragraph(f"It is drawn for two or three metrics, and the objective has {len(targets)}."))
    study = metrics_study(run)
    if len(usable(study)) < 2:
        return Section(title, paragraph("It takes two trials with finite metrics."))
    drawing = visualization.plot_pareto_front(study, target_names=run.objective.metrics)
    told = "Each trial at its best report. No trial beats one of the front in every metric."
    return Section(title, paragraph(told) + figure(styled(drawing, height=480 if len(targets) == 2 else 620)))


def drawable(run: Run) -> bool:
    """Whether there are so many metrics as a figure has axes."""
    return len(run.objective.targets) in (2, 3)


def metrics_study(run: Run) -> optuna.Study:
    """A study whose values are the metrics of the objective."""
    with quiet():
        return fill(optuna.create_study(directions=directions(run)), run)
