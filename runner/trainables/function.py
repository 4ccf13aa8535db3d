"""Any Python function of the user's."""

import ast
import hashlib
import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from runner.config.experiment import Experiment
from runner.config.objective import Mode
from runner.config.registry import TRAINABLES
from runner.config.suggest import did_you_mean
from runner.config.trainable import Trial
from runner.errors import Problem


@TRAINABLES.register("function", elsewhere={"function": "say it as trainable.import_path=package.module:function"})
class Function:
    """Any Python function: called with the configuration, reports by ray.tune.report or by its return value.

    Args:
        import_path: package.module:function, found from the folder in which the command is typed.
        metrics: names that it reports, or {name: max|min}; given, the objective is checked before the start.
        reuse_workers: trials share worker processes: ten times faster for short functions without global state.
    """

    def __init__(
        self,
        *,
        import_path: str,
        metrics: list[str] | dict[str, Mode | None] | None = None,
        reuse_workers: bool = False,
    ) -> None:
        self.import_path = import_path
        self.reuse_workers = reuse_workers
        self._metrics = dict.fromkeys(metrics) if isinstance(metrics, list) else metrics

    @property
    def keeps_weights(self) -> bool:
        """Never: what a function saves lies in its checkpoints alone."""
        return False

    @property
    def keep_best(self) -> int | None:
        """All: what a function saves is its own affair."""
        return None

    @property
    def fixes_in(self) -> None:
        """A function is called with the configuration alone."""

    def metrics(self) -> Mapping[str, Mode | None] | None:
        return self._metrics

    def intervals(self) -> Mapping[str, int]:
        return {}

    def default_metric(self) -> str | None:
        """The only metric, where there is one."""
        return next(iter(self._metrics)) if self._metrics is not None and len(self._metrics) == 1 else None

    def defaults(self) -> None:
        """A function is called with the configuration alone: it has no defaults that could be read."""

    def fingerprint(self, project: Path) -> Mapping[str, str]:
        """The file of its module."""
        source = _find_source(self.import_path.partition(":")[0], project)
        return {"code": f"sha256:{hashlib.sha256(source.read_bytes()).hexdigest()}"} if source else {}

    def check(self, experiment: Experiment) -> Iterable[Problem]:  # noqa: ARG002
        module, colon, name = self.import_path.partition(":")
        parts = [*module.split("."), name]
        if not colon or not all(part.isidentifier() for part in parts):
            remedy = "write trainable.import_path=package.module:function"
            yield Problem("import-path", "trainable.import_path", f"{self.import_path!r} names no function", remedy)

    def check_machine(self, experiment: Experiment, project: Path) -> Iterable[Problem]:  # noqa: ARG002
        """The module is found and defines the function; it is read, not run: imports may be slow."""
        module, _, name = self.import_path.partition(":")
        source = _find_source(module, project)
        where = "trainable.import_path"
        if source is None:
            remedy = f"type the command in the folder that holds {module.split('.')[0]}, or install it"
            yield Problem("import-path", where, f"there is no module {module}", remedy)
        elif source.suffix == ".py":
            try:
                names = set(_defined(ast.parse(source.read_bytes(), filename=str(source))))
            except SyntaxError as error:
                line = f", line {error.lineno}" if error.lineno else ""
                yield Problem("import-path", where, f"{source}{line}: {error.msg}", "correct that file")
                return
            if name not in names and "*" not in names:
                yield Problem("import-path", where, f"{module} has no function {name}", did_you_mean(name, names))

    def disk_bytes(self, experiment: Experiment, project: Path) -> None:
        """Only the function knows what it saves."""

    def prepare(self, experiment: Experiment, run_folder: Path, project: Path) -> None:
        """Nothing to prepare."""

    def environment(self, run_folder: Path) -> Mapping[str, str]:  # noqa: ARG002
        return {}

    def accept(self, checkpoint: Path) -> None:
        """Only the function knows what it has saved."""

    def train(self, config: dict[str, Any], trial: Trial) -> Mapping[str, Any] | None:
        module, _, name = self.import_path.partition(":")
        returned = getattr(importlib.import_module(module), name)(config)
        if returned is None or isinstance(returned, Mapping):
            return returned
        # A number, numpy's among them, is the objective.
        number = returned.item() if hasattr(returned, "item") else returned
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise TypeError(f"{self.import_path} returned {returned!r}: return a number or a dictionary of metrics")
        return {trial.objective.targets[0].metric: float(number)}

    @property
    def ending_seconds(self) -> float:
        """For the function's own `finally`."""
        return 10.0

    def dashboard_name(self, metric: str) -> str:
        return metric

    def artifacts(self, folder: Path) -> Sequence[Path]:  # noqa: ARG002
        """None: what a function writes, and where, is its own."""
        return ()

    def lacks_artifacts(self, folder: Path, place: int | None) -> bool:  # noqa: ARG002
        return False

    def finish(self, ranked: Sequence[Path], run_folder: Path, project: Path, tell: Callable[[str], None]) -> None:
        """Nothing to finish."""


def _find_source(module: str, project: Path) -> Path | None:
    """The file of a module, looked up without running it or its packages."""
    relative = Path(*module.split("."))
    for folder in dict.fromkeys([str(project), *sys.path]):
        for candidate in (relative.with_suffix(".py"), relative / "__init__.py"):
            if (Path(folder or ".") / candidate).is_file():
                return Path(folder or ".") / candidate
    spec = importlib.util.find_spec(module.split(".", maxsplit=1)[0])
    locations = list(spec.submodule_search_locations or []) if spec else []
    below = Path(*module.split(".")[1:]) if "." in module else Path("__init__")
    for location in locations:
        for candidate in (below.with_suffix(".py"), below / "__init__.py"):
            if (Path(location) / candidate).is_file():
                return Path(location) / candidate
    return Path(spec.origin) if spec and spec.origin and "." not in module else None


def _defined(tree: ast.AST) -> Iterator[str]:
    """Names bound at a module's top level, in its `if` and `try` blocks too; "*" where it imports all of another."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((alias.asname or alias.name) for alias in node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        else:
            yield from _defined(node)
