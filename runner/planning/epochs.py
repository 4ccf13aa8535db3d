"""How many epochs an experiment takes: at least, as expected, and at most.

What a rung of asynchronous halving lets through depends on the order in which trials reach it: the first one always
goes on, with nothing to compare it with. So the expectation comes from the scheduler itself, which is told the reports
of made-up trials.
"""

import heapq
import itertools
import math
import random
from collections import Counter
from dataclasses import dataclass
from statistics import mean, quantiles
from typing import TYPE_CHECKING, Any

from runner.config.experiment import Choice, Experiment
from runner.config.objective import OBJECTIVE
from runner.config.registry import SCHEDULERS
from runner.translate.tuning import trials_expected
from runner.translate.verdicts import Verdicts

if TYPE_CHECKING:
    from runner.translate.internals.recorded_asha import RecordedASHA
    from runner.translate.internals.recorded_hyperband import RecordedHyperBand
    from runner.translate.internals.recorded_median import RecordedMedian

SIMULATED_TRIALS = 800
"""Over all simulated runs: enough for a mean within a few percent, in a tenth of a second."""

RUNS_FOR_A_SPREAD = 10
UNEVEN = 0.1
"""How much faster or slower than another a simulated trial may be."""


@dataclass(frozen=True)
class Rung:
    """A comparison: of `reach` trials that are expected to come to it, `go_on` are expected to go on."""

    bracket: int
    epoch: int
    reach: float
    go_on: float


@dataclass(frozen=True)
class Epochs:
    """Of all trials together, where none fails and no time budget ends the experiment.

    Attributes:
        full: of a trial that nothing ends early.
        least: where every rule ends every trial at its first chance.
        expected: with the scheduler alone, whose halving can be foreseen; one that changes trials ends none.
        likely: between these lie eight of ten simulated runs; None where hardly any was needed.
        rungs: of the scheduler, in the order of brackets and epochs; some of the median rule's, which compares at every
            report.
    """

    full: int
    least: int
    expected: float
    most: int
    likely: tuple[int, int] | None = None
    rungs: tuple[Rung, ...] = ()


def epochs(experiment: Experiment, at_once: int) -> Epochs | None:
    """None where budget.max_epochs leaves open how long a trial is."""
    from runner.translate.internals.recorded_asha import RecordedASHA
    from runner.translate.internals.recorded_hyperband import RecordedHyperBand
    from runner.translate.internals.recorded_median import RecordedMedian

    if experiment.budget.max_epochs is None:
        return None
    trials = trials_expected(experiment)
    full = min([experiment.budget.max_epochs, *_limits(experiment)])
    longest = min([full, *(_first_chance(stopper, experiment) for stopper in experiment.stoppers)])
    if SCHEDULERS.get(experiment.scheduler.name).traits.mutates:
        return Epochs(full, trials * longest, trials * full, trials * full)
    scheduler = _scheduler(experiment)
    if isinstance(scheduler, RecordedHyperBand):
        expected, rows = _dealt(scheduler, full, trials)
        return Epochs(full, _dealt(scheduler, longest, trials)[0], expected, trials * full, None, rows)
    rungs = scheduler.rungs() if isinstance(scheduler, RecordedASHA | RecordedMedian) else []
    first_rung = min((rung for bracket in rungs for rung in bracket), default=full)
    # One trial passes all rungs: the first at each has nothing to be compared with.
    least = _at_the_first_chance(trials, longest, first_rung)
    for stopper in experiment.stoppers:
        if stopper.name == "experiment_plateau":
            # Its best trials must have reported, of which no more than `at_once` can still be at their first epoch.
            ended = max(0, stopper.options["top"] - at_once)
            reports = stopper.options["top"] - ended + stopper.options["patience"]
            least = min(least, _at_the_first_chance(ended, longest, first_rung) + reports)
    if first_rung >= full:
        return Epochs(full, least, trials * full, trials * full)
    spent, survivors = _simulate(experiment, full, trials, at_once)
    tenths = quantiles(spent, n=10) if len(spent) >= RUNS_FOR_A_SPREAD else None
    likely = (round(tenths[0]), round(tenths[-1])) if tenths else None
    return Epochs(full, least, mean(spent), trials * full, likely, survivors)


def _at_the_first_chance(trials: int, longest: int, first_rung: int) -> int:
    """Epochs of trials that end as early as they can; of those at a rung one goes on."""
    return longest + (trials - 1) * min(longest, first_rung) if trials else 0


