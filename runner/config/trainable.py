"""What every trainable offers: the contract between an experiment and the code that one trial runs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from runner.config.objective import Mode, Objective
from runner.errors import Problem

if TYPE_CHECKING:
    from runner.config.experiment import Experiment


ADJUSTED = "adjusted/"
"""Before the name of a parameter in a report: the value that a trial had to take in the place of the sampled one."""


@dataclass(frozen=True)
class Trial:
    """What a trainable knows of the trial it runs, beside the sampled configuration. Sent to a worker: plain data.

    Attributes:
        name: the trial's name, also the name of its folder.
        folder: where the trial's own files go (weights, plots, args.yaml); exists.
        run_folder: the folder of the whole run, for what trials share.
        project: the folder in which the user typed the command; relative paths in the config start here.
        objective: what is optimised; `objective.score(metrics)` is the value of one report.
        seed: the trial's own, which others may share (see trial_seeds).
        max_epochs: reports that a full trial makes, or None where the trainable decides.
        cpus, gpus: this trial's share.
        checkpoint: the folder to go on from, one that the trainable has accepted; None at the start.
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
    checkpoint: Path | None = None


class Trainable(Protocol):
    """Options of one trainable, and what it does with them. Instances are frozen dataclasses with plain fields.

    Everything but `train` and `prepare` runs in the driver and imports neither torch nor ultralytics.
    """

    @property
    def reuse_workers(self) -> bool:
        """Whether trials may follow each other in one worker process."""

    @property
    def keeps_weights(self) -> bool:
        """Whether a trial that ended well has its newest and best weights in its folder, and needs no checkpoint."""

    @property
    def keep_best(self) -> int | None:
        """How many trials keep their weights, the best so far; None: all."""

    @property
    def checkpoint_every(self) -> int | None:
        """Reports from one checkpoint to the next; None: it saves none, as far as it says."""

    @property
    def ending_seconds(self) -> float:
        """How long a trial that a rule has stopped may take to end before its process is killed."""

    @property
    def fixes_in(self) -> str | None:
        """Its option that holds fixed parameters; None: the search space's constants are all there is."""

    def metrics(self) -> Mapping[str, Mode | None] | None:
        """The metrics that are reported with the direction that is better (None: neither), or None: not known."""

    def intervals(self) -> Mapping[str, int]:
        """The metrics that only every k-th report of a trial holds, with that k; all others are in every report."""

    def reports_with(self, metric: str) -> str | None:
        """What to type so that it reports a metric that it does not report now; None: nothing does that."""

    def default_metric(self) -> str | None:
        """What `objective.metric=auto` stands for, or None where there is no such thing."""

    def defaults(self) -> Mapping[str, Any] | None:
        """Its own default of every parameter that can be searched, by dotted key, or None: it does not tell any."""

    def fixed_at_start(self) -> Mapping[str, str]:
        """Parameters that a training which goes on from a checkpoint does not take up anew, by dotted key: and why."""

    def early_end(self, config: Mapping[str, Any]) -> tuple[str, str]:
        """By which rule a trial ended itself before its last epoch ("end": it has none), and the same for people."""

    def settings(self, experiment: "Experiment") -> Mapping[str, Any]:
        """What all trials have alike, for a tracker; a value from the environment is the name of its variable."""

    def retraining(self, parameters: Mapping[str, Any], folder: Path, project: Path) -> tuple[str, Mapping[str, Any]]:
        """How the parameters of a trial are trained without this program, as a line for people, and all it takes.

        `folder` is that of the trial, once it has reported.
        """

    def fingerprint(self, project: Path) -> Mapping[str, str]:
        """Digests of what it trains on and begins with, such as data and weights, where they are on this machine."""

    def check(self, experiment: "Experiment") -> Iterable[Problem]:
        """Config tier: from the YAML and the installed packages alone."""

    def check_machine(self, experiment: "Experiment", project: Path) -> Iterable[Problem]:
        """Machine tier: files, weights, logins."""

    def disk_bytes(self, experiment: "Experiment", project: Path) -> float | None:
        """About how many bytes the weights of a run take, or None: not known."""

    def prepare(self, experiment: "Experiment", run_folder: Path, project: Path) -> None:
        """Once for a run, before the first trial: generated data, caches, downloads. Raises RunnerError."""

    def environment(self, run_folder: Path) -> Mapping[str, str]:
        """Environment variables of the trial's process."""

    def accept(self, checkpoint: Path) -> int | None:
        """In the trial's process: the iteration of a checkpoint that can be gone on from; None: as Ray counted.

        Raises CheckpointError with the reason where it cannot; an older one is tried then.
        """

    def train(self, config: dict[str, Any], trial: Trial) -> Mapping[str, Any] | None:
        """In the trial's process: train with the sampled `config`, calling `ray.tune.report(metrics)` once an epoch.

        Goes on from `trial.checkpoint` where there is one. Raises OutOfMemoryError where it is that.
        """

    def dashboard_name(self, metric: str) -> str:
        """The name of a metric where metrics are grouped by what stands before a slash, as W&B does."""

    def artifacts(self, folder: Path) -> Sequence[Path]:
        """The files in the folder of a trial that a tracker keeps with its run, those that exist, weights first."""

    def lacks_artifacts(self, folder: Path, place: int | None) -> bool:
        """Whether more of them come, from the process of a trial that has ended or from `finish`.

        `place` is the trial's among those that have ended, 1 the best, None where it failed.
        """

    def finish(self, ranked: Sequence[Path], run_folder: Path, project: Path, tell: Callable[[str], None]) -> None:
        """Once for a run, after its last trial, unless it was interrupted; bounded in time, a failure is told.

        `ranked` are the folders of the trials that did not fail, best first; `tell` takes a line for a person.
        """
