"""Weights & Biases: one run a trial, written by the driver."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from runner.config.experiment import Experiment
from runner.config.registry import LOGGERS

WandbMode = Literal["online", "offline", "disabled"]


@LOGGERS.register("wandb", elsewhere={"api_key": "the login comes from `wandb login` or WANDB_API_KEY"})
def wandb(
    experiment: Experiment,  # noqa: ARG001
    run_folder: Path,
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
        finish_timeout: seconds that an upload may hold the experiment at the end of a trial.
    """
    from runner.translate.callbacks.wandb_runs import WandbRuns

    return WandbRuns(
        run_folder,
        tell,
        project=project,
        entity=entity,
        group=group or f"{run_folder.parent.name}/{run_folder.name}",
        tags=tags,
        mode=mode,
        finish_timeout=finish_timeout,
    )
