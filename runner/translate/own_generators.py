"""Draws from the generators of Python and numpy that everybody shares, as if they were one's own."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np


class OwnGenerators:
    """A state of the shared generators, from `seed` on, that nobody else moves: for libraries that take no other."""

    def __init__(self, seed: int) -> None:
        self._own: tuple[Any, Any] = random.Random(seed).getstate(), np.random.RandomState(seed).get_state()

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """The shared generators as they were left here; everybody else's are put back."""
        others = random.getstate(), np.random.get_state()
        _put(self._own)
        try:
            yield
        finally:
            self._own = random.getstate(), np.random.get_state()
            _put(others)


def _put(states: tuple[Any, Any]) -> None:
    random.setstate(states[0])
    np.random.set_state(states[1])
