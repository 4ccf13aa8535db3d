"""The random generators that all code of a process shares: those of Python, numpy and torch.

The worker of a trial keeps their state beside each checkpoint, so that a trial that goes on continues its stream.
"""

import base64
import hashlib
import importlib
import json
import random
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STATE = ".generators.json"
"""In the folder of a checkpoint. JSON, since a checkpoint may come from elsewhere, and loading a pickle runs code."""

_LIBRARIES = ("numpy", "torch")


@dataclass(frozen=True)
class Generators:
    """The states as they were when the trial `trial` reported a checkpoint, by library."""

    trial: str
    states: dict[str, Any]

    def put_back(self) -> None:
        """Set the generators to these states. Imports a library that has one: the trial used it before."""
        version, numbers, gauss = self.states["random"]
        random.setstate((version, tuple(numbers), gauss))
        if state := self.states.get("numpy"):
            importlib.import_module("numpy").random.set_state(state)
        if state := self.states.get("torch"):
            torch = importlib.import_module("torch")
            torch.set_rng_state(_tensor(state["cpu"]))
            for device, text in enumerate(state["cuda"][: torch.cuda.device_count()]):
                torch.cuda.set_rng_state(_tensor(text), device)


def begin(seed: int, trial: str, checkpoint: Path | None) -> None:
    """Set the generators for a trial that starts, or goes on from `checkpoint`.

    From a checkpoint of its own it continues where it was. From that of another trial, or where the state is lost, it
    gets a new stream: neither that of its start, nor that of the other trial.
    """
    if checkpoint is None:
        set_seed(seed)
        return
    found = kept(checkpoint)
    set_seed(fresh_seed(seed, trial, checkpoint.name), found.states if found else ())
    if found and found.trial == trial:
        found.put_back()


def set_seed(seed: int, libraries: Iterable[str] = ()) -> None:
    """Seed Python's generator, and those of numpy and torch where they are imported or named in `libraries`."""
    random.seed(seed)
    for name in _LIBRARIES:
        library = importlib.import_module(name) if name in libraries else sys.modules.get(name)
        if library and name == "numpy":
            library.random.seed(seed % 2**32)
        elif library:
            library.manual_seed(seed)


def fresh_seed(seed: int, trial: str, place: str) -> int:
    """The seed of a stream that only `trial` has, and only from `place` on."""
    digest = hashlib.sha256(f"{seed}/{trial}/{place}".encode()).digest()
    return int.from_bytes(digest[:4])


def keep(checkpoint: Path, trial: str) -> None:
    """Write the states into the folder of a checkpoint that `trial` has just reported."""
    states: dict[str, Any] = {"random": random.getstate()}
    if numpy := sys.modules.get("numpy"):
        name, numbers, *rest = numpy.random.get_state()
        states["numpy"] = [name, numbers.tolist(), *rest]
    if torch := sys.modules.get("torch"):
        cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else []
        states["torch"] = {"cpu": _text(torch.get_rng_state()), "cuda": [_text(state) for state in cuda]}
    (checkpoint / STATE).write_text(json.dumps({"trial": trial, **states}) + "\n", encoding="utf-8")


def kept(checkpoint: Path) -> Generators | None:
    """The states in the folder of a checkpoint, or None with a line on stderr where there are none to read."""
    try:
        states = json.loads((checkpoint / STATE).read_text(encoding="utf-8"))
        return Generators(states.pop("trial"), states)
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"the random generators start a new stream: {checkpoint / STATE}: {error}", file=sys.stderr)
        return None


def _text(state: Any) -> str:
    return base64.b64encode(state.numpy().tobytes()).decode()


def _tensor(text: str) -> Any:
    torch = importlib.import_module("torch")
    return torch.frombuffer(bytearray(base64.b64decode(text)), dtype=torch.uint8)
