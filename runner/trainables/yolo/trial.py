"""One trial: a training of Ultralytics with the sampled values, reporting once an epoch."""

import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runner.config.objective import Objective
from runner.config.trainable import ADJUSTED, Trial
from runner.errors import OutOfMemoryError
from runner.trainables.yolo import checkpoints, loaders, memory, metrics, models, stream
from runner.trainables.yolo.attestation import asked, attest, attest_batch
from runner.trainables.yolo.continued import continued_trainer, fitness_of
from runner.trainables.yolo.data import dataset
from runner.trainables.yolo.environment import switch_off_integrations
from runner.trainables.yolo.train_split import TrainSplit

if TYPE_CHECKING:
    from runner.trainables.yolo import Yolo

MOST_WORKERS = 8


def run(options: "Yolo", config: Mapping[str, Any], trial: Trial) -> None:
    """Train to the end. Weights, args.yaml, applied.json and plots lie in the trial's folder.

    Raises OutOfMemoryError, after a second try with half the batch where the options say so.
    """
    switch_off_integrations()
    arguments = train_arguments(options, config, trial)
    last = _beginning(trial)
    if trial.checkpoint and checkpoints.epoch(trial.checkpoint) == trial.max_epochs:
        checkpoints.finish(trial.folder)
        return
    halved = _half(arguments) if options.on_oom == "halve_batch" else None
    try:
        train(options, arguments, trial, last, config)
    except OutOfMemoryError as error:
        if halved is None:
            raise
        print(f"{error}; trying once more with batch={halved}", file=sys.stderr)
    else:
        return
    # Out of the block above, whose error holds on to the memory.
    memory.free()
    begun = trial.folder / "weights" / checkpoints.LAST
    halving = {"batch": halved}
    train(options, {**arguments, **halving}, trial, begun if begun.is_file() else None, (), halving)


def _beginning(trial: Trial) -> Path | None:
    """The last.pt to go on from, or None: at the start."""
    if trial.checkpoint:
        return checkpoints.put_back(trial.checkpoint, trial.folder)
    checkpoints.clear(trial.folder)
    return None


def _half(arguments: Mapping[str, Any]) -> int | None:
    """Half the batch, or None where there is no smaller one, or the library chooses it."""
    batch = asked(arguments)["batch"]
    return int(batch) // 2 if batch >= 2 else None


def train(
    options: "Yolo",
    arguments: Mapping[str, Any],
    trial: Trial,
    last: Path | None,
    sampled: Iterable[str],
    adjusted: Mapping[str, Any] | None = None,
) -> None:
    """One training, from the start or from a `last.pt` of its own. Raises OutOfMemoryError.

    Args:
        sampled: the arguments that may be others than when the `last.pt` was written.
        adjusted: arguments that are not those that were sampled, told in every report.
    """
    from ultralytics import YOLO

    # The library itself does not know the task of RT-DETR's architecture.
    task = options.known_task(trial.project)
    model = YOLO(str(last) if last else models.resolve(options.model, trial.project), task=task)
    for event, callback in Reporter(arguments, trial, options.checkpoint_every, adjusted or {}).callbacks().items():
        model.add_callback(event, callback)
    train_split = TrainSplit(options.train_metrics) if options.train_metrics else None
    trainer = objective_trainer(model.task_map[model.task]["trainer"], trial.objective, train_split)
    if last:
        foreign = trial.checkpoint is not None and not checkpoints.is_of(trial.checkpoint, trial.folder)
        best = fitness_of(last.with_name(checkpoints.BEST)) if foreign else None
        # The seed too: a checkpoint of another trial has that one's.
        asked_again = {key: arguments[key] for key in (*sampled, "seed") if key in arguments}
        trainer = continued_trainer(trainer, asked_again, best)
    with memory.told(asked(arguments)["batch"]), loaders.closed(model):
        model.train(trainer=trainer, resume=last is not None, **arguments)


def train_arguments(options: "Yolo", config: Mapping[str, Any], trial: Trial) -> dict[str, Any]:
    """Everything that is passed to train(): ours below, what the user fixed and what was sampled on top."""
    given = {key: plain(value) for key, value in {**options.train_args, **config}.items()}
    for key in ("pretrained", "distill_model"):
        if isinstance(given.get(key), str):
            given[key] = models.resolve(given[key], trial.project)
    defaults = {
        "seed": trial.seed,
        # a trial is ended by the experiment's scheduler and stoppers, which say so, unless the user asks for patience
        "patience": 0,
        "workers": min(MOST_WORKERS, max(0, int(trial.cpus) - 1)) if trial.gpus else 0,
        **_precision(trial),
    }
    ours = {
        "data": data(options, trial),
        "epochs": trial.max_epochs,
        "save_dir": str(trial.folder.resolve()),
        "exist_ok": True,
        "device": "0" if trial.gpus else "cpu",  # an index among the devices that Ray shows the trial
    }
    return {**defaults, **given, **ours}


