"""A trainable of ours as the class that Ray Tune runs.

Builds on FunctionTrainable, `wrap_function` and the session behind them, which are not public (tried on Ray 2.60).
"""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ray.train._internal.session import get_session
from ray.tune import Checkpoint
from ray.tune.result import DEFAULT_METRIC, RESULT_DUPLICATE
from ray.tune.trainable.function_trainable import wrap_function

from runner.config.objective import OBJECTIVE, RAY_KEYS, Objective, as_number
from runner.config.seeds import seed_of
from runner.config.trainable import Trainable, Trial
from runner.errors import CheckpointError, RunnerError
from runner.generators import keep
from runner.runs.folder import RunFolder
from runner.translate.stacks import stacks_after

_TAKEN = RAY_KEYS - {"timestamp", "checkpoint_dir_name", "should_checkpoint"}
"""What Ray adds to a report after this point; the three are there already, put in by its session."""


STACKS_AT = 0.9
"""The share of the timeout after which a trial writes its stacks: before the driver kills it."""


class ReportError(RunnerError):
    """A trainable reported something that cannot be used; the trial fails with this as the reason."""


class CleanUpError(RunnerError):
    """The process of a trial that was stopped cannot take the next one."""


@dataclass(frozen=True)
class TrialPlan:
    """What all trials of a run share. Goes to every worker."""

    trainable: Trainable
    objective: Objective
    run_folder: Path
    trials: Path
    project: Path
    seed: int
    seeds: int
    """How many seeds the trials take in turn, from `seed` on."""
    max_epochs: int | None
    cpus: float
    gpus: float
    timeout: float | None = None
    """Seconds without a report, after which the driver kills the process of a trial."""
    monitored: tuple[str, ...] = ()
    """Metrics beside the objective's that every report must hold: Ray ends the whole run where one is missing."""


def reporting_trainable(plan: TrialPlan) -> type:
    """The class of a trial: runs `plan.trainable.train` and puts the objective into every report."""

    def run(config: dict[str, Any]) -> Any:
        return _train(plan, config)

    class ReportingTrainable(wrap_function(run, name="trial")):  # type: ignore[misc]
        def setup(self, config: dict[str, Any]) -> None:
            super().setup(config)
            self._reports = 0

        def load_checkpoint(self, checkpoint_result: Any) -> None:
            """Go on from the newest checkpoint that the trainable accepts, or from the start where it accepts none."""
            usable = newest_usable(plan.trainable, RunFolder(plan.run_folder), Path(checkpoint_result.checkpoint.path))
            get_session().loaded_checkpoint = usable and usable[0]
            if usable is None:
                self._iteration = 0
            elif usable[1] is not None:
                self._iteration = usable[1]
            self._reports = self._iteration

        def reset_config(self, new_config: dict[str, Any]) -> bool:
            self._reports = 0
            os.environ["TUNE_FUNCTION_THREAD_TIMEOUT_S"] = f"{plan.trainable.ending_seconds:.0f}"  # Ray's own is 2
            if not super().reset_config(new_config):
                # Ray would lose the trial without a word, and wait for it for ever.
                raise CleanUpError(
                    "the trial before it in this process did not end its clean-up within"
                    f" {plan.trainable.ending_seconds:g} s:"
                    " set trainable.reuse_workers=false, and each trial has a process of its own"
                )
            return True

        def step(self) -> dict[str, Any]:
            with stacks_after(plan.timeout and STACKS_AT * plan.timeout, plan.trials / self.trial_name):
                result: dict[str, Any] = super().step()
            if RESULT_DUPLICATE in result:
                if self._reports == 0:
                    raise ReportError(
                        "the trainable ended without a report: call ray.tune.report(...) or return a dictionary"
                    )
                return result
            if checkpoint := self._last_training_result.checkpoint:
                # The function is blocked in its report, and Ray does not know the checkpoint yet.
                keep(Path(checkpoint.path), self.trial_name)
            if self._reports == plan.max_epochs:
                # The function goes on beyond the budget: its trial is complete, as if it had returned.
                return {RESULT_DUPLICATE: True}
            self._reports += 1
            report = with_objective(result, plan.objective, plan.monitored)
            # Ray ranks checkpoints, and counts on from one, by the report that came with it.
            self._last_training_result.metrics = report
            return report

        def cleanup(self) -> None:
            # Ray waits 0 s here, so that a trial that a rule has stopped dies in the middle of its clean-up.
            get_session().finish(timeout=plan.trainable.ending_seconds)
            super().cleanup()

    return ReportingTrainable


def newest_usable(trainable: Trainable, run: RunFolder, newest: Path) -> tuple[Checkpoint, int | None] | None:
    """The newest checkpoint that the trainable accepts, with its iteration (None: as Ray counted).

    Those behind `newest`, the last of which Ray knows, are of reports that it has not received.
    """
    segments = run.segments()

    def age(folder: Path) -> tuple[int, str]:
        return segments.index(folder.parent.parent), folder.name

    known = [folder for folder in run.checkpoints(newest.parent.name) if age(folder) <= age(newest)]
    for folder in reversed(known):
        try:
            return Checkpoint.from_directory(str(folder)), trainable.accept(folder)
        except CheckpointError as error:
            print(f"{folder} cannot be used: {error}", file=sys.stderr)
    print("no checkpoint can be used: the trial starts again", file=sys.stderr)
    return None


def with_objective(result: dict[str, Any], objective: Objective, monitored: Sequence[str] = ()) -> dict[str, Any]:
    """The report as plain data, with the value that is optimised. Raises ReportError where it cannot be told."""
    metrics = plain(result)
    taken = sorted(_TAKEN & set(metrics))
    if taken:
        raise ReportError(f"Ray writes {', '.join(taken)} into every report by itself: report under another name")
    if OBJECTIVE in metrics and objective.targets[0].metric != OBJECTIVE:
        raise ReportError(f"the name {OBJECTIVE!r} is taken by the runner: report under another name")
    try:
        value = objective.score(metrics)
        for metric in monitored:
            if metric not in metrics:
                raise ReportError(f"the report lacks {metric}, which the scheduler watches; it holds {_own(metrics)}")
            as_number(metric, metrics[metric])
    except KeyError as missing:
        raise ReportError(f"the report lacks the objective's metric {missing}; it holds {_own(metrics)}") from None
    except TypeError as error:
        raise ReportError(str(error)) from None
    return {**metrics, OBJECTIVE: value}


def _own(metrics: dict[str, Any]) -> str:
    """What the trainable itself reported."""
    return ", ".join(sorted(set(metrics) - RAY_KEYS - {DEFAULT_METRIC})) or "nothing else"


def plain(value: Any) -> Any:
    """numpy and torch scalars as Python's own numbers, tuples as lists."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        return value.item()
    return value


def _train(plan: TrialPlan, config: dict[str, Any]) -> Any:
    from ray import tune

    os.environ.update(plan.trainable.environment(plan.run_folder))
    if str(plan.project) not in sys.path:
        sys.path.insert(0, str(plan.project))
    name = str(tune.get_context().get_trial_name())
    folder = plan.trials / name
    folder.mkdir(parents=True, exist_ok=True)
    checkpoint = tune.get_checkpoint()
    trial = Trial(
        name=name,
        folder=folder,
        run_folder=plan.run_folder,
        project=plan.project,
        objective=plan.objective,
        seed=seed_of(name, plan.seed, plan.seeds),
        max_epochs=plan.max_epochs,
        cpus=plan.cpus,
        gpus=plan.gpus,
        checkpoint=checkpoint and Path(checkpoint.path),
    )
    return plan.trainable.train(plain(config), trial)
