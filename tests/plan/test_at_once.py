"""How many trials run at once, and why."""

import pytest

from runner.config.experiment import Experiment
from runner.planning.at_once import at_once
from tests.config.composing import experiment

pytestmark = pytest.mark.slow
SHAPES = ("experiment=shapes", "budget.num_samples=20")
MACHINE = ("ray.num_cpus=16", "ray.num_gpus=2")


@pytest.mark.parametrize(
    ("words", "trials", "why"),
    [
        (("ray.num_cpus=6", "ray.num_gpus=0"), 6, "6 CPUs (1 a trial)"),
        (("ray.num_cpus=6", "ray.num_gpus=0", "resources.cpu=4"), 1, "6 CPUs (4 a trial)"),
        (MACHINE, 2, "2 GPUs (1 a trial)"),
        ((*MACHINE, "resources.gpu=0.4"), 4, "2 GPUs (0.4 a trial)"),
        ((*MACHINE, "resources.gpu=0.1", "resources.cpu=1"), 16, "16 CPUs (1 a trial)"),
        ((*MACHINE, "resources.gpu=2"), 1, "2 GPUs (2 a trial)"),
        ((*MACHINE, "budget.max_concurrent=1"), 1, "budget.max_concurrent=1"),
        ((*MACHINE, "resources.gpu=0.2", "resources.cpu=1", "budget.num_samples=3"), 3, "the number of trials"),
        (("ray.num_cpus=6", "ray.num_gpus=0", "resources.gpu=1"), 0, "0 GPUs (1 a trial)"),
    ],
)
def test_the_least_of_all_limits_counts(words: tuple[str, ...], trials: int, why: str) -> None:
    found = at_once(experiment(*SHAPES, *words))
    assert (found.trials, found.exact, found.limits[0].why) == (trials, True, why)


def test_a_cluster_is_not_asked() -> None:
    made: Experiment = experiment(*SHAPES, "ray=cluster", "budget.max_concurrent=8")
    found = at_once(made)
    assert (found.trials, found.exact) == (8, False)


def test_what_is_detected_is_what_ray_would_have() -> None:
    import os

    from runner.translate.internals.detected_resources import detected_resources

    found = detected_resources(None, None)
    assert 1 <= found["CPU"] <= (os.cpu_count() or 1)
    assert detected_resources(3, 1) == {"CPU": 3.0, "GPU": 1.0}
