"""The grammar of the search space: distributions in both spellings, constants, and what is refused."""

from pathlib import Path
from typing import Any

import pytest

from runner.config.read_search_space import read_search_space
from runner.config.search_space import KINDS, Distribution, call_to_mapping, is_call
from runner.errors import Problem

BOTH_SPELLINGS = [
    ("uniform(0.1, 0.5)", {"distribution": "uniform", "lower": 0.1, "upper": 0.5}),
    ("quniform(0.0, 1.0, 0.25)", {"distribution": "quniform", "lower": 0.0, "upper": 1.0, "q": 0.25}),
    ("loguniform(1e-5, 1e-1)", {"distribution": "loguniform", "lower": 1e-5, "upper": 1e-1}),
    ("loguniform(1, 8, 2)", {"distribution": "loguniform", "lower": 1, "upper": 8, "base": 2}),
    ("qloguniform(0.5, 8.0, 0.5)", {"distribution": "qloguniform", "lower": 0.5, "upper": 8.0, "q": 0.5}),
    ("randint(1, 9)", {"distribution": "randint", "lower": 1, "upper": 9}),
    ("qrandint(32, 640, 32)", {"distribution": "qrandint", "lower": 32, "upper": 640, "q": 32}),
    ("qrandint(1, 9)", {"distribution": "qrandint", "lower": 1, "upper": 9}),
    ("lograndint(1, 100)", {"distribution": "lograndint", "lower": 1, "upper": 100}),
    ("qlograndint(4, 64, 4)", {"distribution": "qlograndint", "lower": 4, "upper": 64, "q": 4}),
    ("normal(1.0, 2.0)", {"distribution": "normal", "mean": 1.0, "sd": 2.0}),
    ("normal()", {"distribution": "normal"}),
    ("qnormal(0.0, 1.0, 0.5)", {"distribution": "qnormal", "mean": 0.0, "sd": 1.0, "q": 0.5}),
    ("choice(['SGD', 'AdamW'])", {"distribution": "choice", "categories": ["SGD", "AdamW"]}),
    ("choice([None, True, 3, 0.5, [1, 2]])", {"distribution": "choice", "categories": [None, True, 3, 0.5, [1, 2]]}),
    ("grid([1, 2])", {"distribution": "grid", "values": [1, 2]}),
]
RAYS_NAMES = {"randn": "normal", "qrandn": "qnormal", "grid_search": "grid"}


def read_one(value: Any) -> Distribution:
    space, problems = read_search_space({"x": value})
    assert not problems, "\n".join(map(str, problems))
    distribution = space.tree["x"]
    assert isinstance(distribution, Distribution)
    return distribution


def problems_of(value: Any) -> list[Problem]:
    return read_search_space({"x": value})[1]


def only(value: Any) -> Problem:
    found = problems_of(value)
    assert len(found) == 1, "\n".join(map(str, found)) or f"{value!r} was accepted"
    assert found[0].rule
    assert found[0].fatal
    assert found[0].remedy or "did you mean" in found[0].message or "known: " in found[0].message
    return found[0]


@pytest.mark.parametrize(("call", "mapping"), BOTH_SPELLINGS)
def test_a_call_and_a_mapping_are_the_same(call: str, mapping: dict[str, Any]) -> None:
    assert read_one(call) == read_one(mapping) == read_one(f"tune.{call}") == read_one(f" ray.tune.{call} ")
    assert read_one(call).name == mapping["distribution"]


def test_every_distribution_is_in_the_table_of_spellings() -> None:
    assert {mapping["distribution"] for _, mapping in BOTH_SPELLINGS} == set(KINDS)


@pytest.mark.parametrize(("call", "mapping"), [row for row in BOTH_SPELLINGS if row[1]["distribution"] != "choice"])
def test_arguments_may_be_named_in_a_call(call: str, mapping: dict[str, Any]) -> None:
    arguments = ", ".join(f"{key}={value!r}" for key, value in mapping.items() if key != "distribution")
    assert read_one(f"{mapping['distribution']}({arguments})") == read_one(call)


@pytest.mark.parametrize(("rays", "ours"), RAYS_NAMES.items())
def test_rays_own_names_are_read(rays: str, ours: str) -> None:
    arguments = "([1, 2])" if ours == "grid" else "()"
    assert read_one(f"{rays}{arguments}") == read_one(f"tune.{rays}{arguments}") == read_one(f"{ours}{arguments}")
    options = {"values": [1, 2]} if ours == "grid" else {}
    assert read_one({"distribution": rays, **options}) == read_one({"distribution": ours, **options})


@pytest.mark.parametrize("kind", ["choice", "grid"])
def test_listed_values_are_called_categories_or_values(kind: str) -> None:
    assert read_one({"distribution": kind, "categories": [1, 2]}) == read_one({"distribution": kind, "values": [1, 2]})


