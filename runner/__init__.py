"""Experiments for hyperparameter tuning: a YAML file in git, run by Ray Tune, kept as one folder.

`__all__` is the Python API. Its functions return values, print nothing (but with `view=True`), and raise the errors
below; they never exit the process.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runner.api.check import check
    from runner.api.compare import compare
    from runner.api.compose import compose
    from runner.api.confirm import confirm
    from runner.api.explain import explain
    from runner.api.load import load
    from runner.api.plan import plan
    from runner.api.promote import promote
    from runner.api.replay import replay
    from runner.api.report import report
    from runner.api.resume import extend, resume
    from runner.api.train import train
    from runner.api.tune import tune
    from runner.errors import ConfigError, ExperimentFailed, Interrupted, Problem, RunnerError
    from runner.runs.run import Run

__version__ = "0.1.0"

__all__ = [
    "ConfigError", "ExperimentFailed", "Interrupted", "Problem", "Run", "RunnerError", "check", "compare", "compose",
    "confirm", "explain", "extend", "load", "plan", "promote", "replay", "report", "resume", "train", "tune",
]  # fmt: skip

_HOMES = {
    "extend": "runner.api.resume",
    "Run": "runner.runs.run",
    **dict.fromkeys(("ConfigError", "ExperimentFailed", "Interrupted", "Problem", "RunnerError"), "runner.errors"),
}
"""Where what has no module of its name in runner.api is defined."""


if not TYPE_CHECKING:  # for a type checker, it would make every name an Any

    def __getattr__(name: str) -> Any:
        """Import a name of the API when it is first asked for: Hydra, Ray and pandas take seconds."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        module = importlib.import_module(_HOMES.get(name, f"runner.api.{name}"))
        found = globals()[name] = getattr(module, name)
        return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
