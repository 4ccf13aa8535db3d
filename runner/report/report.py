"""The report of one run: its page, and its figures as pictures."""

from pathlib import Path

from optuna import Study

from runner.report.best_over_time import best_over_time
from runner.report.hyperparameters import hyperparameters
from runner.report.learning_curves import learning_curves
from runner.report.outcome import configuration, outcome
from runner.report.page import Section, write_page
from runner.report.pareto import pareto_front
from runner.report.plots import write_plots
from runner.report.rungs import rungs
from runner.report.study import study_of
from runner.report.timeline import timeline
from runner.report.trials import errors, trials
from runner.runs.read_run import Run


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
