"""What was asked for against what is at work: no false alarm, and no false value that goes unseen."""

import json
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import copy
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from runner.errors import OutOfMemoryError
from runner.trainables.yolo import Yolo, augmentations, environment
from runner.trainables.yolo.attestation import (
    attest,
    attest_batch,
    compare_arguments,
    compare_augmentations,
    same,
)
from runner.trainables.yolo.data import shapes
from runner.trainables.yolo.models import TASKS, Task
from tests.yolo.conftest import TINY, Training, change_argument, change_augmentation, double_in_optimizer, train_each

EPOCHS = 3
SETTINGS = 40
MODELS = {"detect": "yolo11n", "segment": "yolo11n-seg", "classify": "yolo11n-cls", "pose": "yolo11n-pose",
          "obb": "yolo11n-obb"}  # fmt: skip
Elsewhere = Callable[..., Any]


@pytest.fixture(scope="module")
def elsewhere(ray_session: Path, tmp_path_factory: pytest.TempPathFactory) -> Elsewhere:
    """Call a function in a process of its own, as a trial's: importing ultralytics writes settings."""
    import ray

    folder = tmp_path_factory.mktemp("elsewhere")
    variables = {**environment.environment(folder), "HOME": str(ray_session), "CUDA_VISIBLE_DEVICES": ""}

    def call(function: Callable[..., Any], *arguments: Any) -> Any:
        remote = ray.remote(function).options(runtime_env={"env_vars": variables})
        return ray.get(remote.remote(*arguments, folder))

    return call


def trainer_of(task: Task, requested: dict[str, Any], folder: Path) -> Any:
    """A trainer of Ultralytics on generated data, before anything is built."""
    from ultralytics import YOLO

    data = shapes.generate(shapes.Shapes(task=task, train=12, val=4, size=64), folder)
    model = YOLO(f"{MODELS[task]}.yaml")
    overrides = {
        "model": f"{MODELS[task]}.yaml", "data": str(data), "device": "cpu", "epochs": EPOCHS, "plots": False,
        "save_dir": str(folder / "save"), "exist_ok": True, **requested,
    }  # fmt: skip
    trainer = model.task_map[task]["trainer"](overrides=overrides)
    trainer.model, trainer.epoch, trainer.given = model.model, 0, copy(trainer.args)
    return trainer


def load(trainer: Any, requested: dict[str, Any]) -> None:
    """Build the training data with other arguments, and close them as the trainer does before its first batch."""
    from ultralytics.cfg import get_cfg

    trainer.args = get_cfg(copy(trainer.given), requested)
    dataset = trainer.build_dataset(trainer.data["train"], "train", 4)
    trainer.train_loader = SimpleNamespace(dataset=dataset)
    if trainer.args.close_mosaic >= EPOCHS:
        trainer._close_dataloader_mosaic()


def draw_settings(task: Task) -> Iterator[dict[str, Any]]:
    """Any values that train() takes, ends and tiny ones among them; some keys are left to their defaults."""
    draw = random.Random(task)

    def share() -> float:
        return draw.choice([draw.random(), 0.0, 1.0, 1e-9, draw.random() / 1e6])

    for _ in range(SETTINGS):
        values: dict[str, Any] = {"scale": share(), "fliplr": share(), "flipud": share()}
        if task == "classify":
            values |= {"erasing": share(), "auto_augment": draw.choice(["randaugment", "augmix", "autoaugment", None])}
            if values["auto_augment"] is None:
                values |= {"hsv_h": share() / 2, "hsv_s": share(), "hsv_v": share()}
        else:
            values |= {
                "hsv_h": share(), "hsv_s": share(), "hsv_v": share(), "degrees": 180 * share(), "translate": share(),
                "shear": 90 * share(), "perspective": share() / 1000, "bgr": share(), "mosaic": share(),
                "mixup": share(), "cutmix": share(), "copy_paste": share(),
                "copy_paste_mode": draw.choice(["flip", "mixup"]), "close_mosaic": draw.choice([0, 1, 2, 3, 10]),
                "mask_ratio": draw.choice([1, 2, 4]), "overlap_mask": draw.choice([True, False]),
            }  # fmt: skip
            values["scale"] = draw.choice([values["scale"], [0.5, 1.5]])
        values["fraction"] = draw.choice([1.0, 1, 0.5, 5, [0.5, 1.0]])
        yield {key: value for key, value in values.items() if key == "auto_augment" or draw.random() < 0.8}


def refused(task: Task, folder: Path) -> tuple[set[str], list[tuple[dict[str, Any], str]]]:
    """The arguments that are looked at, and every mismatch of a right training."""
    trainer = trainer_of(task, {}, folder)
    found = []
    for requested in draw_settings(task):
        load(trainer, requested)
        found += [(requested, str(mismatch)) for mismatch in compare_augmentations(requested, trainer)]
    return set(augmentations.found(trainer)), found


