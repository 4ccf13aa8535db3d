"""Whether the values asked for are the values at work: compared at the first batch, and written down."""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runner.errors import AttestationError, OutOfMemoryError
from runner.trainables.yolo import augmentations
from runner.trainables.yolo.arguments import arguments

FILE = "applied.json"
RESPELLED = ("model", "data", "pretrained", "distill_model", "save_dir", "quantize")
"""Paths that the library resolves, and a scheme with several names: spelled otherwise there than in the request."""

REPLACED = {
    "auto": ("optimizer", "lr0", "momentum", "warmup_bias_lr"),
    "cpu": ("workers", "device"),
    "batch": ("batch",),
}
"""What the library chooses itself: under optimizer=auto, on a CPU (0 workers), with a batch below 1."""


@dataclass(frozen=True)
class Mismatch:
    """One argument whose value differs."""

    key: str
    requested: Any
    found: Any

    def __str__(self) -> str:
        return f"{self.key}: requested {self.requested!r}, found {self.found!r}"


def attest(requested: Mapping[str, Any], trainer: Any, folder: Path) -> None:
    """Write applied.json into `folder`. Raises AttestationError with every value that differs.

    Args:
        requested: arguments that were passed to train().
        trainer: Ultralytics' trainer at its first batch, before warm-up has moved anything.
        folder: of the trial.
    """
    applied = dict(vars(trainer.args))
    optimizer = describe(trainer.optimizer)
    mismatches = [
        *compare_arguments(requested, applied, trainer),
        *compare_optimizer(requested, trainer),
        *compare_augmentations(requested, trainer),
    ]
    record = {
        "requested": dict(requested),
        "applied": applied,
        "batch_size": trainer.batch_size,
        "device": str(trainer.device),
        "amp": trainer.amp,
        "optimizer": optimizer,
        "augmentation": augmentations.found(trainer),
        "switched_off": augmentations.switched_off(trainer),
        "mismatches": [vars(mismatch) for mismatch in mismatches],
    }
    (folder / FILE).write_text(json.dumps(record, indent=2, default=str) + "\n", encoding="utf-8")
    if mismatches:
        raise AttestationError(
            "what was asked for did not reach the trainer: "
            + "; ".join(map(str, mismatches))
            + f" (all values: {folder / FILE})"
        )


def asked(requested: Mapping[str, Any]) -> dict[str, Any]:
    """Every argument of train(): as requested, else by the default of the installed package."""
    return {name: argument.default for name, argument in arguments().items()} | dict(requested)


def describe(optimizer: Any) -> dict[str, Any]:
    """Class and groups of a torch optimizer, without its parameters."""
    groups = [{key: value for key, value in group.items() if key != "params"} for group in optimizer.param_groups]
    return {"class": type(optimizer).__name__, "groups": groups}


def compare_arguments(requested: Mapping[str, Any], applied: Mapping[str, Any], trainer: Any) -> Iterator[Mismatch]:
    """Every requested argument against the trainer's arguments."""
    exempt = _chosen_by_the_library(requested, trainer)
    for key, value in requested.items():
        if key not in exempt and not same(value, applied.get(key)):
            yield Mismatch(key, value, applied.get(key))
    precision = asked(requested)["amp"]
    if trainer.device.type != "cpu" and trainer.amp is (precision in {False, "fp32"}):
        yield Mismatch("amp of the trainer", precision, trainer.amp)


def _chosen_by_the_library(requested: Mapping[str, Any], trainer: Any) -> set[str]:
    chosen = {*RESPELLED}
    if str(requested.get("optimizer", "auto")).lower() == "auto":
        chosen.update(REPLACED["auto"])
    if trainer.device.type == "cpu":
        chosen.update(REPLACED["cpu"])
    if requested.get("batch", 1) < 1:
        chosen.update(REPLACED["batch"])
    if requested.get("max_det") == arguments()["max_det"].default:
        chosen.add("max_det")  # raised to the most objects of an image
    return chosen