def test_a_nested_mapping_gives_nested_keys() -> None:
    space, problems = read_search_space({"model": {"depth": "randint(1, 5)", "head": {"drop": 0.1}}, "lr": 0.01})
    assert not problems
    assert list(space.searched()) == ["model.depth"]
    assert space.constants() == {"model.head.drop": 0.1, "lr": 0.01}
    assert list(space.leaves()) == [("model", "depth"), ("model", "head", "drop"), ("lr",)]


@pytest.mark.parametrize(
    "constant", [640, 0.5, True, None, "SGD", "a b", "uniform", "a, b", [1, 2], [], "yolo (small).pt", "f()x", "é"]
)
def test_anything_else_is_a_constant(constant: Any) -> None:
    space, problems = read_search_space({"x": constant})
    assert not problems
    assert space.constants() == {"x": constant}


@pytest.mark.parametrize(
    "call",
    [
        "choice([open('evil', 'w'), 1])",
        "choice([__import__('pathlib').Path('evil').touch()])",
        "uniform(lower, 1)",
        "uniform(0, 1 if True else 2)",
        "uniform(0, max(1, 2))",
        "uniform(*[0, 1])",
        "uniform(**{'lower': 0, 'upper': 1})",
        "uniform(0)(0, 1)",
        "uniform(0, 1) if True else (0, 1)",
        "choice([SGD, AdamW])",
        "choice([x for x in 'ab'])",
        "loguniform(1e-5, tune.upper)",
        "uniform(0, 1,,)",
    ],
)
def test_only_literals_are_read_and_nothing_is_evaluated(
    call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    problem = only(call)
    assert problem.where == "search_space.x"
    assert "not plain values" in problem.message
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [("unifrom", "uniform"), ("log_uniform", "loguniform"), ("grid_serch", "grid_search"), ("choise", "choice")],
)
def test_a_wrong_name_gets_the_nearest_one(wrong: str, meant: str) -> None:
    for spelling in (f"{wrong}(1, 2)", {"distribution": wrong, "lower": 1, "upper": 2}):
        problem = only(spelling)
        assert f"unknown distribution {wrong}" in problem.message
        assert meant in problem.message.partition("did you mean")[2]


def test_a_name_that_is_near_to_none_gets_the_list() -> None:
    assert all(kind in only("sin(1)").message for kind in KINDS)


@pytest.mark.parametrize(
    ("spelling", "rule", "where", "says"),
    [
        ("uniform(1, 1)", "space-range", "x", "the range is empty"),
        ("uniform(2, 1)", "space-range", "x", "the range is empty"),
        ("randint(3, 3)", "space-range", "x", "the range is empty"),
        ("loguniform(0, 1)", "space-range", "x", "lower above 0"),
        ("lograndint(0, 8)", "space-range", "x", "lower above 0"),
        ("loguniform(1, 2, 1)", "space-range", "x", "base=1 is not above 1"),
        ("quniform(0, 1, 0.3)", "space-range", "x", "upper=1 is not a multiple of q=0.3"),
        ("qrandint(2, 20, 4)", "space-range", "x", "lower=2 is not a multiple of q=4"),
        ("quniform(0, 1, 0)", "space-range", "x", "q=0 is not above 0"),
        ("qrandint(0, 10, 2.5)", "space-range", "x", "q=2.5 is not a whole number"),
        ("randint(0.5, 3)", "space-range", "x", "lower=0.5 is not a whole number"),
        ("uniform(0, 1e999)", "space-range", "x", "upper=inf is not a finite number"),
        ("uniform('a', 1)", "space-range", "x", "lower='a' is not a finite number"),
        ("uniform(True, 2)", "space-range", "x", "lower=True is not a finite number"),
        ({"distribution": "uniform", "lower": float("nan"), "upper": 1}, "space-range", "x", "not a finite number"),
        ({"distribution": "loguniform", "lower": "1e-5", "upper": 1}, "space-range", "x", "not a finite number"),
        ("normal(0, 0)", "space-range", "x", "sd=0 is not above 0"),
        ("qnormal(0, 1, -1)", "space-range", "x", "q=-1 is not above 0"),
        ("choice([])", "space-range", "x", "at least one value"),
        ("choice('SGD')", "space-range", "x", "a list"),
        ("uniform(1)", "space-argument", "x", "uniform needs upper"),
        ("uniform()", "space-argument", "x", "uniform needs lower, upper"),
        ("quniform(0, 1)", "space-argument", "x", "quniform needs q"),
        ("uniform(0, 1, 2)", "space-distribution", "x", "uniform takes lower, upper"),
        ("choice(1, 2)", "space-distribution", "x", "choice(1, 2) is a sweep of Hydra's"),
        ("choice([1], [2])", "space-distribution", "x", "choice takes categories"),
        ("uniform(0, lower=1)", "space-distribution", "x", "lower given twice"),
        ("uniform(lower=0, lower=0, upper=1)", "space-distribution", "x", "lower given twice"),
        ("choice(categories=[1], values=[2])", "space-distribution", "x", "categories given twice"),
        ({"distribution": "choice", "categories": [1], "values": [2]}, "space-argument", "x.values", "same as"),
        ("uniform(0, 1", "space-distribution", "x", "does not end with its bracket"),
        ("tune.choice([1, 2]) or 3", "space-distribution", "x", "does not end with its bracket"),
        ("uniform(0, 1, q=1)", "unknown-key", "x.q", "uniform takes lower, upper"),
        ({"distribution": "uniform", "lower": 0, "upper": 1, "q": 1}, "unknown-key", "x.q", "takes lower, upper"),
        ({"distribution": None}, "space-distribution", "x.distribution", "unknown distribution None"),
        ({"lower": 0, "upper": 1}, "space-distribution", "x", "has lower, upper but no distribution"),
        ({1: 2}, "space-key", "x.1", "is not text"),
    ],
)
def test_what_cannot_work_is_one_problem_with_its_place(spelling: Any, rule: str, where: str, says: str) -> None:
    problem = only(spelling)
    assert (problem.rule, problem.where) == (rule, f"search_space.{where}")
    assert says in problem.message


