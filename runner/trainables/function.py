"""Any Python function of the user's."""

import hashlib
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from runner.config.experiment import SEED, Experiment
from runner.config.import_path import find_source, load, malformed, undefined
from runner.config.mutations import mutations
from runner.config.objective import Mode
from runner.config.registry import TRAINABLES
from runner.config.signature import accepts, by_name, mismatches, written
from runner.config.trainable import Trial
from runner.errors import ConfigError, Problem
from runner.generators import begin

PICKLE = "function.pkl"
"""In the run folder: a function that has no module."""


@TRAINABLES.register("function", redirects={"function": "say it as trainable.import_path=package.module:function"})
class Function:
    """Any Python function: reports by ray.tune.report or by its return value.

    It is called with the configuration as one dictionary, `def train(config)`, or with each parameter by its name,
    `def train(lr, momentum=0.9)`.

    The generators of Python, numpy and torch are seeded before the first call of a trial: with the parameter `seed`
    where the configuration has one, else with the trial's seed (see trial_seeds). A trial that goes on from a
    checkpoint of its own continues with their state at that report; one that goes on from another trial's checkpoint
    gets a new stream.

    Args:
        import_path: package.module:function, found from the folder in which the command is typed.
        metrics: names that it reports, or {name: max|min}; given, the objective is checked before the start.
        reuse_workers: trials share worker processes: ten times faster for short functions without global state.
        checkpoint_every: reports from one checkpoint to the next, where it saves any and goes on from them
            (ray.tune.report(metrics, checkpoint=...), ray.tune.get_checkpoint()); schedulers that pause trials ask.
        pickle: the digest of function.pkl in the run folder, which holds the function in place of a module:
            runner.tune(function) sets it for a function of a notebook. import_path says then what it was.
    """

    def __init__(
        self,
        *,
        import_path: str,
        metrics: list[str] | dict[str, Mode | None] | None = None,
        reuse_workers: bool = False,
        checkpoint_every: Annotated[int, Field(ge=1)] | None = None,
        pickle: str | None = None,
    ) -> None:
        self.import_path = import_path
        self.pickle = pickle
        self.reuse_workers = reuse_workers
        self.checkpoint_every = checkpoint_every
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

    def reports_with(self, metric: str) -> None:
        """Only the function knows."""

    def default_metric(self) -> str | None:
        """The only metric, where there is one."""
        return next(iter(self._metrics)) if self._metrics is not None and len(self._metrics) == 1 else None

    def defaults(self) -> None:
        """A function is called with the configuration alone: it has no defaults that could be read."""

    def fixed_at_start(self) -> Mapping[str, str]:
        """None: a function is called with the whole configuration each time."""
        return {}

    def early_end(self, config: Mapping[str, Any]) -> tuple[str, str]:  # noqa: ARG002
        """It returned."""
        return "end", "the function returned"

    def settings(self, experiment: Experiment) -> Mapping[str, Any]:
        """Function, length and seed: the constants are in the configuration."""
        own = {"import_path": self.import_path, "max_epochs": experiment.budget.max_epochs, "seed": experiment.seed}
        return {key: value for key, value in own.items() if value is not None}

    def retraining(
        self,
        parameters: Mapping[str, Any],
        folder: Path,  # noqa: ARG002
        project: Path,  # noqa: ARG002
    ) -> tuple[str, Mapping[str, Any]]:
        """A call with the configuration."""
        return f"the configuration with which {self.import_path} was called", parameters

    def fingerprint(self, project: Path) -> Mapping[str, str]:
        """The file of its module, or the function itself."""
        if self.pickle is not None:
            return {"code": self.pickle}
        source = find_source(self.import_path.partition(":")[0], project)
        return {"code": f"sha256:{hashlib.sha256(source.read_bytes()).hexdigest()}"} if source else {}

    def check(self, experiment: Experiment) -> Iterable[Problem]:  # noqa: ARG002
        return () if self.pickle is not None else malformed(self.import_path, "trainable.import_path")

    def check_machine(self, experiment: Experiment, project: Path) -> Iterable[Problem]:
        """The module is found, and defines a function that takes what the search space gives."""
        if self.pickle is not None:
            return []
        where = "trainable.import_path"
        problems = list(undefined(self.import_path, where, project))
        module, _, name = self.import_path.partition(":")
        source = find_source(module, project)
        signature = written(source, name) if source and source.suffix == ".py" and not problems else None
        if signature is not None:
            space = experiment.search_space
            changed, _ = mutations(experiment)
            keys = dict.fromkeys([*(path[0] for path in space.leaves()), *(key.partition(".")[0] for key in changed)])
            sometimes = {key.partition(".")[0] for key in space.conditions}
            problems += mismatches(signature, self.import_path, where, keys, sometimes)
        return problems

    def disk_bytes(self, experiment: Experiment, project: Path) -> None:
        """Only the function knows what it saves."""

    def prepare(self, experiment: Experiment, run_folder: Path, project: Path) -> None:  # noqa: ARG002
        """A function that has no module is in the run folder. Raises ConfigError where it is not."""
        file = run_folder / PICKLE
        if self.pickle is not None and not (file.is_file() and digest(file.read_bytes()) == self.pickle):
            message = f"{self.import_path} was given to runner.tune, and {file} does not hold it"
            remedy = "put it into a module, and type trainable.import_path=module:function trainable.pickle=null"
            raise ConfigError([Problem("function-pickle", "trainable.pickle", message, remedy)])

    def environment(self, run_folder: Path) -> Mapping[str, str]:  # noqa: ARG002
        return {}

    def accept(self, checkpoint: Path) -> None:
        """Only the function knows what it has saved."""

    def train(self, config: dict[str, Any], trial: Trial) -> Mapping[str, Any] | None:
        function = load(self.import_path) if self.pickle is None else _unpickled(trial.run_folder / PICKLE)
        own = config.get(SEED)
        begin(own if isinstance(own, int) else trial.seed, trial.name, trial.checkpoint)
        returned = _call(function, config)
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


def digest(content: bytes) -> str:
    """Of a pickled function."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _unpickled(file: Path) -> Callable[..., Any]:
    from ray import cloudpickle

    function: Callable[..., Any] = cloudpickle.loads(file.read_bytes())
    return function


def _call(function: Callable[..., Any], config: dict[str, Any]) -> Any:
    """Call with the configuration as the function takes it; the error of `config.key` says what to write."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # of a function that is written in C
        signature = inspect.signature(lambda config: config)
    try:
        if not by_name(signature, config):
            return function(config)
        # A seed is put into the generators as well: a function need not take it.
        return function(**{key: value for key, value in config.items() if key != SEED or accepts(signature, key)})
    except AttributeError as error:
        if isinstance(error.obj, dict) and error.name in error.obj:
            message = f"the configuration is a dictionary: write ['{error.name}'] instead of .{error.name}"
            raise AttributeError(message) from error
        raise
