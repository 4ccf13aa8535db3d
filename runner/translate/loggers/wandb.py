"""Weights & Biases: one run a trial, written by the driver."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import Field

from runner.config.experiment import Experiment
from runner.config.registry import LOGGERS
from runner.runs.record import Record

WandbMode = Literal["online", "offline", "disabled"]


@LOGGERS.register(
    "wandb", elsewhere={"api_key": "the login comes from `wandb login` or WANDB_API_KEY"}, requires=("wandb",)
)
def wandb(
    experiment: Experiment,
    record: Record,
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
    from runner.translate.callbacks.wandb_runs import WandbRuns

    run_folder = record.run.root.resolve()
    return WandbRuns(
        experiment.trainable,
        record,
        tell,
        project=project,
        entity=entity,
        group=group or f"{run_folder.parent.name}/{run_folder.name}",
        tags=tags,
        mode=mode,
        finish_timeout=finish_timeout,
    )
