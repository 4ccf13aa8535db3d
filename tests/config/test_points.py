"""Points: nested or dotted, whole or with the trainable's defaults."""

from typing import Any

import pytest

from runner.config.points import WarmStart, completed, default_point, faults, fits, flat, nested
from runner.config.read_search_space import read_search_space
from runner.config.search_space import SearchSpace
from tests.config.composing import experiment, refused

SPACE, _ = read_search_space(
    {
        "x": "uniform(0, 1)",
        "m": {"n": "randint(1, 9)", "kind": "choice(['a', None, True, {'deep': 1}])"},
        "epochs": 3,
    }
)


@pytest.mark.parametrize("point", [{"x": 0.5, "m": {"n": 2, "kind": "a"}}, {"x": 0.5, "m.n": 2, "m": {"kind": "a"}}])
def test_both_spellings_are_one_point(point: dict[str, Any]) -> None:
    assert flat(point, SPACE) == {"x": 0.5, "m.n": 2, "m.kind": "a"}
    assert nested(flat(point, SPACE)) == {"x": 0.5, "m": {"n": 2, "kind": "a"}}


def test_a_mapping_that_is_a_value_stays_whole() -> None:
    assert flat({"m": {"kind": {"deep": 1}}}, SPACE) == {"m.kind": {"deep": 1}}


def test_defaults_fill_what_is_left_out_and_nothing_else() -> None:
    assert completed({"x": 0.5}, SPACE, {"x": 0.1, "m.n": 4, "lr0": 1}) == {"x": 0.5, "m.n": 4}
    assert repr(completed({"x": 0.5}, SPACE, {"m.n": 4.0})["m.n"]) == "4", "a whole number is one in any type"
    assert completed({"x": 0.5}, SPACE, {"m.n": 40}) == {"x": 0.5}, "nor with what lies outside of the space"
    assert default_point(SPACE, {"x": 2.0, "m.n": 4}) == {"x": 2.0, "m.n": 4}


def test_a_constant_said_as_the_space_says_it_is_no_part_of_the_point() -> None:
    assert completed({"x": 0.5, "epochs": 3}, SPACE, {}) == {"x": 0.5}
    [(key, message, _)] = faults(completed({"x": 0.5, "epochs": 4}, SPACE, {}), SPACE)
    assert (key, message) == ("epochs", "4, where the search space fixes it at 3")


@pytest.mark.parametrize(
    ("change", "good"),
    [
        ({}, True), ({"x": 1}, True), ({"m.kind": None}, True), ({"m.kind": True}, True),
        ({"m.kind": {"deep": 1}}, True), ({"x": 2.0}, False), ({"m.n": 2.0}, False), ({"m.n": 9}, False),
        ({"m.kind": "True"}, False), ({"y": 1}, False),
    ],
)  # fmt: skip
def test_what_fits(change: dict[str, Any], good: bool) -> None:
    assert fits({"x": 0.5, "m.n": 2, "m.kind": "a", **change}, SPACE) is good


def test_a_point_that_lacks_a_key_does_not_fit() -> None:
    assert not fits({"x": 0.5, "m.n": 2}, SPACE)
    assert fits({}, SearchSpace({}))


@pytest.mark.parametrize("word", ["warm_start=a", "warm_start={run: a}", "warm_start.run=a"])
def test_a_path_is_the_short_form_of_a_warm_start(word: str) -> None:
    assert experiment("experiment=digits", f"searcher.{word}").searcher.options["warm_start"] == WarmStart(run="a")


@pytest.mark.parametrize(
    ("value", "where", "says"),
    [
        (".best=3", ".run", "has no value yet"),
        ("={run: a, best: 0}", ".best", "greater than or equal to 1"),
        ("={run: a, k: 1}", ".k", "unknown key"),
    ],
)
def test_a_wrong_key_of_a_warm_start_is_told(value: str, where: str, says: str) -> None:
    problem = refused("experiment=digits", f"searcher.warm_start{value}")
    assert problem.where == f"searcher.warm_start{where}"
    assert says in problem.message
