"""The batches of a training that was interrupted and goes on are those of an undisturbed one."""

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from runner.config.objective import Objective, Target
from runner.config.trainable import Trial
from runner.trainables.yolo import Yolo
from runner.trainables.yolo.stream import continue_order
from tests.yolo.conftest import TINY, experiment

pytestmark = pytest.mark.slow
EPOCHS = 4
OPTIONS = Yolo(
    model="yolo11n.yaml", data="shapes",
    train_args={**TINY, "fraction": 24, "mosaic": 1.0, "close_mosaic": 1, "hsv_h": 0.1, "fliplr": 0.5},
)  # fmt: skip


class Stopped(Exception):
    """The training is cut off after the report of an epoch."""


def batches(options: Yolo, trial: Trial, last: int, kept: Path, environment: dict[str, str]) -> list[list[str]]:
    """In a process of its own: the files and the pixels of each batch, by epoch, up to the epoch `last`.

    The checkpoint of each epoch is copied to `kept`, with the generators as the worker of a trial keeps them.
    """
    os.environ.update(environment)
    from ray import tune
    from ultralytics.models.yolo.detect import DetectionTrainer

    from runner.generators import keep

    seen: list[list[str]] = []
    preprocess = DetectionTrainer.preprocess_batch

    def seeing(self: Any, batch: dict[str, Any]) -> dict[str, Any]:
        files = " ".join(Path(file).name for file in batch["im_file"])
        pixels = hashlib.sha256(batch["img"].numpy().tobytes()).hexdigest()
        seen.extend([] for _ in range(self.epoch - self.start_epoch + 1 - len(seen)))
        seen[-1].append(f"{files} {pixels}")
        prepared: dict[str, Any] = preprocess(self, batch)
        return prepared

    def report(metrics: dict[str, Any], checkpoint: tune.Checkpoint) -> None:
        folder = kept / f"checkpoint_{metrics['epoch']}"
        shutil.copytree(checkpoint.path, folder)
        keep(folder, trial.name)
        if metrics["epoch"] == last:
            raise Stopped

    patch = pytest.MonkeyPatch()
    patch.setattr(tune, "report", report)
    patch.setattr(DetectionTrainer, "preprocess_batch", seeing)
    with patch.context(), pytest.raises(Stopped):
        options.train({}, trial)
    patch.undo()
    return seen


@pytest.fixture
def trained(ray_session: Path, project: Path, tmp_path: Path) -> Callable[..., list[list[str]]]:
    """Train as the trial of a name, from another call's checkpoint or from the start."""
    import ray

    OPTIONS.prepare(experiment(OPTIONS), tmp_path, project)
    environment = {**OPTIONS.environment(tmp_path), "HOME": str(ray_session)}

    def train(call: str, last: int, begin: str | None = None, name: str = "trial_000") -> list[list[str]]:
        folder, kept = tmp_path / call / name, tmp_path / f"kept_{call}"
        folder.mkdir(parents=True)
        trial = Trial(
            name=name, folder=folder, run_folder=tmp_path, project=project, seed=0, max_epochs=EPOCHS, cpus=1, gpus=0,
            objective=Objective((Target("fitness", "max"),)), checkpoint=tmp_path / begin if begin else None,
        )  # fmt: skip
        found: list[list[str]] = ray.get(ray.remote(batches).remote(OPTIONS, trial, last, kept, environment))
        return found

    return train


def test_a_training_that_goes_on_sees_what_an_undisturbed_one_sees(trained: Callable[..., list[list[str]]]) -> None:
    """Interrupted in the middle, and in the last epoch, for which the library closes the mosaics."""
    whole = trained("whole", EPOCHS)
    assert len({batch for epoch in whole for batch in epoch}) == sum(map(len, whole)) > EPOCHS
    assert trained("middle", EPOCHS, "kept_whole/checkpoint_2") == whole[2:]
    assert trained("late", EPOCHS, "kept_whole/checkpoint_3") == whole[3:]
    clone = trained("clone", 3, "kept_whole/checkpoint_2", "trial_001")
    assert not {batch for epoch in clone for batch in epoch} & {batch for epoch in whole for batch in epoch}


class Numbers:
    """Data of which each sample is its index and a random number, as an augmentation draws it."""

    def __len__(self) -> int:
        return 24

    def __getitem__(self, index: int) -> tuple[int, float]:
        import torch

        return index, torch.rand(1).item()


def loaded(workers: int, close_mosaic: int, batch: int, start: int) -> list[tuple[list[int], list[float]]]:
    """What the library's loader gives in the epochs from `start` on, told as its trainer goes through them."""
    import torch
    from ultralytics.data.build import build_dataloader

    torch.manual_seed(1)
    loader: Any = build_dataloader(Numbers(), batch, workers, shuffle=True)
    arguments = SimpleNamespace(close_mosaic=close_mosaic)
    trainer = SimpleNamespace(train_loader=loader, start_epoch=start, epochs=EPOCHS, args=arguments)
    if start:
        continue_order(trainer, start, fresh=start)
    found, closed = [], not close_mosaic
    for epoch in range(start, EPOCHS):
        if not closed and epoch >= EPOCHS - close_mosaic:
            closed = True
            loader.reset()
        indices, numbers = (torch.cat(parts).tolist() for parts in zip(*loader, strict=True))
        found.append((indices, numbers))
    loader.close()
    return found


@pytest.mark.parametrize("close_mosaic", [0, 1, 2, EPOCHS])
@pytest.mark.parametrize("batch", [8, 7])
def test_with_loader_processes_the_order_continues_and_the_augmentations_are_new(close_mosaic: int, batch: int) -> None:
    whole = loaded(2, close_mosaic, batch, 0)
    for start in range(1, EPOCHS):
        later = loaded(2, close_mosaic, batch, start)
        assert [order for order, _ in later] == [order for order, _ in whole[start:]]
        assert not {n for _, drawn in later for n in drawn} & {n for _, drawn in whole for n in drawn}