def compare_optimizer(requested: Mapping[str, Any], trainer: Any) -> Iterator[Mismatch]:
    """Class, learning rate, momentum and weight decay against the optimizer's groups."""
    optimizer, values = trainer.optimizer, asked(requested)
    if str(values["optimizer"]).lower() == "auto":
        return
    if type(optimizer).__name__.lower() != str(values["optimizer"]).lower():
        yield Mismatch("optimizer", values["optimizer"], type(optimizer).__name__)
    groups = optimizer.param_groups
    # MuSGD trains the head's class layers at three times the rate
    rates = (3.0, 1.0) if type(optimizer).__name__ == "MuSGD" else (1.0,)
    for key, found, expected in (
        ("lr0", [group["initial_lr"] for group in groups], [factor * values["lr0"] for factor in rates]),
        ("momentum", [_momentum(group) for group in groups], _momenta(values, trainer)),
        ("weight_decay", [group["weight_decay"] for group in groups], [0.0, _weight_decay(values, trainer)]),
    ):
        stray = [value for value in found if not any(same(value, other) for other in expected)]
        missing = not any(same(expected[-1], value) for value in found)
        if stray or missing:
            yield Mismatch(f"{key} of the optimizer", expected[-1], found)


def _momentum(group: Mapping[str, Any]) -> float:
    return float(group["betas"][0] if "betas" in group else group["momentum"])


def _momenta(values: Mapping[str, Any], trainer: Any) -> list[float]:
    """What was asked for; in a training that goes on within its warm-up also what that had come to."""
    if not trainer.start_epoch or not values["warmup_epochs"]:
        return [values["momentum"]]
    lower, upper = sorted((values["warmup_momentum"], values["momentum"]))
    reached = {_momentum(group) for group in trainer.optimizer.param_groups}
    return [*(value for value in reached if lower <= value <= upper), values["momentum"]]


def _weight_decay(values: Mapping[str, Any], trainer: Any) -> float:
    """Ultralytics scales it with the batches that are accumulated to the nominal batch size."""
    accumulate = max(round(values["nbs"] / trainer.batch_size), 1)
    return float(values["weight_decay"] * trainer.batch_size * accumulate / values["nbs"])


def compare_augmentations(requested: Mapping[str, Any], trainer: Any) -> Iterator[Mismatch]:
    """Every augmentation argument against the objects that augment; those that nobody asked for at their defaults.

    Close_mosaic is a schedule, and what it has switched off must be off. Another argument, or the data, may switch off
    what nobody asked for, but not what was asked for.
    """
    values, off = asked(requested), augmentations.switched_off(trainer)
    for key, found in augmentations.found(trainer).items():
        value = values[key][0] if key == "fraction" and isinstance(values[key], list) else values[key]
        if key in augmentations.closed(trainer) or (key in off and key not in requested):
            value = 0.0
        if not found or not all(same(value, one) for one in found):
            yield Mismatch(f"{key} of the training data" + (f" ({off[key]})" if key in off else ""), value, found)


def same(requested: Any, found: Any) -> bool:
    """Equal by value: 1 and 1.0, a list and a tuple, text in any letter case; 1 - (1 - x) and x."""
    if isinstance(requested, bool) or isinstance(found, bool):
        return requested is found
    if isinstance(requested, int | float) and isinstance(found, int | float):
        return math.isclose(requested, found, rel_tol=1e-9, abs_tol=1e-15)
    if isinstance(requested, list | tuple) and isinstance(found, list | tuple):
        return len(requested) == len(found) and all(map(same, requested, found))
    if isinstance(requested, str) and isinstance(found, str):
        return requested.lower() == found.lower()
    return bool(requested == found)


def attest_batch(requested: Mapping[str, Any], trainer: Any) -> None:
    """Raise OutOfMemoryError where the library has halved the batch itself, which `memory` keeps it from."""
    batch = requested.get("batch", trainer.batch_size)
    if batch >= 1 and trainer.batch_size != batch:
        raise OutOfMemoryError(f"out of memory: batch={batch} was halved to {trainer.batch_size}; set a smaller batch")
