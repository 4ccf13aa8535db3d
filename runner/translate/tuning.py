"""Run one experiment with Ray Tune."""

import math
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from runner.config.experiment import Experiment
from runner.config.objective import OBJECTIVE
from runner.config.points import default_point, flat, listed
from runner.config.registry import LOGGERS, SCHEDULERS
from runner.config.search_space import Grid
from runner.config.seeds import seeds_in_turn
from runner.errors import ExperimentFailed
from runner.runs.folder import RunFolder
from runner.runs.journal import Event, Journal, seconds_spent
from runner.runs.record import Record, TrialState
from runner.runs.wording import error_line, shown
from runner.translate.search.build import build_search
from runner.translate.signals import interrupt
from runner.translate.verdicts import Verdicts

CHECKPOINTS = 2
"""Of the best by the objective, that Ray keeps beside the newest one: where that is broken, there is an older one."""

INTERVAL = "perturbation_interval"


def trials_expected(experiment: Experiment) -> int:
    """A sample is a trial for each point of the grid, as often as it is repeated.

    One that is given has the points of the grid that it leaves open.
    """
    space, options = experiment.search_space, experiment.searcher.options
    grids = {key: len(kind.categories) for key, kind in space.searched().items() if isinstance(kind, Grid)}
    given = [flat(point, space) for point in listed(options["points_to_evaluate"])]
    if options["defaults_first"]:
        given.append(default_point(space, experiment.trainable.defaults() or {}))
    samples = [*given, *({} for _ in range(experiment.budget.num_samples - len(given)))]
    configurations = sum(math.prod(count for key, count in grids.items() if key not in sample) for sample in samples)
    return int(options["repeat"]) * configurations


class TrialNames:
    """trial_000, trial_001, ... in the order in which Ray creates the trials.

    Args:
        expected: trials of the whole run.
        first: the name of the first trial where the run is resumed: its trials keep their names.
    """

    def __init__(self, expected: int, first: str = "") -> None:
        self.width = len(first.removeprefix("trial_")) or max(3, len(str(expected - 1)))
        self.names: dict[str, str] = {}

    def __call__(self, trial: Any) -> str:
        return self.names.setdefault(trial.trial_id, f"trial_{len(self.names):0{self.width}d}")

    def __getstate__(self) -> dict[str, Any]:
        # Ray pickles this into the state of every trial, twice; a trial keeps its own name.
        return {"width": self.width, "names": {}}

    def __deepcopy__(self, memo: dict[int, Any]) -> "TrialNames":
        # Ray copies the specification of the experiment for every trial; all of them count in the one place.
        return self


