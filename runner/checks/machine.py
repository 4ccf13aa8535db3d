"""The machine tier: disk, logins, CPUs and GPUs."""

import netrc
import os
import shutil
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

from runner.config.experiment import Experiment
from runner.errors import Problem

LEAST_FREE_BYTES = 1 << 30
CONNECT_SECONDS = 5.0


def storage(experiment: Experiment, project: Path) -> Iterator[Problem]:
    """The output folder can be written, and has some room."""
    folder = project / experiment.output_dir
    existing = next(parent for parent in (folder, *folder.resolve().parents) if parent.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK):
        yield Problem("output-dir", "output_dir", f"{existing} cannot be written", "type output_dir=FOLDER")
        return
    free = shutil.disk_usage(existing).free
    if free < LEAST_FREE_BYTES:
        message = f"only {free / 1e6:.0f} MB are free below {existing}"
        yield Problem("disk", "output_dir", message, "free some space, or type output_dir=FOLDER")


def login(experiment: Experiment, project: Path) -> Iterator[Problem]:  # noqa: ARG001
    """W&B online needs a login: an API key in the environment or in netrc."""
    for choice in experiment.loggers:
        if choice.name != "wandb":
            continue
        mode = choice.options["mode"] or os.environ.get("WANDB_MODE") or "online"
        if mode == "online" and not os.environ.get("WANDB_API_KEY") and not _in_netrc("api.wandb.ai"):
            message = "W&B is online and there is no login"
            remedy = "run: wandb login, or type logger.wandb.mode=offline"
            yield Problem("wandb-login", "logger.wandb.mode", message, remedy)


def comet_login(experiment: Experiment, project: Path) -> Iterator[Problem]:  # noqa: ARG001
    """Comet online needs an API key: in the environment or in its file."""
    for choice in experiment.loggers:
        known = os.environ.get("COMET_API_KEY") or (Path.home() / ".comet.config").is_file()
        if choice.name == "comet" and choice.options["mode"] == "online" and not known:
            message = "Comet is online and there is no login"
            remedy = "run: comet login, or type logger.comet.mode=offline"
            yield Problem("comet-login", "logger.comet.mode", message, remedy)


def _in_netrc(host: str) -> bool:
    path = Path(os.environ.get("NETRC") or Path.home() / ".netrc")
    if not path.is_file():
        return False
    try:
        return netrc.netrc(str(path)).authenticators(host) is not None
    except netrc.NetrcParseError:
        # A file that cannot be read holds no login that W&B could use.
        return False


def cluster(experiment: Experiment, project: Path) -> Iterator[Problem]:  # noqa: ARG001
    """A cluster named by its address answers; Ray would try for minutes."""
    address = str(experiment.ray.options.get("address", "auto"))
    if address == "auto":
        return
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdigit():
        yield Problem("ray-address", "ray.address", f"{address} is no host:port", "type ray.address=host:6379")
        return
    try:
        socket.create_connection((host, int(port)), timeout=CONNECT_SECONDS).close()
    except OSError as error:
        remedy = "start one with: ray start --head, or type ray=local"
        yield Problem("ray-address", "ray.address", f"no Ray cluster at {address}: {error}", remedy)


def origin(experiment: Experiment, project: Path) -> Iterator[Problem]:
    """What a promoted configuration was found with is still the same."""
    found = experiment.origin
    if found is None or not found.contents:
        return
    now = experiment.trainable.fingerprint(project)
    for what, digest in found.contents.items():
        if now.get(what, digest) != digest:
            message = f"changed since {found.trial} of {found.run}: its result may not come out again"
            remedy = "tune again and promote, or remove origin from the preset to accept the change"
            yield Problem("origin", f"origin.contents.{what}", message, remedy, fatal=False)


def resources(experiment: Experiment, available: Mapping[str, float]) -> Iterator[Problem]:
    """One trial fits into what Ray has; asking for more would wait for ever."""
    for key, wanted in (("cpu", experiment.resources.cpu or 1), ("gpu", experiment.resources.gpu or 0)):
        there = available.get(key.upper(), 0.0)
        if wanted > there:
            message = f"a trial asks for {wanted:g} {key.upper()}, and Ray has {there:g}"
            yield Problem("resources", f"resources.{key}", message, f"type resources.{key}={there:g}")
