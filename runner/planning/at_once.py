"""How many trials run at once, and what sets that."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from runner.config.experiment import Experiment
from runner.runs.wording import number, plural
from runner.translate.resources import resolve_resources
from runner.translate.tuning import trials_expected


@dataclass(frozen=True)
class Limit:
    """One of the things that set it: `trials` at most, because of what `why` says."""

    trials: int
    why: str


@dataclass(frozen=True)
class AtOnce:
    """Trials at once, the smallest of `limits`; on a cluster only the limits that are known beforehand count.

    Attributes:
        exact: whether it is known; a cluster's CPUs and GPUs are not.
        cpu, gpu: what one trial takes.
    """

    trials: int
    exact: bool
    cpu: float | None
    gpu: float | None
    limits: tuple[Limit, ...]


def at_once(experiment: Experiment) -> AtOnce:
    """After the CPUs and GPUs of this machine, where Ray is a local one."""
    exact = experiment.ray.name == "local"
    limits = list(_limits(experiment))
    if exact:
        available = available_here(experiment)
        experiment, _ = resolve_resources(experiment, available)
        limits += _machine(experiment, available)
    limits.sort(key=lambda limit: limit.trials)
    resources = experiment.resources
    return AtOnce(limits[0].trials, exact, resources.cpu, resources.gpu, tuple(limits))


def available_here(experiment: Experiment) -> dict[str, float]:
    """The CPUs and GPUs that a local Ray would have."""
    from runner.translate.internals.detected_resources import detected_resources

    options = experiment.ray.options
    return detected_resources(options["num_cpus"], options["num_gpus"])


def _limits(experiment: Experiment) -> Iterator[Limit]:
    most = experiment.budget.max_concurrent
    if most is not None:
        yield Limit(most, f"budget.max_concurrent={most}")
    trials = trials_expected(experiment)
    yield Limit(trials, "the number of trials")


def _machine(experiment: Experiment, available: dict[str, float]) -> Iterator[Limit]:
    """A share of a GPU lies on one of them; CPUs are counted together, and are shared out after the GPUs."""
    cpu, gpu = experiment.resources.cpu or 1.0, experiment.resources.gpu or 0.0
    if gpu:
        gpus = available["GPU"]
        share = gpus * math.floor(1 / gpu + 1e-9) if gpu < 1 else gpus / gpu
        yield Limit(math.floor(share), f"{plural(int(gpus), 'GPU')} ({number(gpu)} a trial)")
    yield Limit(math.floor(available["CPU"] / cpu), f"{plural(int(available['CPU']), 'CPU')} ({number(cpu)} a trial)")