def run_trials(
    experiment: Experiment,
    run: RunFolder,
    record: Record,
    project: Path,
    changed: Callable[[], None],
    tell: Callable[[str], None],
    journal: Journal,
    earlier: list[Event],
) -> bool:
    """Run every trial and record it; Ray must have been started, within `ending_as_interrupt`.

    `earlier` are the events of a run that is resumed: its trials are known to `record`, and those that had not
    ended go on.

    Returns True where Ctrl-C ended it. Raises KeyboardInterrupt at SIGTERM, SIGHUP and a second Ctrl-C, and
    ExperimentFailed where Ray Tune gives up, nothing goes on, or a stopper's function does not answer.
    """
    from ray import tune
    from ray.tune.search import SearchGenerator

    from runner.translate.callbacks.first_interrupt import FirstInterrupt
    from runner.translate.callbacks.recording import Recording
    from runner.translate.callbacks.tracked_runs import TrackedRuns
    from runner.translate.failed_trials import FailedTrials
    from runner.translate.internals import retries
    from runner.translate.internals.reporting_trainable import TrialPlan, reporting_trainable
    from runner.translate.resumption import Resumption
    from runner.translate.search.journaled_search import JournaledSearch
    from runner.translate.stopping import StopByRule
    from runner.translate.trial_timeout import TrialTimeout
    from runner.translate.watchdog import Watchdog

    resources = {"cpu": experiment.resources.cpu or 1.0, "gpu": experiment.resources.gpu or 0.0}
    verdicts = Verdicts(unit=experiment.unit)
    first = next((event.trial for event in earlier if event.kind == "proposed"), "")
    expected = trials_expected(experiment)
    names = TrialNames(expected, first)
    # Stoppers may ask a function of the user's, which is imported here.
    sys.path[:] = dict.fromkeys([str(project.resolve()), *sys.path])
    left = expected - sum(row.state.ended and row.state is not TrialState.INTERRUPTED for row in record.rows.values())
    failed = FailedTrials(experiment.budget.failed_trials(expected), left)
    stopper = StopByRule(experiment, verdicts, names.names, failed, seconds_spent(earlier))
    watchdog = Watchdog(experiment.budget.stall_timeout, stopper, tell)
    plan = TrialPlan(
        trainable=experiment.trainable,
        objective=experiment.objective,
        run_folder=run.root.resolve(),
        trials=run.trials.resolve(),
        project=project.resolve(),
        seed=experiment.seed,
        seeds=seeds_in_turn(experiment),
        max_epochs=experiment.budget.max_epochs,
        cpus=resources["cpu"],
        gpus=resources["gpu"],
        timeout=experiment.budget.trial_timeout,
        monitored=tuple(filter(None, [experiment.scheduler.options.get("metric")])),
    )
    outputs = (project / experiment.output_dir).resolve()
    loggers = [
        LOGGERS.get(choice.name).build(experiment, record, outputs, tell, **choice.options)
        for choice in experiment.loggers
    ]
    search = SearchGenerator(build_search(experiment))
    scheduler = SCHEDULERS.get(experiment.scheduler.name).build(experiment, verdicts, **experiment.scheduler.options)
    resumption = Resumption(record, earlier, scheduler, stopper, verdicts)
    retries.only_of_dead_processes()
    try:
        tune.run(
            reporting_trainable(plan),
            name=run.next_segment().name,
            storage_path=str(run.root.resolve()),
            num_samples=expected,
            search_alg=JournaledSearch(
                search,
                experiment.objective,
                journal,
                experiment.budget.max_concurrent,
                earlier,
                watchdog,
                resumption.bring_back,
                lambda reason: record.cut_off("searcher", f"searcher={experiment.searcher.name} {reason}"),
            ),
            scheduler=scheduler,
            stop=stopper,
            resources_per_trial=resources,
            reuse_actors=experiment.trainable.reuse_workers,
            checkpoint_config=_kept_checkpoints(experiment),
            max_failures=experiment.budget.max_failures,
            callbacks=[
                FirstInterrupt(tell),
                Recording(
                    record,
                    journal,
                    verdicts,
                    stopper,
                    watchdog,
                    TrialTimeout(experiment.budget.trial_timeout),
                    experiment.trainable,
                    changed,
                    tell,
                ),
                *loggers,
            ],
            trial_name_creator=names,
            trial_dirname_creator=names,
            raise_on_failed_trial=False,
            verbose=0,
        )
    except tune.TuneError as error:
        raise ExperimentFailed(f"Ray Tune gave up: {error_line(str(error))}; see {shown(run.log)}") from error
    else:
        interrupted = _was_interrupted()
        signal.signal(signal.SIGINT, interrupt)
        if not interrupted:
            ranked = [plan.trials / row.name for row in record.ranked()]
            experiment.trainable.finish(ranked, plan.run_folder, plan.project, tell)
            for metric, name in stopper.unseen.items():
                tell(f"stopper.{name} had nothing to look at: no report held {metric}")
        if stopper.failure:
            raise ExperimentFailed(stopper.failure.detail)
        return interrupted
    finally:
        signal.signal(signal.SIGINT, interrupt)
        record.close()
        for logger in loggers:
            if isinstance(logger, TrackedRuns):
                logger.close()


def _kept_checkpoints(experiment: Experiment) -> Any:
    """Those that a trial goes on from, and where trials go on from those of others, all since the last comparison."""
    from ray import tune

    interval = experiment.scheduler.options.get(INTERVAL)
    if interval is not None:
        # Ray warns of two or fewer.
        return tune.CheckpointConfig(num_to_keep=max(3, interval // (experiment.trainable.checkpoint_every or 1) + 1))
    mode = experiment.objective.mode
    return tune.CheckpointConfig(
        num_to_keep=CHECKPOINTS, checkpoint_score_attribute=OBJECTIVE, checkpoint_score_order=mode
    )


def _was_interrupted() -> bool:
    """Whether Ctrl-C ended tune.run, which then returns as if all were well.

    It installs a handler of its own and puts back the one that it found when the signal comes: finding ours in place
    says that it came.
    """
    return signal.getsignal(signal.SIGINT) is interrupt
