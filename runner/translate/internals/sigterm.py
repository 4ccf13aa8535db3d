"""Keeps our handler of SIGTERM while Ray starts. Replaces a private function of Ray (tried on Ray 2.60)."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def sigterm_kept() -> Iterator[None]:
    """Let `ray.init` leave SIGTERM alone.

    It installs two handlers, one after the other, that exit with code 15 or 1: the run folder would stay half made.
    """
    from ray._private import utils

    of_ray = utils.set_sigterm_handler
    utils.set_sigterm_handler = lambda _handler: None
    try:
        yield
    finally:
        utils.set_sigterm_handler = of_ray
