"""The Ultralytics YOLO trainable: any model and data.yaml, every argument of train() fixed or searched."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from runner.config.objective import Mode
from runner.config.registry import TRAINABLES
from runner.config.trainable import Trial
from runner.config.traits import TrainableTraits
from runner.errors import Problem
from runner.trainables.yolo import (
    artifacts,
    checkpoints,
    checks,
    curves,
    disk,
    environment,
    loss_weights,
    metrics,
    models,
    prepare,
    retraining,
    train_split,
)
from runner.trainables.yolo.arguments import arguments
from runner.trainables.yolo.curves import Curves
from runner.trainables.yolo.data import fingerprint
from runner.trainables.yolo.models import Task
from runner.trainables.yolo.train_split import TrainMetrics

if TYPE_CHECKING:
    from runner.config.experiment import Experiment


@TRAINABLES.register(
    "yolo",
    redirects={key: f"say it as {home}" for key, home in checks.HOMES.items()},
    requires=("ultralytics",),
    traits=TrainableTraits(unit="epoch"),
)
@dataclass(frozen=True, kw_only=True)
class Yolo:
    """Train an Ultralytics YOLO model; every argument of its train() can be fixed or searched.

    Args:
        model: an architecture trained from scratch (yolo11n-seg.yaml), weights to start from (yolo11n.pt, fetched on
            first use), or a path to either.
        data: path to a data.yaml, the name of one that comes with Ultralytics (coco8.yaml, fetched on first use), or
            `shapes`: a small data set, generated for the task. Classification takes a folder.
        task: detect, segment, classify, pose or obb; needed where the model's name does not tell it.
        train_args: fixed arguments of train(), by Ultralytics' names.
        train_metrics: {every: k, max_images: n} to validate on the train split too, every k epochs, on n of its
            images; null: not at all. It takes time and changes nothing in the training.
        curves: which trials get the plots that a stopped training lacks, drawn from best.pt. A number: the so many
            best, after the last trial; each: every trial, in its own process when it ends; null: none.
        checkpoint_every: epochs from one checkpoint to the next; a trial whose process dies goes on from the last one.
        on_oom: what follows when a trial is out of memory: fail, or halve_batch, once, told in its reports.
        trust_data: fetch missing images from the URL that the data.yaml has as `download`; those of data sets that come
            with Ultralytics are fetched without it. A script in `download` never runs.
        keep_best: keep the weights of that many trials, the best so far (of several objectives at least those of the
            Pareto front); null: of all.
    """

    model: str
    data: str
    task: Task | None = None
    train_args: dict[str, Any] = field(default_factory=dict)
    train_metrics: TrainMetrics | None = None
    curves: Curves = 1
    checkpoint_every: Annotated[int, Field(ge=1)] = 1
    on_oom: Literal["fail", "halve_batch"] = "fail"
    trust_data: bool = False
    keep_best: Annotated[int, Field(ge=1)] | None = None

    @property
    def reuse_workers(self) -> bool:
        """Never: a process of its own gives all memory back, that of the GPU too."""
        return False

    @property
    def keeps_weights(self) -> bool:
        """Always: weights/last.pt and weights/best.pt."""
        return True

    @property
    def ending_seconds(self) -> float:
        """To end loader processes, and to draw where each trial does."""
        return 10.0 + (curves.SECONDS if self.curves == "each" else 0.0)

    @property
    def fixes_in(self) -> str:
        """Beside those of the search space."""
        return "train_args"

    def known_task(self, project: Path | None = None) -> Task | None:
        """The task that was given, or else the one that the model tells."""
        return self.task or models.task_of(self.model, project)

    def metrics(self) -> Mapping[str, Mode | None] | None:
        """Names and directions of what is reported, or None where the task is not known."""
        task = self.known_task()
        if task is None:
            return None
        names = metrics.names(task, metrics.losses(self.model, task))
        return names | metrics.train_split_names(task) if self.train_metrics else names

    def intervals(self) -> Mapping[str, int]:
        """The metrics of the train split, with the number of epochs from one to the next."""
        task = self.known_task()
        if task is None or self.train_metrics is None or self.train_metrics.every == 1:
            return {}
        return dict.fromkeys(metrics.train_split_names(task), self.train_metrics.every)

    def reports_with(self, metric: str) -> str | None:
        """For a metric of the train split."""
        task = self.known_task()
        off = task is not None and self.train_metrics is None and metric in metrics.train_split_names(task)
        return "type 'trainable.train_metrics={every: 1}', which measures the train split too" if off else None

    def default_metric(self) -> str | None:
        """The task's own mAP50-95 (of the masks in segmentation), or the top-1 accuracy."""
        task = self.known_task()
        return metrics.default(task) if task else None

    def defaults(self) -> Mapping[str, Any]:
        """Those of Ultralytics for every argument of train(): a searched optimizer is `auto`, which sets lr0 itself."""
        return {name: argument.default for name, argument in arguments().items()}

    def fixed_at_start(self) -> Mapping[str, str]:
        """What a training that goes on takes from its checkpoint, or has behind it."""
        return checkpoints.FIXED_AT_START

    def early_end(self, config: Mapping[str, Any]) -> tuple[str, str]:
        """The patience of Ultralytics."""
        patience = {**self.train_args, **config}.get("patience")
        return (
            ("patience", f"ended by Ultralytics, whose patience={patience} was over") if patience else ("end", "ended")
        )

    def settings(self, experiment: "Experiment") -> Mapping[str, Any]:
        """By Ultralytics' names: model, data, epochs, what is fixed, and what everybody looks for."""
        node = experiment.config["trainable"]
        own = {"model": node["model"], "data": node["data"], "task": self.known_task()}
        looked_for = {key: arguments()[key].default for key in ("imgsz", "batch", "optimizer")}
        length = {"epochs": experiment.budget.max_epochs, "seed": experiment.seed}
        return {**own, **length, **looked_for, **(node["train_args"] or {})}

    def retraining(self, parameters: Mapping[str, Any], folder: Path, project: Path) -> tuple[str, Mapping[str, Any]]:
        """Every argument that the trial passed to train()."""
        return retraining.retraining(self, parameters, folder, project)

    def fingerprint(self, project: Path) -> Mapping[str, str]:
        """Of the images, the labels and the model's file."""
        return fingerprint.fingerprint(self, project)

    def check(self, experiment: "Experiment") -> Iterable[Problem]:
        """From the YAML and the files of the installed Ultralytics alone."""
        yield from checks.check(self, experiment)
        yield from train_split.check(self, experiment)
        yield from loss_weights.check(self, experiment)

    def check_machine(self, experiment: "Experiment", project: Path) -> Iterable[Problem]:
        """Data, weights, and the network where something must be fetched."""
        return checks.check_machine(self, experiment, project)

    def disk_bytes(self, experiment: "Experiment", project: Path) -> float | None:
        """From the number of the model's parameters, where a file or the name tells it."""
        return disk.weights(self, experiment, project)

    def prepare(self, experiment: "Experiment", run_folder: Path, project: Path) -> None:  # noqa: ARG002
        """Generate or fetch what is missing and build the label caches. Raises RunnerError."""
        prepare.prepare(self, run_folder, project)

    def environment(self, run_folder: Path) -> Mapping[str, str]:
        """No network, no installing, no file outside the run folder."""
        return environment.environment(run_folder)

    def accept(self, checkpoint: Path) -> int:
        """The epoch of a checkpoint that is whole. Raises CheckpointError."""
        return checkpoints.epoch(checkpoint)

    def train(self, config: dict[str, Any], trial: Trial) -> None:
        """Train to the end, reporting once an epoch. Raises AttestationError where a value did not arrive."""
        from runner.trainables.yolo.trial import run

        with curves.drawn_at_end(self.curves, trial.folder):
            run(self, config, trial)

    def dashboard_name(self, metric: str) -> str:
        """In groups: box_metrics, seg_metrics, pose_metrics, the same with train_ before them, train and val."""
        return metrics.dashboard_name(metric)

    def artifacts(self, folder: Path) -> Sequence[Path]:
        """best.pt, args.yaml, results.csv and the curves."""
        return artifacts.artifacts(folder)

    def lacks_artifacts(self, folder: Path, place: int | None) -> bool:
        """Whether its curves are still to be drawn."""
        return curves.due(self.curves, folder, place)

    def finish(self, ranked: Sequence[Path], run_folder: Path, project: Path, tell: Callable[[str], None]) -> None:
        """Draw the curves that are missing, in a process of its own."""
        curves.draw_missing(self.curves, ranked, run_folder, project, tell)
