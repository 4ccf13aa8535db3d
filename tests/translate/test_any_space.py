"""Whatever the space, every searcher proposes what is in it."""

import math
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from runner.config.conversion import conversion
from runner.config.points import nested
from runner.config.registry import SEARCHERS
from runner.config.search_space import KINDS, Choice, Distribution, Grid, SearchSpace
from runner.config.traits import SearcherTraits
from tests.translate.asking import OF_LIBRARIES, beginning_with, installed, over, plain, strangers, tell

pytestmark = [pytest.mark.slow, *OF_LIBRARIES]
ONE_DAY = settings(
    phases=[Phase.generate],
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    print_blob=False,
)
EXAMPLES = {"ax": 2, "bayesopt": 12}
PROPOSALS = {"ax": 4}
NARROWEST = {"ax": 1e-4, "bohb": 1e-3}
"""Width of a range: Ax refuses narrower ones before the start, BOHB rounds their values to 13 decimals."""
COUNTABLE = ("choice", "randint", "lograndint", "quniform", "qloguniform", "qrandint", "qlograndint")
"""A search may run out of their values."""


def reals(low: float = -1e6, high: float = 1e6) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_nan=False, allow_infinity=False)


WIDTHS = st.sampled_from([1e-9, 1e-6, 1e-3, 0.5, 1.0, 3.7, 1e3, 1e6, 1e12])
CATEGORIES = st.one_of(
    st.none(), st.booleans(), st.integers(-9, 9), reals(), st.text(max_size=5), st.lists(st.integers(0, 3), max_size=3),
    st.dictionaries(st.sampled_from("pq"), st.integers(0, 3), max_size=2),
)  # fmt: skip


@st.composite
def distributions(draw: Any, name: str) -> Distribution:
    """One of a kind that the reader of a search space would take."""
    kind = KINDS[name]
    if issubclass(kind, Choice):
        categories = draw(st.lists(CATEGORIES, min_size=1, max_size=4, unique_by=repr))
        return kind(tuple(categories))
    if name in {"normal", "qnormal"}:
        more = {"q": draw(st.sampled_from([1e-3, 0.25, 1.0]))} if name == "qnormal" else {}
        return kind(mean=draw(reals(-1e3, 1e3)), sd=draw(st.floats(1e-6, 1e3)), **more)
    whole, log, stepped = kind.integer, kind.log, name.startswith("q")
    if whole:
        q = draw(st.integers(1, 7)) if stepped else 1
        low = draw(st.integers(1 if log else -1000, 1000)) * q
        bounds = {"lower": low, "upper": low + q * draw(st.sampled_from([1, 1, 2, 5, 1000, 10**6]))}
    elif stepped:
        q = draw(st.sampled_from([1e-4, 0.1, 0.3, 1.0, 2.5]))
        low, steps = draw(st.integers(1 if log else -1000, 1000)), draw(st.sampled_from([1, 2, 5, 1000]))
        bounds = {"lower": round(low * q, 9), "upper": round((low + steps) * q, 9)}  # as people write them
    elif log:
        low = draw(st.sampled_from([1e-12, 1e-7, 1e-3, 1.0, 1e3]))
        bounds = {"lower": low, "upper": low * draw(st.sampled_from([1.001, 2.0, 1e3, 1e12]))}
    else:
        low = draw(reals())
        bounds = {"lower": low, "upper": low + draw(WIDTHS)}
    return kind(**bounds, **({"q": q} if stepped else {}))


@st.composite
def spaces(draw: Any, names: list[str]) -> SearchSpace:
    """Up to five parameters, some of them nested, and constants."""
    keys = draw(st.lists(st.sampled_from(["a", "b", "m.a", "m.n.b", "m.c"]), min_size=1, max_size=5, unique=True))
    kinds = {key: draw(st.sampled_from(names).flatmap(distributions)) for key in keys}
    constants = draw(st.dictionaries(st.sampled_from(["fixed", "m.fixed"]), st.one_of(st.none(), st.integers())))
    return SearchSpace(nested({**kinds, **constants}))


def width(kind: Distribution) -> float:
    bounds = kind.bounds()
    return math.inf if bounds is None else bounds[1] - bounds[0]


def taken(supported: frozenset[str], name: str) -> bool:
    """Whether a searcher takes a kind of distribution; any categories will do for a choice."""
    example = {"grid": Grid((1, 2)), "choice": Choice(("a", "b"))}
    bounds: Any = {"lower": 2, "upper": 4} | ({"q": 1} if name.startswith("q") else {})
    kind = example.get(name) or KINDS[name](**({} if "normal" in name else bounds))
    return conversion(kind, supported) is not None


def traits(searcher: str) -> SearcherTraits:
    return SEARCHERS.get(searcher).traits


@pytest.mark.parametrize("searcher", installed())
def test_every_proposal_is_in_the_space(searcher: str) -> None:
    """And points come first and unchanged, those that are known twice and those that are given."""
    supported = traits(searcher)
    names = [name for name in KINDS if taken(supported.supported, name)]
    made, random = plain(searcher), plain("random")

    @settings(ONE_DAY, max_examples=EXAMPLES.get(searcher, 40))
    @given(spaces(names))
    def ask(space: SearchSpace) -> None:
        assume(min(map(width, space.searched().values())) >= NARROWEST.get(searcher, 0))
        assert all(not list(kind.problems()) for kind in space.searched().values())
        drawn = over(random, space)
        points = [drawn.suggest(str(number)) for number in range(2)]
        search = over(beginning_with(made, points, known=supported.takes_results and supported.learns), space)
        for number in range(PROPOSALS.get(searcher, 6)):
            proposal = search.suggest(f"trial_{number}")
            if not isinstance(proposal, dict):
                assert all(kind.name in COUNTABLE for kind in space.searched().values()), proposal
                break
            assert number >= len(points) or proposal == points[number]
            assert strangers(proposal, space) == []
            tell(search, f"trial_{number}", math.sin(number))

    ask()
