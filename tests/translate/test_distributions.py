"""What Ray really samples, against what we say a distribution can give; and Ray's stopper beside ours."""

from typing import Any

import pytest

from runner.config.read_search_space import read_search_space
from runner.config.search_space import KINDS, Choice, Distribution
from runner.translate.distributions import to_ray, to_ray_domain
from tests.translate.test_plateau import REAL, plateau, play

pytestmark = pytest.mark.slow

SAMPLES = 200
ENDS = {
    "randint(1, 5)": [1, 2, 3, 4],
    "randint(-3, 0)": [-3, -2, -1],
    "qrandint(32, 128, 32)": [32, 64, 96],
    "qrandint(1, 4)": [1, 2, 3],
    "lograndint(1, 5)": [1, 2, 3, 4],
    "quniform(0, 1, 0.5)": [0.0, 0.5, 1.0],
    "choice(['a', 2, None])": ["a", 2, None],
}
"""Discrete distributions to values that must all turn up."""
SPELLINGS = [
    *ENDS,
    "uniform(0.1, 0.5)",
    "uniform(-2, 3)",
    "loguniform(1e-5, 1e-1)",
    "loguniform(1, 8, 2)",
    "qloguniform(0.5, 8.0, 0.5)",
    "quniform(0.0, 0.3, 0.1)",
    "quniform(-1.0, 1.0, 0.05)",
    "qlograndint(4, 64, 4)",
    "normal(1.0, 2.0)",
    "qnormal(0.0, 1.0, 0.5)",
    "grid([1, 'b'])",
]


def read(spelling: Any) -> Distribution:
    space, problems = read_search_space({"x": spelling})
    assert not problems
    found: Distribution = space.tree["x"]
    return found


@pytest.fixture(scope="module")
def sampled() -> dict[str, list[Any]]:
    """Values that Ray draws for each spelling. Importing ray.tune takes 2 s: once, here."""
    import numpy

    state = numpy.random.RandomState(0)
    drawn = {}
    for spelling in SPELLINGS:
        domain = to_ray_domain(read(spelling))
        if isinstance(domain, dict):
            drawn[spelling] = list(domain["grid_search"])
        else:
            drawn[spelling] = [domain.sample(random_state=state) for _ in range(SAMPLES)]
    return drawn


def plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def test_every_distribution_is_sampled() -> None:
    assert {read(spelling).name for spelling in SPELLINGS} == set(KINDS)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_all_that_ray_samples_is_contained_and_within_the_bounds(spelling: str, sampled: dict[str, list[Any]]) -> None:
    distribution = read(spelling)
    values = [plain(value) for value in sampled[spelling]]
    assert [value for value in values if not distribution.contains(value)] == []
    bounds = distribution.bounds()
    if bounds is None:
        assert distribution.values() is not None or distribution.name in {"normal", "qnormal"}
    else:
        assert bounds[0] <= min(values) or min(values) == pytest.approx(bounds[0])
        assert max(values) <= bounds[1] or max(values) == pytest.approx(bounds[1])


@pytest.mark.parametrize(("spelling", "expected"), ENDS.items())
def test_every_value_of_a_small_discrete_distribution_turns_up(
    spelling: str, expected: list[Any], sampled: dict[str, list[Any]]
) -> None:
    values = [plain(value) for value in sampled[spelling]]
    assert [value for value in expected if value not in values] == []


@pytest.mark.parametrize("spelling", ["uniform(0.1, 0.5)", "loguniform(1e-5, 1e-1)"])
def test_samples_spread_over_the_whole_range(spelling: str, sampled: dict[str, list[Any]]) -> None:
    low, high = read(spelling).bounds() or (0, 0)
    assert min(sampled[spelling]) < low * 1.5
    assert max(sampled[spelling]) > high / 1.5


def test_the_space_that_ray_gets_keeps_its_nesting_and_its_constants() -> None:
    space, _ = read_search_space({"model": {"depth": "choice([1, 2])", "width": 64}, "lr": "uniform(0, 1)"})
    given = to_ray(space)
    assert given["model"]["width"] == 64
    assert given["model"]["depth"].categories == [1, 2]
    assert (given["lr"].lower, given["lr"].upper) == (0, 1)
    assert isinstance(space.tree["model"]["depth"], Choice), "our own space stays as it is"


@pytest.mark.parametrize("curve", [REAL, [0.0] * 10, [0.3 + 0.002 * epoch for epoch in range(10)]])
def test_rays_stopper_ends_what_ours_does_not(curve: list[float]) -> None:
    """The reason for a stopper of our own: with the same options Ray's ends all three curves."""
    from ray.tune.stopper import TrialPlateauStopper

    theirs = TrialPlateauStopper("x", std=0.01, num_results=5, grace_period=5, mode=None)
    ended = [theirs("a", {"x": value, "training_iteration": n}) for n, value in enumerate(curve, start=1)]
    assert any(ended)
    assert play(plateau(), curve) is None
