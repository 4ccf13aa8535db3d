"""What tests of several rooms need."""

import os
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

OF_THE_MACHINE = (
    "AIM_", "COMET_", "GIT_", "HYDRA_", "KERAS_", "MLFLOW_", "MPL", "OPTUNA_", "RAY_ADDRESS", "TUNE_", "ULTRALYTICS_",
    "WANDB_", "XDG_", "YOLO_", "COLUMNS", "LINES", "FORCE_COLOR", "CLICOLOR_FORCE", "NETRC",
)  # fmt: skip
"""How the names of variables begin that change what the program or its libraries do."""


@pytest.fixture(scope="session", autouse=True)
def nobody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An empty home folder, and no variable of the machine: tests give the same result on all machines."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(OF_THE_MACHINE)]:
            patch.delenv(name)
        patch.setenv("HOME", str(home))
        yield home


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of archives in the folder www/."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    (tmp_path / "www").mkdir()
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path / "www"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
