"""What several objectives do not go with: a searcher or a rule that knows one number."""

from collections.abc import Iterator

from runner.checks.metrics import watchers
from runner.config.experiment import Experiment
from runner.config.registry import SEARCHERS
from runner.errors import Problem

FOR_ONE = "give each entry of objective.metrics a weight, for their sum"


def searchers(experiment: Experiment) -> Iterator[Problem]:
    """The searcher takes several objectives."""
    if not experiment.objective.several:
        return
    name, sampler = experiment.searcher.name, experiment.searcher.options.get("sampler")
    if not SEARCHERS.get(name).traits.objectives:
        message = f"searcher={name} takes one objective, and there are several: {experiment.objective}"
        yield Problem("searcher-objectives", "searcher", message, f"type searcher=optuna, or {FOR_ONE}")
    elif sampler == "cmaes":
        message = f"CMA-ES takes one objective, and there are several: {experiment.objective}"
        remedy = f"type searcher.sampler=nsgaii or searcher.sampler=tpe, or {FOR_ONE}"
        yield Problem("searcher-objectives", "searcher.sampler", message, remedy)


def rules(experiment: Experiment) -> Iterator[Problem]:
    """A scheduler or stopper that compares numbers is told which of several objectives it watches."""
    if not experiment.objective.several:
        return
    first = experiment.objective.targets[0]
    for where, choice in watchers(experiment):
        if "metric" in choice.options and choice.options["metric"] is None:
            message = f"{choice.name} watches one metric, and there are several objectives: {experiment.objective}"
            remedy = f"type '{where}.metric={first.metric}' {where}.mode={first.mode}, or another of them"
            yield Problem("rule-objectives", f"{where}.metric", message, remedy)


def known_results(experiment: Experiment) -> Iterator[Problem]:
    """A result that is known tells what a report would tell."""
    objective = experiment.objective
    for number, known in enumerate(experiment.searcher.options.get("evaluated_points") or []):
        told = list(known.objective) if isinstance(known.objective, dict) else None
        if objective.several and set(told or ()) != set(objective.metrics):
            message = f"{known.objective!r} is not one number for each of {', '.join(objective.metrics)}"
            remedy = f"write objective: {{{', '.join(f'{metric}: ...' for metric in objective.metrics)}}}"
        elif told is not None and not objective.several:
            message, remedy = f"{known.objective!r}, where there is one objective", "write one number"
        else:
            continue
        yield Problem("results-objectives", f"searcher.evaluated_points.{number}.objective", message, remedy)
