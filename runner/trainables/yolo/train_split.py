"""Validation on the images of the train split, beside a training that must not notice it."""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from math import ceil
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from runner.errors import Problem

if TYPE_CHECKING:
    from runner.config.experiment import Experiment
    from runner.config.trainable import Trainable

GROUPS = 8
"""Places of the train split, at least, from which `max_images` are taken."""


class TrainMetrics(BaseModel):
    """When and on how many images the train split is measured.

    Args:
        every: epochs from one measurement to the next; the first is at epoch `every`.
        max_images: most images, the same ones each time, from all over the split; null: all that are trained on.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    every: Annotated[int, Field(ge=1)] = 1
    max_images: Annotated[int, Field(ge=1)] | None = None


def check(options: "Trainable", experiment: "Experiment") -> Iterator[Problem]:
    """Nobody waits for a metric that never comes, and none that is not in every report is an objective."""
    intervals = options.intervals()
    every = next(iter(intervals.values()), 1)
    last = experiment.budget.max_epochs
    if last is not None and every > last:
        where, message = "trainable.train_metrics.every", f"{every} is above budget.max_epochs={last}: it never comes"
        yield Problem("train-metrics", where, message, f"set {where}={max(1, last // 4)}")
    scheduled = experiment.scheduler.options.get("metric")
    watched = [("objective", target.metric) for target in experiment.objective.targets]
    for where, metric in [*watched, ("scheduler", scheduled)]:
        if metric in intervals:
            message = f"{metric} is reported every {every} epochs only, and must be in every report"
            yield Problem("train-metrics", f"{where}.metric", message, "set trainable.train_metrics.every=1")


class TrainSplit:
    """Measures the trainer's averaged weights (EMA) on the train split, without augmentation, as on the other split."""

    def __init__(self, options: TrainMetrics) -> None:
        self.options = options
        self._loader: Any = None

    def due(self, epoch: int) -> bool:
        """Whether it is measured in this epoch, the first of which is 1."""
        return epoch % self.options.every == 0

    def measure(self, trainer: Any) -> dict[str, float]:
        """Metrics, losses and fitness by the names that the trainer's own validation gives them."""
        with generators_kept(trainer.device), _quietly(trainer):
            self._loader = self._loader or self._build(trainer)
            trainer.test_loader = self._loader
            try:
                results: dict[str, float] = trainer.get_validator()(trainer)
            finally:
                self._loader.reset()  # ends its worker processes
        return results

    def _build(self, trainer: Any) -> Any:
        most, batch = self.options.max_images, trainer.batch_size
        if most is not None:
            batch = min(batch, max(1, most // GROUPS))
        loader = trainer.get_dataloader(trainer.data["train"], batch_size=batch, rank=-1, mode="val")
        if most is not None:
            # Whole batches: the library has sorted the images by shape, and pads all of a batch to one shape.
            loader.batch_sampler.sampler = spread(list(loader.batch_sampler.sampler), most)
        return loader


def spread(batches: Sequence[list[int]], most: int) -> list[list[int]]:
    """Batches from all over `batches`, at even distances, with `most` images in all; all of them where that is more."""
    count = ceil(most / len(batches[0]))
    if count >= len(batches):
        chosen = list(batches)
    else:
        chosen = [batches[place * len(batches) // count] for place in range(count)]
    *whole, last = chosen
    room = most - sum(map(len, whole))
    return [*whole, last[:room]]


@contextmanager
def generators_kept(device: Any) -> Iterator[None]:
    """Leave Python's, numpy's and torch's random generators as they were, that of a CUDA `device` among them."""
    import numpy as np
    import torch

    python, numpy = random.getstate(), np.random.get_state()
    try:
        with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
            yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)


@contextmanager
def _quietly(trainer: Any) -> Iterator[None]:
    """Lend the trainer arguments that draw nothing, write no files and hold no second copy of the images in memory."""
    arguments, loader = trainer.args, trainer.test_loader
    trainer.args = copy(arguments)
    for key in ("plots", "save_txt", "save_json", "cache"):
        setattr(trainer.args, key, False)
    # The images that are trained on: another share of them would also be another label cache at the same path.
    share = arguments.fraction[0] if isinstance(arguments.fraction, list) else arguments.fraction
    trainer.args.fraction = [share] * 3
    try:
        yield
    finally:
        trainer.args, trainer.test_loader = arguments, loader
