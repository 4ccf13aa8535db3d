"""The arguments of train(): name, default, type and range, read from the files of the installed package."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import yaml

from runner.trainables.yolo import package

Kind = Literal["float", "int", "bool", "str", "other"]

OPTIMIZERS = ("auto", "SGD", "MuSGD", "Adam", "Adamax", "AdamW", "NAdam", "RAdam", "RMSprop")
"""Any letter case is taken. A test holds the list to BaseTrainer.build_optimizer."""

STRIDE = 32
"""Images of other sizes are rounded up by the library, so that the value asked for would not be the value used."""

SMALLEST = {
    **dict.fromkeys(("box", "cls", "dfl", "pose", "kobj", "rle", "angle", "dlog", "dgrad", "dis"), 0),
    **dict.fromkeys(("warmup_epochs", "workers", "close_mosaic", "degrees", "shear"), 0),
    "save_period": -1,
    "imgsz": STRIDE,
}
LARGEST = {"degrees": 180, "shear": 90}
"""Where the library itself takes any number, nonsense included."""

LISTED = {
    "optimizer": OPTIMIZERS,
    "split": ("train", "val", "test"),
    "copy_paste_mode": ("flip", "mixup"),
    "auto_augment": ("randaugment", "autoaugment", "augmix"),
    "amp": (True, False, "fp16", "bf16", "fp32"),
    "cache": (True, False, "ram", "disk"),
}

UNUSED_SECTIONS = ("Predict", "Visualize", "Export", "Tracker", "Custom")
USED_IN_TRAINING = ("classes", "agnostic_nms", "save_txt", "save_conf")
"""Listed under Predict or Visualize, but read when training validates."""


@dataclass(frozen=True)
class Argument:
    """One argument of train(). `lower` and `upper` are inclusive; None: no bound."""

    name: str
    default: Any
    kind: Kind
    lower: float | None
    upper: float | None
    optional: bool
    trains: bool
    note: str

    @property
    def allowed(self) -> str:
        """What it takes, for a message."""
        listed = LISTED.get(self.name)
        if listed:
            return "one of " + ", ".join(str(value) for value in listed)
        words = {"float": "a number", "int": "a whole number", "bool": "true or false", "str": "text"}
        text = words.get(self.kind, self.note)
        if self.lower is not None and self.upper is not None:
            return f"{text} from {self.lower:g} to {self.upper:g}"
        return text if self.lower is None else f"{text}, {self.lower:g} or more"


@cache
def arguments() -> Mapping[str, Argument]:
    """Every argument by name."""
    text = (package.root() / "cfg" / "default.yaml").read_text(encoding="utf-8")
    defaults = yaml.safe_load(text)
    return {name: _argument(name, defaults[name], section, note) for name, section, note in _lines(text)}


def _lines(text: str) -> Iterator[tuple[str, str, str]]:
    """Name, section and comment of each argument, in the order of the file."""
    section = ""
    for line in text.splitlines():
        if heading := re.match(r"# ([A-Z][\w/. ]+?) -{5,}", line):
            section = heading[1]
        elif entry := re.match(r"(\w+):.*?#\s*(.*)", line):
            yield entry[1], section, entry[2]


def _argument(name: str, default: Any, section: str, note: str) -> Argument:
    lower, upper = _bounds(name)
    return Argument(
        name=name,
        default=default,
        kind=_kind(name),
        lower=lower,
        upper=upper,
        optional=default is None or name == "auto_augment",
        trains=not section.startswith(UNUSED_SECTIONS) or name in USED_IN_TRAINING,
        note=note,
    )


def _kind(name: str) -> Kind:
    keys = package.constants("cfg/__init__.py")
    special = ("batch", "fraction")  # their type decides what they mean
    if name in special:
        return "other"
    if name in {"imgsz"} | keys["CFG_INT_KEYS"]:
        return "int"
    if name in {"scale"} | keys["CFG_FLOAT_KEYS"] | keys["CFG_FRACTION_KEYS"]:
        return "float"
    if name in keys["CFG_BOOL_KEYS"]:
        return "bool"
    return "str" if name in keys["CFG_STR_KEYS"] else "other"


def _bounds(name: str) -> tuple[float | None, float | None]:
    keys = package.constants("cfg/__init__.py")
    if name in {"scale"} | keys["CFG_FRACTION_KEYS"]:
        return 0, 1
    return keys["CFG_INT_MIN"].get(name, SMALLEST.get(name)), LARGEST.get(name)


def fault(argument: Argument, value: Any) -> str | None:
    """What is wrong with a value, or None. Stricter than the library, which takes some nonsense in silence."""
    if value is None:
        return None if argument.optional else "must not be empty"
    if argument.name in LISTED:
        return None if _listed(value, LISTED[argument.name]) else f"is {_show(value)}"
    if argument.name == "batch":
        return _batch(value)
    if argument.name == "fraction":
        return _fraction(value)
    if argument.name == "scale" and isinstance(value, list | tuple):
        return None if len(value) == 2 and all(map(_number, value)) else f"is {_show(value)}, not two numbers"
    return _typed(argument, value)


def _typed(argument: Argument, value: Any) -> str | None:
    if argument.kind == "bool":
        return None if isinstance(value, bool) else f"is {_show(value)}"
    if argument.kind == "str":
        return None if isinstance(value, str) else f"is {_show(value)}"
    if argument.kind == "other":
        return None
    if not _number(value) or (argument.kind == "int" and not isinstance(value, int)):
        return f"is {_show(value)}"
    if argument.lower is not None and value < argument.lower:
        return f"is {_show(value)}, below {argument.lower:g}"
    if argument.upper is not None and value > argument.upper:
        return f"is {_show(value)}, above {argument.upper:g}"
    if argument.name == "imgsz" and value % STRIDE:
        return f"is {value}, not a multiple of {STRIDE} (the library would take {math.ceil(value / STRIDE) * STRIDE})"
    return None


def _listed(value: Any, listed: tuple[Any, ...]) -> bool:
    if isinstance(value, str):
        return value.lower() in {known.lower() for known in listed if isinstance(known, str)}
    return isinstance(value, bool) and any(value is known for known in listed)


def _batch(value: Any) -> str | None:
    if not _number(value):
        return f"is {_show(value)}"
    if isinstance(value, float):
        return None if 0 < value < 1 else f"is {_show(value)}: write a batch as a whole number"
    return None if value >= 1 or value == -1 else f"is {value}: 1 or more, or -1 for what fits the GPU"


def _fraction(value: Any) -> str | None:
    values = value if isinstance(value, list) else [value]
    good = all(_number(part) and (0 <= part <= 1 or isinstance(part, int)) for part in values) and values[:1] != [0]
    return None if good and len(values) <= 3 else f"is {_show(value)}: a share above 0 up to 1, or a count of images"


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _show(value: Any) -> str:
    return f"the text {value!r}" if isinstance(value, str) else f"{value!r}"
