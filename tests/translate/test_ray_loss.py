"""A run whose Ray has died ends, whatever its main thread is doing; without Ray."""

import socket
import subprocess
import sys

import pytest

from runner.translate import ray_loss

WAITING = """
import functools, signal, sys, threading
from runner.translate import ray_loss
from runner.translate.signals import ending_as_interrupt

ray_loss.LEAVE_SECONDS = 0.2
if sys.argv[1] == "deaf":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
try:
    tell = functools.partial(print, flush=True)
    with ending_as_interrupt(), ray_loss.ending_when_lost(lambda: "Ray is gone", 0.01, tell):
        threading.Event().wait(60)
except KeyboardInterrupt as interruption:
    print("interrupted:", interruption)
"""


@pytest.mark.parametrize(
    ("main", "code", "out"),
    [
        ("listening", 0, "interrupted: Ray is gone\n"),
        ("deaf", 130, "error: Ray is gone; left without a summary. To go on: python -m runner resume latest\n"),
    ],
)
def test_the_main_thread_is_interrupted_and_left_where_it_is_deaf(main: str, code: int, out: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WAITING, main], capture_output=True, check=False, text=True, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (code, out, "")


def test_a_cluster_is_lost_when_its_head_takes_no_connection_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as head:
        address = f"127.0.0.1:{head.getsockname()[1]}"
        lost = ray_loss.cluster_loss(address)
        assert lost() == ""
    assert lost() == "", "it may be started again"
    monkeypatch.setattr(ray_loss, "CLUSTER_SECONDS", 0)
    assert lost() == f"the Ray cluster at {address} takes no connection"