@pytest.mark.slow
@pytest.mark.parametrize("task", TASKS)
def test_right_training_data_are_not_refused(task: Task, elsewhere: Elsewhere) -> None:
    seen, mismatches = elsewhere(refused, task)
    assert mismatches == []
    hsv = {"hsv_h", "hsv_s", "hsv_v"}
    if task == "classify":
        assert seen == hsv | {"scale", "fliplr", "flipud", "auto_augment", "erasing"}
    else:
        assert seen == hsv | {
            "fraction", "mosaic", "mixup", "cutmix", "copy_paste", "copy_paste_mode", "degrees", "translate", "scale",
            "shear", "perspective", "flipud", "fliplr", "bgr", "mask_ratio", "overlap_mask",
        }  # fmt: skip


class FirstBatch(Exception):
    """Ends a training."""


def attested(task: Task, requested: dict[str, Any], folder: Path) -> dict[str, Any]:
    """applied.json of a training that ends at its first batch. Raises AttestationError."""

    def at_first_batch(trainer: Any) -> None:
        attest(requested, trainer, folder)
        raise FirstBatch

    trainer = trainer_of(task, requested, folder)
    trainer.add_callback("on_train_batch_start", at_first_batch)
    with suppress(FirstBatch):
        trainer.train()
    record: dict[str, Any] = json.loads((folder / "applied.json").read_text())
    return record


@pytest.mark.slow
@pytest.mark.parametrize(
    ("task", "requested"),
    [
        ("detect", {"optimizer": "MuSGD", "lr0": 0.003, "momentum": 0.7, "rect": True, "max_det": 300}),
        ("segment", {"optimizer": "adamw", "weight_decay": 0.002, "close_mosaic": 0, "bgr": 0.2, "nbs": 4}),
        ("classify", {"optimizer": "RMSProp", "lr0": 1e-5, "auto_augment": None, "hsv_v": 0.3, "erasing": 0.0}),
        ("pose", {"optimizer": "SGD", "batch": 5, "fliplr": 0.1}),
        ("obb", {"optimizer": "NAdam", "copy_paste": 0.3, "copy_paste_mode": "mixup", "close_mosaic": 0}),
        ("segment", {"momentum": 0.5}),  # under optimizer=auto
    ],
)
def test_right_trainings_are_not_refused(task: Task, requested: dict[str, Any], elsewhere: Elsewhere) -> None:
    record = elsewhere(attested, task, {**{key: TINY[key] for key in ("imgsz", "batch")}, **requested})
    assert record["mismatches"] == []
    assert record["augmentation"]["fliplr"] == [requested.get("fliplr", 0.5)]


@pytest.mark.parametrize(("closing", "epoch", "closed"), [(0, 2, False), (2, 0, False), (2, 1, True), (3, 0, True)])
def test_mosaic_is_closed_in_the_last_epochs(closing: int, epoch: int, closed: bool) -> None:
    trainer = SimpleNamespace(args=SimpleNamespace(close_mosaic=closing), epochs=3, epoch=epoch)
    assert augmentations.closed(trainer) == (("mosaic", "mixup", "cutmix", "copy_paste") if closed else ())


def conditions(folder: Path) -> dict[str, list[str]]:
    """The mismatches where an argument or the data switches off what was asked for."""
    found = {}
    for name, task, requested, flips in (
        ("rect", "detect", {"rect": True, "mosaic": 0.5, "close_mosaic": 0}, True),
        ("rect, and closed", "detect", {"rect": True, "mosaic": 0.5, "close_mosaic": EPOCHS}, True),
        ("rect, nothing asked for", "detect", {"rect": True, "mosaic": 0.0}, True),
        ("no flip_idx", "pose", {"fliplr": 0.3}, False),
        ("no flip_idx, nothing asked for", "pose", {"flipud": 0.0}, False),
        ("auto_augment", "classify", {"hsv_h": 0.1}, True),
        ("auto_augment, nothing asked for", "classify", {"fliplr": 0.1}, True),
    ):
        trainer = trainer_of(task, {}, folder)
        if not flips:
            trainer.data = {key: value for key, value in trainer.data.items() if key != "flip_idx"}
        load(trainer, requested)
        found[name] = [str(mismatch) for mismatch in compare_augmentations(requested, trainer)]
    return found


@pytest.mark.slow
def test_what_was_asked_for_and_is_switched_off_is_found_with_the_reason(elsewhere: Elsewhere) -> None:
    assert elsewhere(conditions) == {
        "rect": ["mosaic of the training data (rect=True switches it off): requested 0.5, found [0.0]"],
        "rect, and closed": [],
        "rect, nothing asked for": [],
        "no flip_idx": ["fliplr of the training data (the data.yaml has no flip_idx): requested 0.3, found [0.0]"],
        "no flip_idx, nothing asked for": [],
        "auto_augment": [
            "hsv_h of the training data (auto_augment=randaugment takes its place): requested 0.1, found [0.0]"
        ],
        "auto_augment, nothing asked for": [],
    }