def _limits(experiment: Experiment) -> list[int]:
    """Epochs after which a stopper ends every trial."""
    return [choice.options["max_iter"] for choice in experiment.stoppers if choice.name == "max_iterations"]


def _first_chance(stopper: Choice, experiment: Experiment) -> int:
    """The first epoch at which a stopper may end a trial that reports as it should."""
    options = stopper.options
    every = experiment.trainable.intervals().get(options.get("metric") or OBJECTIVE, 1)
    if stopper.name == "max_iterations":
        return int(options["max_iter"])
    if stopper.name == "plateau":
        return int(max(math.ceil(options["grace_period"] / every), options["num_results"]) * every)
    if stopper.name == "experiment_plateau":
        return int(experiment.budget.max_epochs or 0)  # it ends no trial alone
    return every  # timeout, threshold, function: at any report that holds what they watch


def _scheduler(experiment: Experiment) -> Any:
    choice = experiment.scheduler
    return SCHEDULERS.get(choice.name).build(experiment, Verdicts(), **choice.options)


def _dealt(scheduler: "RecordedHyperBand", full: int, trials: int) -> tuple[int, tuple[Rung, ...]]:
    """The epochs of trials of at most `full` ones that fill the brackets one after the other, and their comparisons."""
    reach: Counter[tuple[int, int]] = Counter()
    go_on: Counter[tuple[int, int]] = Counter()
    spent = 0
    brackets = itertools.cycle(enumerate(scheduler.brackets()))
    while trials:
        number, stages = next(brackets)
        left = min(trials, stages[0].trials)
        trials -= left
        before = 0
        for stage, after in itertools.pairwise(stages):
            if stage.iteration < full:
                spent += left * (stage.iteration - before)
                reach[number, stage.iteration] += left
                left, before = min(left, after.trials), stage.iteration
                go_on[number, before] += left
        spent += left * (full - before)
    return spent, tuple(Rung(*rung, reach[rung], go_on[rung]) for rung in sorted(reach))


def _simulate(experiment: Experiment, full: int, trials: int, at_once: int) -> tuple[list[int], tuple[Rung, ...]]:
    """The epochs of runs whose trials come in a random order, which is the same at each rung, and the mean rungs."""
    from runner.translate.own_generators import OwnGenerators

    runs = math.ceil(SIMULATED_TRIALS / trials)
    reached: Counter[tuple[int, int]] = Counter()
    passed: Counter[tuple[int, int]] = Counter()
    generator = random.Random(experiment.seed)
    with OwnGenerators(experiment.seed).in_use():  # Ray draws a trial's bracket from numpy's own
        spent = [_run(_scheduler(experiment), full, trials, at_once, generator, reached, passed) for _ in range(runs)]
    survivors = (Rung(*rung, reached[rung] / runs, passed[rung] / runs) for rung in sorted(reached))
    return spent, tuple(survivors)


@dataclass(frozen=True)
class MadeUp:
    """A trial as far as these schedulers look at one."""

    trial_id: str


def _run(
    scheduler: "RecordedASHA | RecordedMedian",
    full: int,
    trials: int,
    at_once: int,
    generator: random.Random,
    reached: Counter[tuple[int, int]],
    passed: Counter[tuple[int, int]],
) -> int:
    """The epochs of one run, `at_once` trials at a time; counts who reached which rung and who passed it."""
    brackets = scheduler.rungs()
    values = [generator.random() for _ in range(trials)]
    paces = [generator.uniform(1 - UNEVEN, 1 + UNEVEN) for _ in range(trials)]
    waiting = iter(range(trials))
    running: list[tuple[float, int, int, list[int]]] = []  # time of the next report, trial, bracket, epochs to report

    def start(now: float) -> None:
        trial = next(waiting, None)
        if trial is not None:
            scheduler.on_trial_add(None, MadeUp(str(trial)))
            bracket = scheduler.bracket(str(trial))
            left = [*(rung for rung in brackets[bracket] if rung < full), full]
            heapq.heappush(running, (now + left[0] * paces[trial], trial, bracket, left))

    spent = 0
    for _ in range(min(at_once, trials)):
        start(0.0)
    while running:
        now, trial, bracket, (epoch, *left) = heapq.heappop(running)
        if left:
            report = {"training_iteration": epoch, scheduler.metric: values[trial]}
            reached[bracket, epoch] += 1
            if scheduler.on_trial_result(None, MadeUp(str(trial)), report) == scheduler.CONTINUE:
                passed[bracket, epoch] += 1
                heapq.heappush(running, (now + (left[0] - epoch) * paces[trial], trial, bracket, left))
                continue
        spent += epoch
        start(now)
    return spent
