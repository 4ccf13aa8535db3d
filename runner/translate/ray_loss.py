"""Ends a run whose Ray has died.

Ray itself ends the driver's process a minute after its GCS died, with a line in the log only. After the death of its
raylet it waits for ever.
"""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil  # type: ignore[import-untyped]

from runner.errors import INTERRUPTED
from runner.translate.signals import interrupt_main

LEAVE_SECONDS = 30.0
"""After the interruption: the main thread may wait in Ray for an answer that never comes."""

NEEDED = ("raylet", "gcs_server")

CLUSTER_SECONDS = 30.0
"""Without a connection, after which a cluster counts as lost; Ray's own limit is 60 s."""

Loss = Callable[[], str]
"""Says what was lost, or nothing."""


@contextmanager
def ending_when_lost(lost: Loss, every: float, tell: Callable[[str], None]) -> Iterator[None]:
    """Ask `lost` every so many seconds, and raise KeyboardInterrupt in the main thread once it gives a reason.

    Leaves the process where that does not end the block: a run whose driver was killed can be resumed.
    """
    over = threading.Event()

    def watch() -> None:
        while not over.wait(every):
            if reason := lost():
                interrupt_main(reason)
                if not over.wait(LEAVE_SECONDS):
                    tell(f"error: {reason}; left without a summary. To go on: python -m runner resume latest")
                    os._exit(INTERRUPTED)
                return

    threading.Thread(target=watch, name="ray-loss", daemon=True).start()
    try:
        yield
    finally:
        over.set()


def local_loss() -> Loss:
    """Of the Ray that this process has started: one of the two processes without which nothing goes on."""
    processes = {name: process for process in psutil.Process().children() if (name := _name(process)) in NEEDED}

    def lost() -> str:
        died = [name for name, process in processes.items() if not _name(process)]
        return f"Ray died: its process {' and '.join(died)} was killed or crashed" if died else ""

    return lost


def cluster_loss(address: str) -> Loss:
    """Of a cluster that was joined: its head, HOST:PORT, takes no connection."""
    host, _, port = address.rpartition(":")
    last = time.monotonic()

    def lost() -> str:
        nonlocal last
        try:
            socket.create_connection((host.strip("[]"), int(port)), timeout=CLUSTER_SECONDS).close()
        except OSError:
            waited = time.monotonic() - last
            return f"the Ray cluster at {address} takes no connection" if waited >= CLUSTER_SECONDS else ""
        last = time.monotonic()
        return ""

    return lost


def _name(process: psutil.Process) -> str:
    """Of a process that is alive; empty for another."""
    try:
        return str(process.name()) if process.status() != psutil.STATUS_ZOMBIE else ""
    except psutil.NoSuchProcess:
        return ""
