"""What a trial takes where the experiment leaves it open."""

import pytest

from runner.translate.resources import resolve_resources
from tests.config.composing import experiment


@pytest.mark.parametrize(
    ("words", "available", "cpu", "gpu"),
    [
        ((), {"CPU": 2.0}, 1, 0),
        ((), {"CPU": 16.0, "GPU": 1.0}, 16, 1),
        ((), {"CPU": 16.0, "GPU": 4.0}, 4, 1),
        (("resources.gpu=0.5",), {"CPU": 16.0, "GPU": 1.0}, 8, 0.5),
        (("resources.gpu=0",), {"CPU": 16.0, "GPU": 1.0}, 1, 0),
        (("resources.cpu=3",), {"CPU": 16.0, "GPU": 1.0}, 3, 1),
        ((), {"CPU": 1.0, "GPU": 8.0}, 1, 1),
    ],
)
def test_open_resources_follow_from_the_machine(
    words: tuple[str, ...], available: dict[str, float], cpu: float, gpu: float
) -> None:
    base = ["experiment=null", "trainable=function", "trainable.import_path=a:b", "objective={metric: x, mode: max}"]
    settled, told = resolve_resources(experiment(*base, *words), available)
    assert (settled.resources.cpu, settled.resources.gpu) == (cpu, gpu)
    assert bool(told) is (gpu > 0 and "resources.gpu=0.5" not in words)
