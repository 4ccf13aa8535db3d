"""Ray inside the process of the tests."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def without_tokens() -> Iterator[None]:
    """Ray as all tests start it that start it themselves: it writes no token into the home folder.

    A process keeps the first RAY_AUTH_MODE that it starts Ray with, and a Ray that it starts with another one loses
    its actors ("all references to the actor were removed", Ray 2.60). Commands of their own keep the mode of users.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_AUTH_MODE", "disabled")
        yield