def data(options: "Yolo", trial: Trial) -> str:
    """The data.yaml that `prepare` wrote for the run; classification has a folder instead."""
    if options.known_task(trial.project) == "classify":
        return str(dataset.source(options.data, trial.project) or options.data)
    return str(dataset.resolved_file(trial.run_folder).resolve())


def _precision(trial: Trial) -> dict[str, Any]:
    """amp=True makes the library fetch other weights to compare with; bf16 needs neither those nor loss scaling."""
    if not trial.gpus:
        return {}
    import torch

    return {"amp": "bf16" if torch.cuda.is_bf16_supported() else False}


def plain(value: Any) -> Any:
    """Plain Python in place of numpy's numbers, which the library refuses."""
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value.item() if hasattr(value, "item") else value


class Reporter:
    """The callbacks of one training: attests at the first batch, reports after each validated epoch."""

    def __init__(
        self, requested: Mapping[str, Any], trial: Trial, checkpoint_every: int, adjusted: Mapping[str, Any]
    ) -> None:
        self.requested = requested
        self.trial = trial
        self.checkpoint_every = checkpoint_every
        self.adjusted = {f"{ADJUSTED}{key}": value for key, value in adjusted.items()}
        self.attested = False
        self.trained = False

    def callbacks(self) -> dict[str, Callable[[Any], None]]:
        """Ultralytics' event to what happens then."""
        return {
            "on_pretrain_routine_start": self.share_processor,
            "on_train_start": self.go_on,
            "on_train_epoch_start": memory.no_silent_retries,
            "on_train_batch_start": self.attest_once,
            "on_train_epoch_end": self.epoch_trained,
            "on_fit_epoch_end": self.report,
        }

    def share_processor(self, trainer: Any) -> None:  # noqa: ARG002
        """The library takes every core but one; the trial has its own share of them."""
        import torch

        torch.set_num_threads(max(1, int(self.trial.cpus)))

    def go_on(self, trainer: Any) -> None:
        stream.go_on(trainer, self.requested["seed"], self.trial)

    def attest_once(self, trainer: Any) -> None:
        if not self.attested:
            attest(self.requested, trainer, self.trial.folder)
            self.attested = True

    def epoch_trained(self, trainer: Any) -> None:
        attest_batch(self.requested, trainer)
        self.trained = True

    def report(self, trainer: Any) -> None:
        """Once an epoch: the library calls this once more after the last, for its validation of best.pt."""
        from ray import tune

        if not self.trained:
            return
        self.trained = False
        report = {**trainer.report, **self.adjusted}
        if (trainer.epoch + 1) % self.checkpoint_every:
            tune.report(report)
            return
        best_is_last = trainer.best_fitness == trainer.fitness
        with checkpoints.saved(trainer, best_is_last) as folder:
            tune.report(report, checkpoint=tune.Checkpoint.from_directory(str(folder)))


def objective_trainer(base: Any, objective: Objective, train_split: TrainSplit | None = None) -> Any:
    """The task's trainer, with the objective as its fitness: best.pt, last.pt's record and `patience` follow that."""

    class ObjectiveTrainer(base):  # type: ignore[misc]
        """Keeps the report of the epoch, in which `fitness` is Ultralytics' own."""

        best_fitness: float | None
        report: dict[str, float]

        def validate(self) -> tuple[dict[str, float], float]:
            best = self.best_fitness
            results, own = super().validate()
            self.report = epoch_report(self, results, own)
            if train_split and train_split.due(self.epoch + 1):
                self.report |= metrics.on_train_split(objective, self.report, train_split.measure(self))
            fitness = metrics.fitness(objective, self.report)
            self.best_fitness = fitness if best is None else max(best, fitness)
            return results, fitness

    return ObjectiveTrainer


def epoch_report(trainer: Any, results: Mapping[str, Any], fitness: Any) -> dict[str, float]:
    """Metrics and losses of validation, F1, losses of training, learning rates, Ultralytics' fitness, and the rest.

    That is the size of the batch, the epoch from 1, and its seconds: those of training and validation; saving and the
    train split's metrics do not count.
    """
    losses = trainer.label_loss_items(trainer.tloss, "train")
    report = metrics.with_f1({**results, **losses, **trainer.lr, "fitness": fitness})
    batch = {"batch": trainer.batch_size}
    return {**report, **batch, "epoch": trainer.epoch + 1, "epoch_seconds": time.time() - trainer.epoch_time_start}
