"""Aim: one run a trial, in a repository on this machine."""

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from runner.config.experiment import Experiment
from runner.config.registry import LOGGERS
from runner.config.traits import Traits
from runner.runs.record import Record
from runner.runs.trial import Trial


@LOGGERS.register("aim", requires=("aim",), traits=Traits(extra="aim"))
def aim(
    experiment: Experiment,
    record: Record,
    outputs: Path,
    tell: Callable[[str], None],
    *,
    repo: str | None = None,
    experiment_name: Annotated[str, Field(min_length=1)],
    tags: list[str] = [],  # noqa: B006
    finish_timeout: Annotated[float, Field(gt=0)] = 60,
) -> Any:
    """Aim (https://aimstack.io): one run a trial, with the trial's name, in one repository for all experiments.

    A trial that another process resumes has a second run of its name there.

    Args:
        repo: folder or aim://host:port of the repository; empty: output_dir.
        experiment_name: Aim's experiment; the experiment's name by default.
        tags: tags of every run.
        finish_timeout: seconds that all runs together may hold the experiment at its end.
    """
    from runner.translate.callbacks.tracked_runs import TrackedRuns

    tracker = Aim(record.folder.root.resolve(), repo or str(outputs), experiment_name, tags, finish_timeout)
    return TrackedRuns(tracker, experiment, record, tell)


class Aim:
    """Holds the runs of all trials open in this process, which Ray's own callback does as well: it tells no ends."""

    title = "Aim"
    option = "logger.aim"

    def __init__(
        self, run_folder: Path, repo: str, experiment_name: str, tags: Sequence[str], finish_timeout: float
    ) -> None:
        self.run_folder = run_folder
        self.repo = repo
        self.experiment_name = experiment_name
        self.tags = tags
        self.finish_timeout = finish_timeout
        self._one_at_a_time = threading.Lock()

    def start(self, name: str, config: Mapping[str, Any]) -> "AimRun":
        import aim

        with self._one_at_a_time:  # the first makes the repository
            repo = aim.Repo.from_path(self.repo, init="://" not in self.repo)
            run = aim.Run(
                repo=repo, experiment=self.experiment_name, system_tracking_interval=None, log_system_params=False,
                capture_terminal_logs=False,
            )  # fmt: skip
        run.name = name
        run["parameters"] = dict(config)
        run["folder"] = f"{self.run_folder.parent.name}/{self.run_folder.name}"
        for tag in self.tags:
            run.add_tag(tag)
        return AimRun(run)

    def later(self) -> str:
        return ""

    def let_go(self) -> None:
        """Its threads end with the process."""


class AimRun:
    """A run that is open."""

    def __init__(self, run: Any) -> None:
        self.run = run

    def log(self, metrics: Mapping[str, Any], step: int) -> None:
        from runner.translate.callbacks.tracked_run import numbers

        self.run.track(numbers(metrics), step=step)

    def finish(self, row: Trial, files: Sequence[Path], step: int) -> None:  # noqa: ARG002
        """State and rule become tags, the same and the reason parameters; Aim is told where the files lie."""
        from runner.translate.callbacks.tracked_run import by_kind, end_of, end_tags

        for tag in end_tags(row):
            self.run.add_tag(tag)
        self.run["end"] = {key.removeprefix("end/"): value for key, value in end_of(row).items()}
        self.run["files"] = {kind: [str(path) for path in paths] for kind, paths in by_kind(files)}
        self.run.close()
