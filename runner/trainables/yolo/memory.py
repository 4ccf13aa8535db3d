"""Trainings that do not fit into the memory.

The one place that reaches into the trainer's own retries, which are not documented (tried on Ultralytics 8.4.190).
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from runner.errors import OutOfMemoryError

WORDS = (
    "out of memory",
    "not enough memory",
    "CUBLAS_STATUS_ALLOC_FAILED",
    "CUDNN_STATUS_INTERNAL_ERROR",
    "unable to find an engine",
)
"""What an error says that means the memory: torch's own, and those that Ultralytics takes for it."""

LIBRARY_RETRIES = 3
"""After so many the library gives up, by itself, halving the batch."""


def no_silent_retries(trainer: Any) -> None:
    """Let the library take its retries for used up, at the start of an epoch: it would train with another batch."""
    trainer._oom_retries = LIBRARY_RETRIES


@contextmanager
def told(batch: int) -> Iterator[None]:
    """Raise OutOfMemoryError in the place of the errors that mean it; `batch` is what was asked for."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not isinstance(error, MemoryError) and not any(words in str(error) for words in WORDS):
            raise
        raise OutOfMemoryError(
            f"out of memory with batch={batch}: {str(error).splitlines()[0] if str(error) else 'no more was said'}"
            " (search a smaller batch or imgsz, or set trainable.on_oom=halve_batch)"
        ) from error


def free() -> None:
    """Give back what a training that failed has left."""
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
