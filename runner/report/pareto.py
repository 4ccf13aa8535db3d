"""The Pareto front where the objective is made of several metrics."""

import math

import optuna
from optuna import visualization
from optuna.trial import create_trial

from runner.report.page import Section, figure, paragraph
from runner.report.study import quiet, study_of
from runner.report.style import styled
from runner.runs.read_run import Run
from runner.runs.trials_table import BEST


def pareto_front(run: Run) -> Section | None:
    """The metrics of the objective against each other, at each trial's best report; None unless there are two or three.

    A weighted sum finds one point of the front; the front tells what other weights would have found.
    """
    targets = run.objective.targets
    if len(targets) not in (2, 3):
        return None
    title = "Pareto front"
    study = metrics_study(run)
    if len(study.trials) < 2:
        return Section(title, paragraph("It takes two trials with finite metrics."))
    drawing = visualization.plot_pareto_front(study, target_names=[target.metric for target in targets])
    told = "Each trial at its best report. No trial beats one of the front in every metric."
    return Section(title, paragraph(told) + figure(styled(drawing, height=480 if len(targets) == 2 else 620)))


def metrics_study(run: Run) -> optuna.Study:
    """A study whose values are the metrics of the objective."""
    targets = run.objective.targets
    directions = ["maximize" if target.mode == "max" else "minimize" for target in targets]
    with quiet():
        study = optuna.create_study(directions=directions)
        for trial, (_, row) in zip(study_of(run).trials, run.trials.iterrows(), strict=True):
            values = [float(row.get(BEST + target.metric, math.nan)) for target in targets]
            if all(map(math.isfinite, values)):
                study.add_trial(create_trial(values=values, params=trial.params, distributions=trial.distributions))
    return study
