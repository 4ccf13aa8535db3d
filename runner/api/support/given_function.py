"""A function that is given to `tune`, in place of an experiment that names it."""

import json
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from runner.errors import ConfigError, Problem
from runner.runs.folder import RunFolder
from runner.trainables.function import PICKLE, digest


@dataclass(frozen=True)
class GivenFunction:
    """The overrides that tune a function.

    Attributes:
        pickled: the function, where no trial could import it.
    """

    overrides: tuple[str, ...]
    pickled: bytes | None

    def save(self, run: RunFolder) -> None:
        """Keep the function in the run folder: trials read it there, those of a resume too."""
        if self.pickled is not None:
            (run.root / PICKLE).write_bytes(self.pickled)


def copy_function(before: RunFolder, after: RunFolder) -> None:
    """For another run of an experiment: give it the function that the first was given."""
    if (before.root / PICKLE).is_file():
        shutil.copyfile(before.root / PICKLE, after.root / PICKLE)


def given_function(
    function: Callable[..., Any],
    search_space: Mapping[str, Any],
    metric: str,
    mode: str,
    num_samples: int,
    name: str | None,
) -> GivenFunction:
    """The experiment that tunes a function. Raises ConfigError for what cannot be written into a config."""
    module = getattr(function, "__module__", None) or "__main__"
    title = getattr(function, "__qualname__", type(function).__qualname__)
    pickled = None if _can_be_imported(function, module, title) else _pickled(function, title)
    plain = "".join(letter if letter.isalnum() else "_" for letter in title.rpartition(".")[2]).strip("_")
    values = {
        "trainable.import_path": f"{module}:{title}",
        "trainable.pickle": pickled and digest(pickled),
        "objective.metric": metric,
        "objective.mode": mode,
        "budget.num_samples": num_samples,
        "name": name or plain or "function",
        "search_space": search_space,
    }
    return GivenFunction(
        ("experiment=null", "trainable=function", *(f"{key}={_written(key, value)}" for key, value in values.items())),
        pickled,
    )


def _written(key: str, value: Any) -> str:
    try:
        return json.dumps(value)
    except TypeError as error:
        remedy = 'write distributions as text: "loguniform(1e-4, 1)"'
        raise ConfigError([Problem("arguments", key, f"cannot be written into a config: {error}", remedy)]) from error


def _can_be_imported(function: Callable[..., Any], module: str, title: str) -> bool:
    """Whether a trial finds that very function by its module and name; __main__ is another module there."""
    return module != "__main__" and getattr(sys.modules.get(module), title, None) is function


def _pickled(function: Callable[..., Any], title: str) -> bytes:
    from ray import cloudpickle

    try:
        content: bytes = cloudpickle.dumps(function)
    except Exception as error:
        remedy = "create what it uses within the function, or put it into a module"
        raise ConfigError([Problem("arguments", title, f"cannot be sent to a trial: {error}", remedy)]) from error
    return content
