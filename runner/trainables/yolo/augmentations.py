"""What the augmentation objects of a training data set hold, under the names of train()'s arguments.

The one place that reads the attributes of Ultralytics' and torchvision's transforms, which neither documents (tried on
Ultralytics 8.4.190 with torchvision 0.29).
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

ATTRIBUTES: Mapping[str, Mapping[str, str]] = {
    "Mosaic": {"mosaic": "p"},
    "MixUp": {"mixup": "p"},
    "CutMix": {"cutmix": "p"},
    "CopyPaste": {"copy_paste": "p", "copy_paste_mode": "mode"},
    "RandomPerspective": {key: key for key in ("degrees", "translate", "scale", "shear", "perspective")},
    "RandomHSV": {"hsv_h": "hgain", "hsv_s": "sgain", "hsv_v": "vgain"},
    "Format": {"bgr": "bgr", "mask_ratio": "mask_ratio", "overlap_mask": "mask_overlap"},
}
"""Class of a transform to the arguments that it holds, with their attributes there."""

FLIPS = {"horizontal": "fliplr", "vertical": "flipud"}

CLASSIFY: Mapping[str, Mapping[str, Callable[[Any], Any]]] = {
    "RandomResizedCrop": {"scale": lambda crop: 1 - crop.scale[0]},
    "RandomHorizontalFlip": {"fliplr": lambda flip: flip.p},
    "RandomVerticalFlip": {"flipud": lambda flip: flip.p},
    "RandAugment": {"auto_augment": lambda _: "randaugment"},
    "AugMix": {"auto_augment": lambda _: "augmix"},
    "AutoAugment": {"auto_augment": lambda _: "autoaugment"},
    "ColorJitter": {
        "hsv_h": lambda jitter: jitter.hue[1] if jitter.hue else 0.0,
        "hsv_s": lambda jitter: jitter.saturation[1] - 1 if jitter.saturation else 0.0,
        "hsv_v": lambda jitter: jitter.brightness[1] - 1 if jitter.brightness else 0.0,
    },
    "RandomErasing": {"erasing": lambda erasing: erasing.p},
}
"""Class of a torchvision transform to the arguments that it holds; one that would do nothing is left out."""


def found(trainer: Any) -> dict[str, list[Any]]:
    """Each augmentation argument with its value in every object that holds it; no value where no object does."""
    dataset = trainer.train_loader.dataset
    return _in_classification(dataset) if hasattr(dataset, "torch_transforms") else _in_detection(dataset)


def _in_detection(dataset: Any) -> dict[str, list[Any]]:
    """Of every task but classification."""
    names = [*(name for attributes in ATTRIBUTES.values() for name in attributes), *FLIPS.values()]
    values: dict[str, list[Any]] = {"fraction": [dataset.fraction], **{name: [] for name in names}}
    for transform in {id(part): part for part in _parts(dataset.transforms)}.values():
        for name, attribute in ATTRIBUTES.get(type(transform).__name__, {}).items():
            values[name].append(getattr(transform, attribute))
        if type(transform).__name__ == "RandomFlip":
            values[FLIPS[transform.direction]].append(transform.p)
    return values


def _parts(transform: Any) -> Iterator[Any]:
    """A transform and everything inside of it; a mosaic that is part of three others comes three times."""
    yield transform
    for part in getattr(transform, "transforms", ()):
        yield from _parts(part)
    before = getattr(transform, "pre_transform", None)
    if before is not None:
        yield from _parts(before)


def _in_classification(dataset: Any) -> dict[str, list[Any]]:
    off: dict[str, Any] = {name: 0.0 for readers in CLASSIFY.values() for name in readers} | {"auto_augment": None}
    values = defaultdict(list)
    for transform in dataset.torch_transforms.transforms:
        for name, read in CLASSIFY.get(type(transform).__name__, {}).items():
            values[name].append(read(transform))
    return {name: values[name] or [nothing] for name, nothing in off.items()}


def switched_off(trainer: Any) -> dict[str, str]:
    """The arguments that the library sets to 0 whatever they are in this training, with the reason."""
    dataset, policy = trainer.train_loader.dataset, trainer.args.auto_augment
    off: dict[str, str] = {}
    if getattr(dataset, "rect", False):
        off |= dict.fromkeys(("mosaic", "mixup", "cutmix"), "rect=True switches it off")
    if getattr(dataset, "use_keypoints", False) and not dataset.data.get("flip_idx"):
        off |= dict.fromkeys(("fliplr", "flipud"), "the data.yaml has no flip_idx")
    if hasattr(dataset, "torch_transforms") and policy:
        off |= dict.fromkeys(("hsv_h", "hsv_s", "hsv_v"), f"auto_augment={policy} takes its place")
    return off


def closed(trainer: Any) -> tuple[str, ...]:
    """The arguments that are 0 because the trainer, at the first batch of an epoch, is in its last close_mosaic epochs.

    Those may be all its epochs.
    """
    last = trainer.args.close_mosaic
    closing = last and trainer.epoch >= trainer.epochs - last
    return ("mosaic", "mixup", "cutmix", "copy_paste") if closing else ()