def wrong_values(task: Task, folder: Path) -> dict[str, set[str]]:
    """For each argument, what is found where its object was built with another value than was asked for."""
    built = trainer_of(task, {}, folder)
    different: dict[str, Any] = {
        "copy_paste_mode": "mixup", "overlap_mask": False, "mask_ratio": 2, "fraction": 0.5, "auto_augment": "augmix",
    }  # fmt: skip
    requested = {"close_mosaic": 0, "auto_augment": None}
    load(built, requested)
    result = {}
    for key in augmentations.found(built):
        load(built, {**requested, key: different.get(key, 0.123)})
        result[key] = {mismatch.key.split()[0] for mismatch in compare_augmentations(requested, built)}
    return result


@pytest.mark.slow
@pytest.mark.parametrize("task", ["segment", "classify"])
def test_every_value_that_did_not_arrive_is_found(task: Task, elsewhere: Elsewhere) -> None:
    found = elsewhere(wrong_values, task)
    assert len(found) == (8 if task == "classify" else 19)
    assert found == {key: {key} for key in found}


def without_an_object(folder: Path) -> list[str]:
    trainer = trainer_of("detect", {}, folder)
    load(trainer, {"close_mosaic": 0})
    transforms = trainer.train_loader.dataset.transforms.transforms
    transforms[:] = [part for part in transforms if type(part).__name__ != "RandomHSV"]
    return [str(mismatch) for mismatch in compare_augmentations({"close_mosaic": 0}, trainer)]


@pytest.mark.slow
def test_an_object_that_is_not_there_is_found(elsewhere: Elsewhere) -> None:
    assert elsewhere(without_an_object) == [
        f"hsv_{letter} of the training data: requested {value}, found []"
        for letter, value in (("h", 0.015), ("s", 0.7), ("v", 0.4))
    ]


BROKEN = {
    "box: requested 6.0, found 3.0": partial(change_argument, "box", 3.0),
    "momentum of the optimizer: requested 0.4, found [0.8, 0.8, 0.8]": partial(double_in_optimizer, "momentum"),
    "weight_decay of the optimizer: requested 0.001, found": partial(double_in_optimizer, "decay"),
    "degrees of the training data: requested 4.0, found [7.0]": partial(change_augmentation, "degrees", 7.0),
}


@pytest.mark.slow
def test_a_value_that_is_broken_in_a_real_trial_fails_it(ray_session: Path, project: Path, tmp_path: Path) -> None:
    options = Yolo(model="yolo11n-seg.yaml", data="shapes", train_args={**TINY, "fraction": 8})
    sampled = {"box": 6.0, "momentum": 0.4, "weight_decay": 0.001, "degrees": 4.0}
    trainings = [Training(options, ("fitness", "max"), 2, sampled, sabotage) for sabotage in BROKEN.values()]
    done = train_each(trainings, folder=tmp_path, project=project, home=ray_session)
    for says, trained in zip(BROKEN, done, strict=True):
        assert trained.reports == []
        assert says in str(trained.error)
        assert "AttestationError" in str(trained.error)
        mismatches = json.loads((trained.folder / "applied.json").read_text())["mismatches"]
        assert len(mismatches) == 1


def test_precision_is_attested_on_a_gpu() -> None:
    def mismatches(asked: Any, at_work: bool, device: str = "cuda") -> list[str]:
        trainer = SimpleNamespace(device=SimpleNamespace(type=device), amp=at_work)
        return [found.key for found in compare_arguments({"amp": asked}, {"amp": asked}, trainer)]

    assert mismatches("bf16", True) == mismatches(False, False) == mismatches("fp32", False) == []
    assert mismatches(True, False, "cpu") == []
    assert mismatches(True, False) == mismatches("bf16", False) == mismatches(False, True) == ["amp of the trainer"]


def test_the_library_may_raise_the_default_of_max_det() -> None:
    trainer = SimpleNamespace(device=SimpleNamespace(type="cpu"), amp=False)
    assert not list(compare_arguments({"max_det": 300}, {"max_det": 412}, trainer))
    assert list(compare_arguments({"max_det": 100}, {"max_det": 412}, trainer))


def test_a_halved_batch_is_out_of_memory_and_no_mismatch() -> None:
    with pytest.raises(OutOfMemoryError, match="batch=16 was halved to 8"):
        attest_batch({"batch": 16}, SimpleNamespace(batch_size=8))
    attest_batch({"batch": 16}, SimpleNamespace(batch_size=16))
    attest_batch({"batch": -1}, SimpleNamespace(batch_size=7))


@pytest.mark.parametrize("one", [1e-9, 0.1, 1 / 3, 0.95])
def test_a_value_that_went_through_a_subtraction_is_the_same(one: float) -> None:
    assert same(one, 1 - (1 - one))
    assert not same(one, one * 1.001)
