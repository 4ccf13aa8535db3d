"""What every trainable offers: the contract between an experiment and the code that one trial runs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from runner.config.objective import Mode, Objective
from runner.errors import Problem

if TYPE_CHECKING:
    from runner.config.experiment import Experiment


@dataclass(frozen=True)
class Trial:
    """What a trainable knows of the trial it runs, beside the sampled configuration. Sent to a worker: plain data.

    Attributes:
        name: the trial's name, also the name of its folder.
        folder: where the trial's own files go (weights, plots, args.yaml); exists.
        run_folder: the folder of the whole run, for what trials share.
        project: the folder in which the user typed the command; relative paths in the config start here.
        objective: what is optimised; `objective.score(metrics)` is the value of one report.
        seed: the experiment's seed.
        max_epochs: reports that a full trial makes, or None where the trainable decides.
        cpus, gpus: this trial's share.
    """

    name: str
    folder: Path
    run_folder: Path
    project: Path
    objective: Objective
    seed: int
    max_epochs: int | None
    cpus: float
    gpus: float


class Trainable(Protocol):
    """Options of one trainable, and what it does with them. Instances are frozen dataclasses with plain fields.

    Everything but `train` and `prepare` runs in the driver and imports neither torch nor ultralytics.
    """

    @property
    def reuse_workers(self) -> bool:
        """Whether trials may follow each other in one worker process."""

    def metrics(self) -> Mapping[str, Mode | None] | None:
        """The metrics that are reported with the direction that is better (None: neither), or None: not known."""

    def intervals(self) -> Mapping[str, int]:
        """The metrics that only every k-th report of a trial holds, with that k; all others are in every report."""

    def default_metric(self) -> str | None:
        """What `objective.metric=auto` stands for, or None where there is no such thing."""

    def check(self, experiment: "Experiment") -> Iterable[Problem]:
        """Config tier: from the YAML and the installed packages alone."""

    def check_machine(self, experiment: "Experiment", project: Path) -> Iterable[Problem]:
        """Machine tier: files, weights, logins."""

    def prepare(self, experiment: "Experiment", run_folder: Path, project: Path) -> None:
        """Once for a run, before the first trial: generated data, caches, downloads. Raises RunnerError."""

    def environment(self, run_folder: Path) -> Mapping[str, str]:
        """Environment variables of the trial's process."""

    def train(self, config: dict[str, Any], trial: Trial) -> Mapping[str, Any] | None:
        """In the trial's process: train with the sampled `config`, calling `ray.tune.report(metrics)` once an epoch."""
