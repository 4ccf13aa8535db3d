"""What a plan shows that its author may not have meant."""

from collections.abc import Iterator

from runner.config.experiment import Experiment
from runner.config.registry import SCHEDULERS, SEARCHERS
from runner.errors import Problem
from runner.planning.duration import Duration, proposed_timeout
from runner.planning.epochs import Epochs
from runner.planning.proposals import Proposals
from runner.runs.wording import roughly

STOPPED = 0.5
"""Trials that are expected to be stopped, below which a scheduler is for nothing."""


def warnings(
    experiment: Experiment, proposals: Proposals, epochs: Epochs | None, duration: Duration | None
) -> Iterator[Problem]:
    """None of them is fatal."""
    yield from _never_learns(experiment, proposals)
    if epochs is not None:
        yield from _stops_nothing(experiment, epochs)
    if duration is not None:
        yield from _too_long(experiment, duration)
        yield from _too_short(experiment, duration)


def _never_learns(experiment: Experiment, proposals: Proposals) -> Iterator[Problem]:
    traits, options = SEARCHERS.get(experiment.searcher.name).traits, experiment.searcher.options
    learns = traits.learns and options.get("sampler") not in {"random", "qmc"}
    if learns and proposals.foreseeable >= proposals.trials > 1:
        name = options.get("sampler", experiment.searcher.name)
        message = f"{name} draws all {proposals.trials} trials before it has learned from enough of them"
        sooner = ", or searcher.sampler_args={n_startup_trials: 3}" if "sampler_args" in options else ""
        remedy = f"type a larger budget.num_samples{sooner}"
        yield Problem("never-learns", "searcher", message, remedy, fatal=False)


def _stops_nothing(experiment: Experiment, epochs: Epochs) -> Iterator[Problem]:
    if experiment.scheduler.name == "fifo" or SCHEDULERS.get(experiment.scheduler.name).traits.mutates:
        return
    name = experiment.scheduler.name
    if not epochs.rungs:
        message = f"{name} compares no trial before its last {experiment.unit} ({epochs.full})"
    elif sum(rung.reach - rung.go_on for rung in epochs.rungs) < STOPPED:
        message = f"{name} is expected to stop no trial: there are too few to compare"
    else:
        return
    sooner = ", a smaller scheduler.grace_period" if "grace_period" in experiment.scheduler.options else ""
    remedy = f"type scheduler=fifo{sooner}, or a larger budget.num_samples"
    yield Problem("stops-nothing", "scheduler", message, remedy, fatal=False)


def _too_long(experiment: Experiment, duration: Duration) -> Iterator[Problem]:
    most = experiment.budget.time_budget
    if most is not None and duration.expected > most:
        message = f"{roughly(most)} are over before the trials: those take about {roughly(duration.expected)}"
        remedy = f"type budget.time_budget={round(duration.most)}s, or fewer trials"
        yield Problem("time-budget", "budget.time_budget", message, remedy, fatal=False)


def _too_short(experiment: Experiment, duration: Duration) -> Iterator[Problem]:
    """A trial's first report comes after its start and one epoch."""
    timeout, pace = experiment.budget.trial_timeout, duration.pace
    if timeout is not None and timeout < pace.epoch + pace.beside:
        usual = roughly(pace.epoch + pace.beside)
        message = f"{roughly(timeout)} are over before the first report, which comes after about {usual}"
        remedy = f"type budget.trial_timeout={proposed_timeout(pace)}m"
        yield Problem("trial-timeout", "budget.trial_timeout", message, remedy, fatal=False)
