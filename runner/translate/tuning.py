"""Run one experiment with Ray Tune."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from runner.config.experiment import Experiment
from runner.config.registry import LOGGERS, SCHEDULERS, SEARCHERS
from runner.config.search_space import Grid
from runner.runs.folder import RunFolder
from runner.runs.record import Record
from runner.translate.distributions import to_ray
from runner.translate.verdicts import Verdicts


def trials_expected(experiment: Experiment) -> int:
    """num_samples, times every point of the grid where the space has one."""
    count = experiment.budget.num_samples
    for distribution in experiment.search_space.searched().values():
        if isinstance(distribution, Grid):
            count *= len(distribution.categories)
    return count


class TrialNames:
    """trial_000, trial_001, ... in the order in which Ray creates the trials."""

    def __init__(self, expected: int) -> None:
        self.width = max(3, len(str(expected - 1)))
        self.names: dict[str, str] = {}

    def __call__(self, trial: Any) -> str:
        return self.names.setdefault(trial.trial_id, f"trial_{len(self.names):0{self.width}d}")

    def __deepcopy__(self, memo: dict[int, Any]) -> "TrialNames":
        # Ray copies the specification of the experiment for every trial; all of them count in the one place.
        return self


def run_trials(
    experiment: Experiment,
    run: RunFolder,
    record: Record,
    project: Path,
    changed: Callable[[], None],
) -> bool:
    """Run every trial and record it. Returns True where Ctrl-C or SIGTERM ended it. Ray must have been started."""
    from ray import tune

    from runner.translate.callbacks.recording import Recording
    from runner.translate.internals.reporting_trainable import TrialPlan, reporting_trainable
    from runner.translate.stopping import StopByRule

    resources = {"cpu": experiment.resources.cpu or 1.0, "gpu": experiment.resources.gpu or 0.0}
    verdicts = Verdicts()
    names = TrialNames(trials_expected(experiment))
    stopper = StopByRule(experiment, verdicts)
    plan = TrialPlan(
        trainable=experiment.trainable,
        objective=experiment.objective,
        run_folder=run.root.resolve(),
        trials=run.trials.resolve(),
        project=project.resolve(),
        seed=experiment.seed,
        max_epochs=experiment.budget.max_epochs,
        cpus=resources["cpu"],
        gpus=resources["gpu"],
    )
    loggers = [
        LOGGERS.get(choice.name).build(experiment, run.root.resolve(), **choice.options)
        for choice in experiment.loggers
    ]
    with _interruptible() as was_interrupted:
        tune.run(
            reporting_trainable(plan),
            name=run.tune.name,
            storage_path=str(run.root.resolve()),
            config=to_ray(experiment.search_space),
            num_samples=experiment.budget.num_samples,
            search_alg=SEARCHERS.get(experiment.searcher.name).build(experiment, **experiment.searcher.options),
            scheduler=SCHEDULERS.get(experiment.scheduler.name).build(
                experiment, verdicts, **experiment.scheduler.options
            ),
            stop=stopper,
            resources_per_trial=resources,
            max_concurrent_trials=experiment.budget.max_concurrent,
            reuse_actors=getattr(experiment.trainable, "reuse_workers", False),
            callbacks=[Recording(record, verdicts, stopper, changed), *loggers],
            trial_name_creator=names,
            trial_dirname_creator=names,
            raise_on_failed_trial=False,
            verbose=0,
        )
    return was_interrupted()


@contextmanager
def _interruptible() -> Iterator[Callable[[], bool]]:
    """Ctrl-C and SIGTERM end tune.run at the next event with all state kept; a second Ctrl-C raises.

    tune.run installs a handler of its own for SIGINT, and puts back the one that it found when the signal comes:
    finding ours in place afterwards says that it came.
    """
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    def terminate(_number: int, _frame: FrameType | None) -> None:
        signal.raise_signal(signal.SIGINT)

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGINT, interrupt)
    signal.signal(signal.SIGTERM, terminate)
    came = False
    try:
        yield lambda: came
        came = signal.getsignal(signal.SIGINT) is interrupt
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
