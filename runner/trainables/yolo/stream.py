"""The images of a training that goes on: their order and augmentations continue where its checkpoint was written.

Ultralytics seeds everything anew when it resumes, and would train on the batches of the first epochs again. Reads how
its loader (8.4) and torch's samplers draw; tests/yolo/test_stream.py compares the batches.
"""

from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import Any

from runner.config.trainable import Trial
from runner.generators import begin, fresh_seed, set_seed
from runner.trainables.yolo import checkpoints


def go_on(trainer: Any, seed: int, trial: Trial) -> None:
    """Continue the stream of a trainer that is about to load its first batch; at epoch 0 there is nothing to do.

    Data that is loaded in the trial's own process is what it would have been undisturbed. Loader processes take their
    state with them when they die: the images keep their order, and their augmentations get a new stream. A trial that
    takes another one's checkpoint gets a new order as well.
    """
    epoch, checkpoint = trainer.start_epoch, trial.checkpoint
    if not epoch:
        return
    fresh = fresh_seed(seed, trial.name, f"epoch {epoch}")
    known = checkpoint is not None and checkpoints.epochs_behind(checkpoint) == epoch
    if checkpoint is not None and not checkpoints.is_of(checkpoint, trial.folder):
        trainer.train_loader.generator.manual_seed(fresh)
    else:
        continue_order(trainer, epoch, fresh)
        if checkpoint is not None and known:
            _fill_buffer(trainer.train_loader.dataset, checkpoints.mosaic_buffer(checkpoint))
    if known:
        begin(seed, trial.name, checkpoint)
    else:
        set_seed(fresh)


def continue_order(trainer: Any, epoch: int, fresh: int) -> None:
    """Pass over the batches of the epochs before `epoch`, without loading an image."""
    import torch

    loader = trainer.train_loader
    # One generator decides the order and seeds the loader processes: these get one of their own from now on.
    order, loader.generator = loader.generator, torch.Generator().manual_seed(fresh)
    if getattr(loader.sampler, "generator", None) is not order:
        return  # not shuffled
    batches = _ContinuedBatches(loader.batch_sampler, order)
    closed = trainer.epochs - trainer.args.close_mosaic if trainer.args.close_mosaic else 0
    if 0 < closed <= epoch:
        # The loader began anew there, after its processes had asked for some batches ahead.
        ahead = loader.num_workers * (loader.prefetch_factor or 0)
        deque(islice(batches, closed * len(loader) + ahead), maxlen=0)
        epoch -= closed
    batches.skipped = epoch * len(loader)
    object.__setattr__(loader, "batch_sampler", batches)  # torch forbids to set it


class _ContinuedBatches:
    """The endless batches of Ultralytics' loader, without the first ones.

    Each pass begins with the number that a loader draws from its generator, to seed its processes.
    """

    def __init__(self, batches: Any, generator: Any) -> None:
        self.batches = batches
        self.generator = generator
        self.sampler = batches.sampler  # the loader takes its length from there
        self.skipped = 0

    def __iter__(self) -> Iterator[list[int]]:
        import torch

        torch.empty((), dtype=torch.int64).random_(generator=self.generator)
        skipped, self.skipped = self.skipped, 0
        yield from islice(self.batches, skipped, None)


def _fill_buffer(dataset: Any, buffer: list[int]) -> None:
    """Load the images that mosaics are made of, in the order in which they were loaded."""
    for index in buffer:
        dataset.load_image(index)
