"""torch.OutOfMemoryError, raised inside the real trainer."""

import inspect
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from runner.errors import OutOfMemoryError
from runner.trainables.yolo import Yolo, memory
from tests.yolo.conftest import TINY, Trained, Training, train_each

EPOCHS = 3
DETECT = {"model": "yolo11n.yaml", "data": "shapes", "train_args": {**TINY, "fraction": 0.2}}


def run_out(largest: int, epoch: int, patch: pytest.MonkeyPatch) -> None:
    """In the trial's process: a batch larger than `largest` does not fit into the memory, from `epoch` on."""
    import torch
    from ultralytics.models.yolo.detect import DetectionTrainer

    preprocess = DetectionTrainer.preprocess_batch

    def preprocess_some(self: Any, batch: Any) -> Any:
        if len(batch["img"]) > largest and self.epoch + 1 >= epoch:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        return preprocess(self, batch)

    patch.setattr(DetectionTrainer, "preprocess_batch", preprocess_some)


CASES = [("fail", 4, 1), ("halve_batch", 4, 1), ("halve_batch", 4, 3), ("halve_batch", 2, 1)]
"""What is asked for, the largest batch that fits, and the epoch from which on that is so."""
Done = dict[tuple[str, int, int], Trained]


@pytest.fixture(scope="module")
def done(ray_session: Path, project: Path, tmp_path_factory: pytest.TempPathFactory) -> Done:
    trainings = [
        Training(
            Yolo(**DETECT, on_oom=on_oom), ("fitness", "max"), EPOCHS, {"momentum": 0.8},  # type: ignore[arg-type]
            partial(run_out, largest, epoch),
        )
        for on_oom, largest, epoch in CASES
    ]  # fmt: skip
    folder = tmp_path_factory.mktemp("memory")
    return dict(zip(CASES, train_each(trainings, folder=folder, project=project, home=ray_session), strict=True))


@pytest.mark.slow
def test_no_other_batch_is_tried_unasked(done: Done) -> None:
    failed = done["fail", 4, 1]
    assert failed.reports == []
    assert "OutOfMemoryError: out of memory with batch=8: CUDA out of memory. Tried to allocate" in str(failed.error)


@pytest.mark.slow
@pytest.mark.parametrize("epoch", [1, 3])
def test_half_the_batch_is_tried_once_and_told(done: Done, epoch: int) -> None:
    halved = done["halve_batch", 4, epoch]
    assert halved.error is None
    assert [report["epoch"] for report in halved.reports] == [1, 2, 3]
    assert [report["batch"] for report in halved.reports] == [8] * (epoch - 1) + [4] * (EPOCHS - epoch + 1)
    assert [report.get("adjusted/batch") for report in halved.reports] == [None] * (epoch - 1) + [4] * (
        EPOCHS - epoch + 1
    )


@pytest.mark.slow
def test_a_second_time_is_the_end(done: Done) -> None:
    failed = done["halve_batch", 2, 1]
    assert failed.reports == []
    assert "out of memory with batch=4" in str(failed.error)


def test_errors_that_mean_something_else_are_left_alone() -> None:
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"), memory.told(8):
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")
    with pytest.raises(OutOfMemoryError, match="batch=8"), memory.told(8):
        raise MemoryError


@pytest.mark.slow
def test_the_library_counts_its_own_retries_where_it_did() -> None:
    from ultralytics.engine.trainer import BaseTrainer

    assert f"self._oom_retries >= {memory.LIBRARY_RETRIES}" in inspect.getsource(BaseTrainer._do_train)