def test_a_problem_of_a_range_says_what_was_read_and_which_key_to_change() -> None:
    problem = only("loguniform(1e-3, -1)")
    assert "loguniform(0.001, -1)" in problem.remedy
    assert "search_space.x.upper=" in problem.remedy


def test_a_misspelt_argument_is_told_with_the_one_that_lacks() -> None:
    found = problems_of({"distribution": "uniform", "lower": 0, "uper": 1})
    assert [(problem.where, problem.rule) for problem in found] == [
        ("search_space.x.uper", "unknown-key"),
        ("search_space.x", "space-argument"),
    ]
    assert found[0].remedy == "did you mean upper?"


def test_every_problem_is_told_at_once() -> None:
    _, found = read_search_space(
        {"a": "uniform(2, 1)", "b": "unifrom(0, 1)", "c": {"d": "loguniform(-1, 1)", "e": "choice([])"}, "f": 1}
    )
    assert [problem.where for problem in found] == [f"search_space.{key}" for key in ("a", "b", "c.d", "c.e")]


def test_two_faults_of_one_range_are_two_problems() -> None:
    assert len(problems_of("loguniform(-1, -2)")) == 2


@pytest.mark.parametrize(
    ("spelling", "bounds", "inside", "outside"),
    [
        ("uniform(0, 1)", (0, 1), [0, 0.5, 1], [-0.1, 1.1, "0.5", None, True, float("nan")]),
        ("quniform(0, 1, 0.25)", (0, 1), [0, 0.75], [0.3, 1.25]),
        ("loguniform(1e-5, 1e-1)", (1e-5, 1e-1), [1e-5, 0.01], [0, 0.2]),
        ("randint(1, 9)", (1, 8), [1, 8], [0, 9, 2.5, 2.0]),
        ("lograndint(1, 100)", (1, 99), [1, 99], [100]),
        ("qrandint(32, 640, 32)", (32, 640), [32, 640], [33, 672]),
        ("qlograndint(4, 64, 4)", (4, 64), [4, 64], [6]),
        ("normal(0, 1)", None, [-3.5, 100], ["a", float("inf")]),
        ("qnormal(0, 1, 0.5)", None, [-0.5, 3], [0.3]),
        ("choice(['a', 1, None])", None, ["a", 1, None], ["b", True, 1.0]),
        ("grid([1, 2])", None, [1, 2], [3]),
    ],
)
def test_what_a_distribution_can_give(
    spelling: str, bounds: tuple[float, float] | None, inside: list[Any], outside: list[Any]
) -> None:
    distribution = read_one(spelling)
    assert distribution.bounds() == bounds
    assert [value for value in inside if not distribution.contains(value)] == []
    assert [value for value in outside if distribution.contains(value)] == []


@pytest.mark.parametrize("text", ["uniform(0, 1)", "tune.uniform(0,1)", "f(\n1)", "a()"])
def test_a_call_is_told_from_text(text: str) -> None:
    assert is_call(text)


def test_a_call_becomes_the_mapping_that_an_override_can_reach_into() -> None:
    assert call_to_mapping("tune.randn(0.5, sd=2)") == {"distribution": "normal", "mean": 0.5, "sd": 2}
    with pytest.raises(ValueError, match="is not a call"):
        call_to_mapping("SGD")


@pytest.mark.parametrize(
    ("text", "value", "nearest"),
    [
        ("uniform(0, 1)", 1.2, 1),
        ("loguniform(0.001, 0.1)", 0.0001, 0.001),
        ("quniform(0, 0.3, 0.1)", 0.17, 0.2),
        ("randint(1, 9)", 9.4, 8),
        ("qrandint(4, 20, 4)", 13, 12),
        ("normal(0, 1)", 7.5, 7.5),
        ("choice([1, 2])", 2, 2),
    ],
)
def test_the_nearest_value_lies_in_the_distribution(text: str, value: float, nearest: float) -> None:
    distribution = read_one(text)
    assert distribution.nearest(value) == nearest
    assert distribution.contains(distribution.nearest(value))
