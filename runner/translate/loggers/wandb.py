"""Weights & Biases: one run a trial, written by the driver."""

import os
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from runner.config.experiment import Experiment
from runner.config.registry import LOGGERS
from runner.runs.record import Record
from runner.runs.trial import Trial
from runner.runs.wording import shown

WandbMode = Literal["online", "offline", "disabled"]

PICTURES = (".png", ".jpg")
TEARDOWN_SECONDS = 1.0


@LOGGERS.register(
    "wandb", redirects={"api_key": "the login comes from `wandb login` or WANDB_API_KEY"}, requires=("wandb",)
)
def wandb(
    experiment: Experiment,
    record: Record,
    outputs: Path,  # noqa: ARG001
    tell: Callable[[str], None],
    *,
    project: Annotated[str, Field(pattern=r"^[^/\\#?%:]{1,128}$")],
    entity: str | None = None,
    group: str | None = None,
    tags: list[str] = [],  # noqa: B006
    mode: WandbMode | None = None,
    finish_timeout: Annotated[float, Field(gt=0)] = 60,
) -> Any:
    """Weights & Biases (https://wandb.ai): one run a trial, with the trial's name, grouped by experiment.

    Args:
        project: project of the runs; the experiment's name by default.
        entity: user or team; your default one where left empty.
        group: group of the runs; the run folder's name by default.
        tags: tags of every run.
        mode: online, offline or disabled; empty: the environment variable WANDB_MODE, else online.
        finish_timeout: seconds that all uploads together may hold the experiment at its end.
    """
    from runner.translate.callbacks.tracked_runs import TrackedRuns

    folder = record.folder.root.resolve()
    group = group or f"{folder.parent.name}/{folder.name}"
    options = {"project": project, "entity": entity, "group": group, "tags": tags or None, "mode": mode}
    return TrackedRuns(Wandb(folder, options, finish_timeout), experiment, record, tell)


class Wandb:
    """Holds the runs of all trials open in this process.

    Ray's own callback starts a process a trial, may wait half an hour at the end and keeps the API key on an object
    that is pickled. `reinit="create_new"` (wandb 0.19 and later) holds several runs open in one process instead.

    Args:
        options: arguments of wandb.init that all runs share.
    """

    title = "W&B"
    option = "logger.wandb"

    def __init__(self, run_folder: Path, options: Mapping[str, Any], finish_timeout: float) -> None:
        self.run_folder = run_folder
        self.options = options
        self.finish_timeout = finish_timeout
        # Where no server answers, wandb's reports on itself would hold the exit of this process for a minute.
        os.environ.setdefault("WANDB_ERROR_REPORTING", "false")

    def start(self, name: str, config: Mapping[str, Any]) -> "WandbRun":
        import wandb

        from runner.translate.callbacks.tracked_runs import run_id

        settings = wandb.Settings(
            silent=True,
            console="off",
            disable_git=True,
            finish_timeout=self.finish_timeout,
            finish_timeout_raises=False,
        )
        run = wandb.init(
            **self.options, id=run_id(self.run_folder, name), name=name, config=dict(config),
            dir=str(self.run_folder), resume="allow", reinit="create_new", settings=settings,
        )  # fmt: skip
        return WandbRun(run)

    def later(self) -> str:
        return f"To send what is written: wandb sync {shown(self.run_folder / 'wandb')}/run-*"

    def let_go(self) -> None:
        """Have W&B's service end by itself: the interpreter's exit would wait for it, and for all that it uploads."""
        import wandb

        thread = threading.Thread(target=wandb.teardown, daemon=True)
        thread.start()
        thread.join(TEARDOWN_SECONDS)


class WandbRun:
    """What wandb.init returned."""

    def __init__(self, run: Any) -> None:
        self.run = run

    def log(self, metrics: Mapping[str, Any], step: int) -> None:
        self.run.log(dict(metrics), step=step)

    def finish(self, row: Trial, files: Sequence[Path], step: int) -> None:
        """State and rule become tags, the same and the reason a part of the summary.

        W&B reads files where they are: it makes no copies beside those of the pictures, which are in the last row too.
        """
        import wandb

        from runner.translate.callbacks.tracked_run import by_kind, end_of, end_tags, ended_well

        self.run.tags = tuple(dict.fromkeys([*(self.run.tags or ()), *end_tags(row)]))
        self.run.notes = row.reason
        self.run.summary.update(end_of(row))
        for kind, paths in by_kind(files):
            artifact = wandb.Artifact(re.sub(r"[^\w.-]+", "-", f"{self.run.id}-{kind}"), type=kind)
            for path in paths:
                artifact.add_file(str(path), name=path.name, policy="immutable", skip_cache=True)
            self.run.log_artifact(artifact)
        pictures = {f"curves/{path.stem}": wandb.Image(str(path)) for path in files if path.suffix in PICTURES}
        if pictures:
            self.run.log(pictures, step=step)
        self.run.finish(exit_code=0 if ended_well(row) else 1)
