"""The batches of a training that was interrupted and goes on are those of an undisturbed one."""

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runner.config.objective import Objective, Target
from runner.config.trainable import Trial
from runner.trainables.yolo import Yolo
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
