"""The report of one run: its page, and its figures as pictures."""

from pathlib import Path

from optuna import Study

from runner.reporting.best_over_time import best_over_time
from runner.reporting.hyperparameters import hyperparameters
from runner.reporting.learning_curves import learning_curves
from runner.reporting.outcome import configuration, outcome
from runner.reporting.page import Section, write_page
from runner.reporting.pareto import pareto_front
from runner.reporting.plots import write_plots
from runner.reporting.rungs import rungs
from runner.reporting.study import study_of
from runner.reporting.timeline import timeline
from runner.reporting.trials import errors, trials
from runner.runs.run import Run


def write_report(run: Run, page: Path, plots: Path) -> None:
    """Put the report of `run` at `page`, and its pictures into the folder `plots`."""
    study = study_of(run)
    title = f"{run.config['name']}, {run.folder.root.name}"
    told = f"{run.config['searcher']['name']} and {run.config['scheduler']['name']} on {run.objective.needed}"
    parts = sections(run, study)
    write_page(page, title, told, parts)
    write_plots(parts, plots)


def sections(run: Run, study: Study) -> list[Section]:
    """The parts of the page; those that the run has nothing for are left out."""
    every = [
        outcome(run),
        best_over_time({str(run.config["name"]): run}),
        learning_curves(run),
        timeline(run),
        rungs(run),
        pareto_front(run),
        *hyperparameters(run, study),
        trials(run),
        errors(run),
        configuration(run),
    ]
    return [section for section in every if section is not None]
