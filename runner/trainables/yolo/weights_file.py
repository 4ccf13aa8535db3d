"""What a .pt file of Ultralytics says of itself, read without torch and without running what is pickled in it."""

import pickletools
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

TEXTS = ("BINUNICODE", "SHORT_BINUNICODE")
KEPT = ("BINPUT", "LONG_BINPUT")
RECALLED = ("BINGET", "LONG_BINGET")


def task_in(path: Path) -> str | None:
    """The `task` among the arguments of the training that wrote the file; None where it does not tell any.

    The file is what torch.save writes since torch 1.6: a zip, whose data.pkl is a pickle of protocol 2.
    """
    return _task_in(path, path.stat().st_mtime_ns)


@cache
def _task_in(path: Path, modified: int) -> str | None:  # noqa: ARG001 - a file that changes is read again
    try:
        with zipfile.ZipFile(path) as archive:
            name = next((name for name in archive.namelist() if name.endswith("/data.pkl")), None)
            pickled = archive.read(name) if name else b""
        texts = list(_texts(pickled))
    except (zipfile.BadZipFile, ValueError):
        return None  # an older format, or no weights at all: the trial will say so
    if "train_args" not in texts:
        return None
    arguments = texts[texts.index("train_args") :]
    return arguments[arguments.index("task") + 1] if "task" in arguments[:-1] else None


def _texts(pickled: bytes) -> Iterator[str | None]:
    """Every text in the order in which it is used, with None for each other value between them."""
    known: dict[Any, str | None] = {}
    latest: str | None = None
    for opcode, argument, _ in pickletools.genops(pickled):
        if opcode.name in KEPT:
            known[argument] = latest
            continue
        latest = known.get(argument) if opcode.name in RECALLED else None
        if opcode.name in TEXTS:
            latest = str(argument)
        if opcode.name != "MARK":
            yield latest
