"""Spaces in which parameters depend on others, through the searchers that take them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from runner.config.experiment import Experiment
from runner.config.points import EvaluatedPoint, fits, flat, nested
from runner.config.read_search_space import read_search_space
from runner.config.registry import SEARCHERS
from runner.config.search_space import Distribution, SearchSpace
from runner.translate.search.build import translated_search
from tests.config.composing import experiment

pytestmark = pytest.mark.slow
FEW = {"optuna": "searcher.sampler_args={n_startup_trials: 4}", "hyperopt": "searcher.n_initial_points=4"}
"""Trials before a searcher learns."""
TAKE_CONDITIONS = [name for name in SEARCHERS.names() if SEARCHERS.get(name).traits.conditions]


def test_these_are_the_searchers_that_take_conditions() -> None:
    assert TAKE_CONDITIONS == ["hyperopt", "optuna", "random"]


LISTED = st.sampled_from(
    [("a", "b"), ("a", "b", "c"), (1, 2, 3), (True, False), (None, 1, True), ((1, 2), "x"), (0.5,)]
)
DISCRETE: st.SearchStrategy[dict[str, Any]] = st.one_of(
    LISTED.map(lambda values: {"distribution": "choice", "categories": list(values)}),
    st.sampled_from([
        {"distribution": "randint", "lower": -2, "upper": 3},
        {"distribution": "qrandint", "lower": 2, "upper": 8, "q": 2},
        {"distribution": "lograndint", "lower": 1, "upper": 5},
    ]),
)  # fmt: skip
CONTINUOUS: st.SearchStrategy[dict[str, Any]] = st.sampled_from([
    {"distribution": "uniform", "lower": -1.0, "upper": 1.0},
    {"distribution": "loguniform", "lower": 1e-4, "upper": 0.1},
    {"distribution": "quniform", "lower": 0.0, "upper": 1.0, "q": 0.25},
])  # fmt: skip
NAMES = ("a", "b", "m.c", "m.d", "e", "m.n.f", "g")


def possible(node: dict[str, Any]) -> list[Any]:
    """The values of a discrete distribution."""
    if "categories" in node:
        return list(node["categories"])
    last = node["upper"] + (1 if "q" in node else 0)
    return list(range(node["lower"], last, node.get("q", 1)))


@st.composite
def spaces(draw: st.DrawFn) -> SearchSpace:
    """Up to seven parameters, flat and nested, in any order; each may depend on one or two others."""
    nodes: dict[str, dict[str, Any]] = {}
    for name in NAMES[: draw(st.integers(2, len(NAMES)))]:
        parents = [key for key, node in nodes.items() if "categories" in node or "int" in node["distribution"]]
        asked = draw(st.lists(st.sampled_from(parents), max_size=2, unique=True)) if parents else []
        when = {
            key: draw(st.lists(st.sampled_from(possible(nodes[key])), min_size=1, max_size=2, unique_by=repr))
            for key in asked
        }
        nodes[name] = {**draw(DISCRETE | CONTINUOUS if nodes else DISCRETE), **({"when": when} if when else {})}
    shuffled = {key: nodes[key] for key in draw(st.permutations(list(nodes)))}
    space, problems = read_search_space(nested(shuffled))
    assume(not problems)  # two conditions may exclude each other
    return space


def given_point(draw: st.DrawFn, space: SearchSpace) -> dict[str, Any]:
    """A whole flat point of the space."""
    point: dict[str, Any] = {}
    for key, kind in space.parents_first().items():
        if space.active(key, point):
            point[key] = draw(value_of(kind))
    return point


def value_of(kind: Distribution) -> st.SearchStrategy[Any]:
    values, bounds, step = kind.values(), kind.bounds(), kind.arguments().get("q")
    if values is not None:
        return st.sampled_from(values)
    assert bounds is not None
    if step is not None:
        steps = st.integers(round(bounds[0] / step), round(bounds[1] / step))
        return steps.map(lambda number: number * step)
    return st.integers(*map(int, bounds)) if getattr(kind, "integer", False) else st.floats(*bounds)


def with_space(
    made: Experiment, space: SearchSpace, points: Sequence[dict[str, Any]] = (), known: Sequence[dict[str, Any]] = ()
) -> Experiment:
    options = {
        **made.searcher.options,
        "points_to_evaluate": [nested(point) for point in points],
        "evaluated_points": [EvaluatedPoint(point=nested(point), objective=3.0) for point in known],
    }
    return replace(made, search_space=space, searcher=replace(made.searcher, options=options))


@pytest.mark.filterwarnings("ignore:Choices for a categorical distribution")
@pytest.mark.parametrize("searcher", TAKE_CONDITIONS)
def test_every_proposal_has_the_keys_that_are_there_with_values_of_their_distributions(searcher: str) -> None:
    """In any space: the points first and unchanged, then what is drawn, before and after the searcher has learned."""
    base = experiment("experiment=digits", f"searcher={searcher}", *([FEW[searcher]] if searcher in FEW else []))
    objectives = iter(range(10**6))

    @settings(max_examples=25, deadline=None, derandomize=True, database=None)
    @given(st.data())
    def check(data: st.DataObject) -> None:
        space = data.draw(spaces())
        points = [given_point(data.draw, space) for _ in range(2)]
        known = [given_point(data.draw, space)] if searcher in FEW else []
        search = translated_search(with_space(base, space, points, known))
        search.set_search_properties(None, None, {})
        for number in range(10):
            proposal = search.suggest(str(number))
            assert isinstance(proposal, dict)
            found = flat(proposal, space)
            assert fits(found, space), (found, space)
            if number < 2:
                assert (found, [type(v) for v in found.values()]) == (
                    point := points[number], [type(point[key]) for key in found],
                )  # fmt: skip
            search.on_trial_complete(
                str(number), {"objective": float(next(objectives) * 7 % 11), "training_iteration": 1}
            )

    check()


def drawn_alone(monkeypatch: pytest.MonkeyPatch, *words: str) -> set[str]:
    """Parameters that Optuna draws independently of the others once it has learned."""
    from optuna.samplers import TPESampler

    alone: list[str] = []
    draw = TPESampler.sample_independent

    def recorded(self: Any, study: Any, trial: Any, name: str, distribution: Any) -> Any:
        alone.append(name)
        return draw(self, study, trial, name, distribution)

    space, _ = read_search_space({
        "kind": "choice(['a', 'b'])", "x": "uniform(0, 1)", "y": "uniform(0, 1, when={'kind': 'a'})",
        "z": "randint(0, 9, when={'kind': 'a'})",
    })  # fmt: skip
    search = translated_search(with_space(experiment("experiment=digits", *words), space))
    search.set_search_properties(None, None, {})
    with monkeypatch.context() as patched:
        patched.setattr(TPESampler, "sample_independent", recorded)
        for number in range(20):
            if number == 12:
                alone.clear()
            search.suggest(str(number))
            search.on_trial_complete(str(number), {"objective": float(number * 7 % 11), "training_iteration": 1})
    return set(alone)


def test_tpe_draws_parameters_with_a_condition_together_with_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    assert drawn_alone(monkeypatch, FEW["optuna"]) == set()
    ungrouped = "searcher.sampler_args={n_startup_trials: 4, group: false}"
    assert drawn_alone(monkeypatch, ungrouped) >= {"y", "z"}


def test_a_grid_has_each_of_its_values_and_brings_what_depends_on_it() -> None:
    space, _ = read_search_space({"kind": "grid(['a', 'b'])", "x": "uniform(0, 1, when={'kind': 'a'})"})
    made = with_space(experiment("experiment=digits", "searcher=random", "budget.num_samples=2"), space)
    search = translated_search(made)
    search.set_search_properties(None, None, {})
    asked = [search.suggest(str(number)) for number in range(5)]
    assert [set(one) for one in asked[:4]] == [{"kind", "x"}, {"kind"}] * 2
    assert asked[4] == "FINISHED"
