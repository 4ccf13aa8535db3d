"""The experiment: one composed configuration, typed and frozen."""

import re
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from runner.config.duration import Duration
from runner.config.objective import Objective
from runner.config.registry import unit_of
from runner.config.search_space import SearchSpace
from runner.config.trainable import Trainable

SEED = "seed"
"""The parameter by which a configuration is trained several times, each time from another beginning."""


TrialSeeds = Literal["auto", "same", "different"]
"""Whether all trials have the experiment's seed, or each has its own; auto: as the scheduler needs it."""


class StrictModel(BaseModel):
    """A node of the config that is ours: strict about keys and types."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


MOST = 1_000_000
"""Trials of a run: beyond it neither the files nor the searchers are of any use."""

_Limit = Annotated[int, Field(ge=1)] | Literal["auto"] | None


def _share(value: Any) -> Any:
    number = type(value) is int and value >= 0
    share = isinstance(value, str) and re.fullmatch(r"\d+(\.\d+)?%", value) and float(value[:-1]) <= 100
    if not number and not share:
        raise ValueError("is neither a whole number from 0 on nor a share of the trials such as 50%")
    return value


_Share = Annotated[int, Field(ge=0)] | Annotated[str, Field(pattern=r"^\d+(\.\d+)?%$")]
FailedShare = Annotated[int | str, BeforeValidator(_share, json_schema_input_type=_Share)]
"""A number of trials, or a share of all."""


def _auto(value: Any) -> Any:
    """The word for no limit, which a YAML may leave out as well."""
    return None if value == "auto" else value


class Budget(StrictModel):
    """How much the experiment may spend.

    Args:
        num_samples: configurations to try; with a grid, times each point of the grid.
        max_epochs: iterations of a full trial; left unset, the trainable ends itself.
        time_budget: seconds after which the whole experiment stops, or text such as 90m, 2h, 1h30m.
        max_concurrent: most trials at once; auto: as many as the resources allow.
        max_failures: times that a trial whose process died goes on from its last checkpoint; an error is never retried.
        max_failed_trials: trials that may fail, or a share of all trials as 50%; one more ends the experiment.
            Left unset, it ends where the first 5 trials to end all fail with one error.
        trial_timeout: seconds, or text such as 10m, in which a running trial must report or end; else its process is
            killed and the trial has failed. null: never.
        stall_timeout: seconds, or text such as 10m, in which nothing runs as the searcher proposes no trial or the
            scheduler holds all of them paused, after which the experiment fails; null: never.
    """

    num_samples: Annotated[int, Field(ge=1, le=MOST)] = 10
    max_epochs: Annotated[int, Field(ge=1, le=10**9)] | None = None
    time_budget: Duration | None = None
    max_concurrent: Annotated[int | None, Field(ge=1), BeforeValidator(_auto, json_schema_input_type=_Limit)] = None
    max_failures: Annotated[int, Field(ge=0)] = 2
    max_failed_trials: FailedShare | None = None
    trial_timeout: Duration | None = None
    stall_timeout: Duration | None = 600.0

    def failed_trials(self, expected: int) -> int | None:
        """How many of the `expected` trials may fail, None: as the first ones decide."""
        limit = self.max_failed_trials
        return int(expected * float(limit[:-1]) / 100) if isinstance(limit, str) else limit


class Resources(StrictModel):
    """What one trial takes.

    Args:
        cpu: CPUs of a trial; left unset, its share of them beside a GPU, else 1.
        gpu: GPUs of a trial, a share allowed (0.5: two trials on one GPU); left unset, 1 where a GPU is seen, else 0.
    """

    cpu: Annotated[float, Field(gt=0)] | None = None
    gpu: Annotated[float, Field(ge=0)] | None = None


class Origin(StrictModel):
    """Where a promoted configuration comes from.

    Args:
        run: the folder of the run.
        trial: the trial whose parameters it holds.
        contents: digests of the data, the weights and the code that the run was made with, by what they are of.
    """

    run: str
    trial: str
    contents: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True)
class Choice:
    """One option of a config group: its name, which is the registry's key, and its validated options."""

    name: str
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Experiment:
    """Everything that decides a run. Built by `runner.config.read.read`."""

    name: str
    seed: int
    objective: Objective
    budget: Budget
    resources: Resources
    trainable: Trainable
    search_space: SearchSpace
    searcher: Choice
    scheduler: Choice
    stoppers: tuple[Choice, ...]
    loggers: tuple[Choice, ...]
    ray: Choice
    output_dir: str
    report: bool
    config: dict[str, Any]
    trial_seeds: TrialSeeds = "auto"
    origin: Origin | None = None

    @property
    def unit(self) -> str:
        """What one report is called: an epoch or an iteration."""
        return unit_of(self.config)
