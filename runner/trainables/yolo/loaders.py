"""The processes that load a training's data end with it, however it ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def closed(model: Any) -> Iterator[None]:
    """Close the loaders of a `YOLO` that is trained in the block.

    The library does so at the end of a training alone. One that is stopped or fails would kill these processes when
    its objects are collected, and they would leave the folders in the temporary folder through which they share memory.
    """
    try:
        yield
    finally:
        for name in ("train_loader", "test_loader"):
            loader = getattr(model.trainer, name, None)
            if loader is not None and hasattr(loader, "close"):
                loader.close()
