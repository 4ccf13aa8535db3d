"""Comet: one experiment of Comet's a trial, written by the driver."""

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from runner.config.experiment import Experiment
from runner.config.registry import LOGGERS
from runner.config.traits import Traits
from runner.runs.record import Record
from runner.runs.trial import Trial
from runner.runs.wording import shown

CometMode = Literal["online", "offline"]

QUIET: dict[str, Any] = {
    "log_code": False, "log_graph": False, "log_git_metadata": False, "log_git_patch": False, "log_env_details": False,
    "auto_param_logging": False, "auto_metric_logging": False, "auto_output_logging": False, "parse_args": False,
    "display_summary_level": 0,
}  # fmt: skip
"""Comet would look into the driver, which runs all trials at once."""


@LOGGERS.register(
    "comet",
    redirects={"api_key": "the login comes from COMET_API_KEY"},
    requires=("comet-ml",),
    traits=Traits(extra="comet"),
)
def comet(
    experiment: Experiment,
    record: Record,
    outputs: Path,  # noqa: ARG001
    tell: Callable[[str], None],
    *,
    project: Annotated[str, Field(min_length=1)],
    workspace: str | None = None,
    tags: list[str] = [],  # noqa: B006
    mode: CometMode | None = None,
    finish_timeout: Annotated[float, Field(gt=0)] = 60,
) -> Any:
    """Comet (https://www.comet.com): an experiment there for each trial, with the trial's name.

    Offline, each is an archive in comet/ in the run folder. A trial that another process resumes has a second
    one of its name.

    Args:
        project: project of the trials; the experiment's name by default.
        workspace: user or team; your default one where left empty.
        tags: tags of every trial, beside the run folder's name.
        mode: online or offline; empty: online where COMET_API_KEY is set, else offline.
        finish_timeout: seconds that all uploads together may hold the experiment at its end.
    """
    from runner.translate.callbacks.tracked_runs import TrackedRuns

    options = {"project_name": project, "workspace": workspace}
    tracker = Comet(record.folder.root.resolve(), options, tags, is_online(mode), finish_timeout)
    return TrackedRuns(tracker, experiment, record, tell)


def is_online(mode: CometMode | None) -> bool:
    """What an empty mode stands for."""
    return mode == "online" or (mode is None and bool(os.environ.get("COMET_API_KEY")))


class Comet:
    """Holds the runs of all trials open in this process, which Ray's own callback does as well: it tells no ends."""

    title = "Comet"
    option = "logger.comet"

    def __init__(
        self, run_folder: Path, options: Mapping[str, Any], tags: Sequence[str], online: bool, finish_timeout: float
    ) -> None:
        self.run_folder = run_folder
        self.options = options
        self.tags = tags
        self.online = online
        self.finish_timeout = finish_timeout
        self._one_at_a_time = threading.Lock()
        # Comet's patches of other libraries log what happens in this process, and warn that they came too late.
        os.environ.setdefault("COMET_DISABLE_AUTO_LOGGING", "1")

    def start(self, name: str, config: Mapping[str, Any]) -> "CometRun":
        import comet_ml

        options = {**self.options, **QUIET}
        with self._one_at_a_time:
            if self.online:
                experiment = comet_ml.Experiment(**options)
            else:
                experiment = comet_ml.OfflineExperiment(**options, offline_directory=str(self.run_folder / "comet"))
            # Else the next one would end this one, without waiting for what it still has to write.
            comet_ml.config.set_global_experiment(None)
        experiment.set_name(name)
        experiment.add_tags([f"{self.run_folder.parent.name}/{self.run_folder.name}", *self.tags])
        experiment.log_parameters(dict(config))
        return CometRun(experiment)

    def later(self) -> str:
        return "" if self.online else f"To send what is written: comet upload {shown(self.run_folder / 'comet')}/*.zip"

    def let_go(self) -> None:
        """Its threads end with the process."""


class CometRun:
    """An experiment of Comet's."""

    def __init__(self, experiment: Any) -> None:
        self.experiment = experiment

    def log(self, metrics: Mapping[str, Any], step: int) -> None:
        from runner.translate.callbacks.tracked_run import numbers

        self.experiment.log_metrics(numbers(metrics), step=step)

    def finish(self, row: Trial, files: Sequence[Path], step: int) -> None:
        """State and rule become tags, the same and the reason other values; weights are a model."""
        from runner.translate.callbacks.tracked_run import by_kind, end_of, end_tags

        self.experiment.add_tags(end_tags(row))
        self.experiment.log_others(end_of(row))
        for kind, paths in by_kind(files):
            for path in paths:
                if kind == "model":
                    self.experiment.log_model(path.stem, str(path))
                else:
                    self.experiment.log_asset(str(path), file_name=path.name, step=step)
        self.experiment.end()
