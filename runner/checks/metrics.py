"""Metrics that schedulers and stoppers watch."""

from collections.abc import Iterator

from runner.config.experiment import Choice, Experiment
from runner.config.suggest import did_you_mean
from runner.errors import Problem


def monitored_metrics(experiment: Experiment) -> Iterator[Problem]:
    """A monitored metric is reported, and its direction is said."""
    known = experiment.trainable.metrics()
    for where, choice in watchers(experiment):
        metric, mode = choice.options.get("metric"), choice.options.get("mode")
        if metric is None:
            if mode is not None:
                remedy = f"leave it out, or add {where}.metric"
                yield Problem("one-home", f"{where}.mode", "the objective's direction is objective.mode", remedy)
        elif known is not None and metric not in known:
            message = f"{metric} is not reported by the trainable"
            remedy = experiment.trainable.reports_with(metric) or did_you_mean(metric, known)
            yield Problem("unknown-metric", f"{where}.metric", message, remedy)
        elif mode is None:
            remedy = f"type {where}.mode={(known or {}).get(metric) or 'max'}"
            yield Problem("objective-mode", f"{where}.mode", f"which direction of {metric} is better?", remedy)


def watchers(experiment: Experiment) -> Iterator[tuple[str, Choice]]:
    """The scheduler and the stoppers, each with its place in the config."""
    yield "scheduler", experiment.scheduler
    for stopper in experiment.stoppers:
        yield f"stopper.{stopper.name}", stopper
