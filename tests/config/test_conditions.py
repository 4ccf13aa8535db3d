"""Parameters that are there only where others have certain values: how that is written, and what is refused."""

from typing import Any

import pytest
import yaml

from runner.config.points import completed, default_point, faults, fits, missing
from runner.config.read_search_space import read_search_space
from runner.config.search_space import Choice, SearchSpace, spelled_out
from runner.errors import Problem
from tests.config.composing import experiment, refused

OPTIMIZER = {"optimizer": "choice(['SGD', 'AdamW', 'auto'])"}
MOMENTUM = {"distribution": "uniform", "lower": 0.6, "upper": 0.98}


def read(text: str | dict[str, Any]) -> SearchSpace:
    space, problems = read_search_space(yaml.safe_load(text) if isinstance(text, str) else text)
    assert not problems, "\n".join(map(str, problems))
    return space


def problems_of(**node: Any) -> list[Problem]:
    return read_search_space({**OPTIMIZER, **node})[1]


def active(space: SearchSpace, **values: Any) -> set[str]:
    """The searched keys of a configuration; __ stands for a dot."""
    flat = {key.replace("__", "."): value for key, value in values.items()}
    return {key for key in space.searched() if space.active(key, flat)}


SPELLINGS = [
    {"momentum": {**MOMENTUM, "when": {"optimizer": "SGD"}}},
    {"momentum": {**MOMENTUM, "when": {"optimizer": ["SGD"]}}},
    {"momentum": "uniform(0.6, 0.98, when={'optimizer': 'SGD'})"},
    {"momentum": "tune.uniform(lower=0.6, upper=0.98, when={'optimizer': ['SGD']})"},
    {"when": {"optimizer": {"SGD": {"momentum": "uniform(0.6, 0.98)"}}}},
]


@pytest.mark.parametrize("node", SPELLINGS)
def test_each_spelling_is_the_same(node: dict[str, Any]) -> None:
    space = read({**OPTIMIZER, **node})
    assert space == read({**node, **OPTIMIZER}), "whatever comes first"
    assert space.conditions == {"momentum": {"optimizer": ("SGD",)}}
    assert space == read({**OPTIMIZER, **SPELLINGS[0]})
    assert active(space, optimizer="SGD") == {"optimizer", "momentum"}
    assert active(space, optimizer="AdamW") == {"optimizer"} == active(space)


def test_a_call_with_a_condition_is_no_other_config_than_its_mapping() -> None:
    assert spelled_out(SPELLINGS[2]) == SPELLINGS[0]


EXAMPLE = """
model:
  depth: randint(1, 5)
  wide: {distribution: choice, categories: [true, false], when: {model: {depth: [1, 2]}}}
optimizer: choice(['SGD', 'AdamW', 'auto'])
lr: 0.1
when:
  optimizer:
    SGD:
      momentum: uniform(0.6, 0.98)
      nesterov: choice([True, False])
      when: {nesterov: {true: {dampening: 0}}}
    AdamW:
      beta: {one: 'uniform(0.8, 0.95)'}
sgd:
  when: {optimizer: [SGD, auto], model.depth: 4}
  clip: uniform(0, 1)
  decay: {distribution: uniform, lower: 0, upper: 1, when: {nesterov: false}}
"""


def test_options_lists_several_keys_chains_and_nested_keys() -> None:
    space = read(EXAMPLE)
    assert space.conditions == {
        "model.wide": {"model.depth": (1, 2)},
        "momentum": {"optimizer": ("SGD",)},
        "nesterov": {"optimizer": ("SGD",)},
        "dampening": {"optimizer": ("SGD",), "nesterov": (True,)},
        "beta.one": {"optimizer": ("AdamW",)},
        "sgd.clip": {"optimizer": ("SGD", "auto"), "model.depth": (4,)},
        # nesterov is there with SGD alone
        "sgd.decay": {"optimizer": ("SGD",), "model.depth": (4,), "nesterov": (False,)},
    }
    assert active(space, optimizer="SGD", nesterov=True, model__depth=4) == {
        "model.depth", "optimizer", "momentum", "nesterov", "dampening", "sgd.clip",
    }  # fmt: skip
    assert active(space, optimizer="SGD", nesterov=False, model__depth=4) == {
        "model.depth", "optimizer", "momentum", "nesterov", "sgd.clip", "sgd.decay",
    }  # fmt: skip
    assert active(space, optimizer="AdamW", model__depth=2) == {"model.depth", "model.wide", "optimizer", "beta.one"}


def test_a_value_under_a_condition_is_drawn_from_itself_and_no_constant() -> None:
    space = read(EXAMPLE)
    assert space.constants() == {"lr": 0.1}
    assert space.searched()["dampening"] == Choice((0,))


def test_parents_come_before_their_children() -> None:
    keys = list(read({"c": "uniform(0, 1, when={'b': 1})", "b": "choice([1], when={'a': 1})", "a": "choice([1, 2])"})
                .parents_first())  # fmt: skip
    assert keys == ["a", "b", "c"]


def test_one_true_and_one_point_nought_are_three_values() -> None:
    space = read({"n": "choice([1, True])", "x": "uniform(0, 1, when={'n': 1})"})
    assert active(space, n=1) == {"n", "x"}
    assert active(space, n=True) == active(space, n=1.0) == {"n"}


def test_a_constant_may_be_what_is_asked_for_or_not() -> None:
    node = {"x": "uniform(0, 1, when={'optimizer': 'SGD'})"}
    assert active(read({"optimizer": "SGD", **node})) == {"x"}
    assert active(read({"optimizer": "AdamW", **node})) == set()


X = "uniform(0, 1, when={})"
REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"x": "uniform(0, 1, when={'optimiser': 'SGD'})"}, "x.when.optimiser", "did you mean optimizer?"),
    ({"x": "uniform(0, 1, when={'optimizer': 'SDG'})"}, "x.when.optimizer", "'SDG' cannot be"),
    ({"when": {"optimizer": {"SDG": {"x": X.replace(", when={}", "")}}}}, "when.optimizer", "'SDG' cannot be"),
    ({"x": "uniform(0, 1, when={'y': 1})", "y": "choice([True, '1'])"}, "x.when.y", "1 cannot be"),
    ({"x": "uniform(0, 1, when={'y': 5})", "y": "randint(1, 5)"}, "x.when.y", "5 cannot be"),
    ({"x": "uniform(0, 1, when={'y': 0.5})", "y": "uniform(0, 1)"}, "x.when.y", "listed values or whole numbers"),
    ({"x": X}, "x.when", "no mapping of keys to values"),
    ({"x": {**MOMENTUM, "when": "SGD"}}, "x.when", "no mapping of keys to values"),
    ({"when": None}, "when", "no mapping of keys to values"),
    ({"when": {"optimizer": {"SGD": "uniform(0, 1)"}}}, "when.optimizer", "no mapping of the parameters"),
    ({"x": "grid([1, 2], when={'optimizer': 'SGD'})"}, "x.when", "every sample takes all values of a grid"),
    ({"x": "choice([1], when={'x': 1})"}, "x.when", "each of x is there only where"),
    (
        {"x": "choice([1], when={'y': 1})", "y": "choice([1], when={'x': 1})"},
        "x.when",
        "each of x, y is there only where another",
    ),
    ({"when": {"optimizer": "SGD"}, "x": "uniform(0, 1)"}, "optimizer.when", "each of optimizer is there only"),
    (
        {"when": {"optimizer": {"SGD": {"x": "uniform(0, 1, when={'optimizer': 'AdamW'})"}}}},
        "when.optimizer.SGD.x.when",
        "never holds: optimizer would have to be two things",
    ),
    (
        {"when": {"optimizer": {"SGD": {"x": "uniform(0, 1)"}, "AdamW": {"x": "uniform(0, 9)"}}}},
        "when.optimizer.AdamW.x",
        "x is there already, by search_space.when.optimizer.SGD.x",
    ),
    ({"when": {"optimizer": {"SGD": {"x": 1}, "AdamW": {"x": {"y": 1}}}}}, "when.optimizer.AdamW.x", "there already"),
    ({"x": {**MOMENTUM, "wehn": {"optimizer": "SGD"}}}, "x.wehn", "uniform takes lower, upper"),
]


@pytest.mark.parametrize(("node", "where", "says"), REFUSED)
def test_what_cannot_be_is_told(node: dict[str, Any], where: str, says: str) -> None:
    [problem] = problems_of(**node)
    assert problem.where == f"search_space.{where}"
    assert says in problem.message + problem.remedy
    assert problem.fatal
    assert problem.remedy


def test_all_that_is_wrong_is_told_at_once() -> None:
    assert len(problems_of(**{"x": "uniform(1, 0, when={'a': 1})", "y": "unifrom(0, 1, when={'optimizer': 'b'})"})) == 3


POINTS = read({
    **OPTIMIZER,
    "x": "uniform(0, 1)",
    "when": {"optimizer": {"SGD": {"momentum": "uniform(0.6, 0.98)", "nesterov": True}}},
})  # fmt: skip


def test_defaults_fill_what_is_there_and_nothing_else() -> None:
    defaults = {"x": 0.5, "momentum": 0.9}
    assert completed({"optimizer": "AdamW"}, POINTS, defaults) == {"optimizer": "AdamW", "x": 0.5}
    whole = {"optimizer": "SGD", "x": 0.5, "momentum": 0.9, "nesterov": True}
    assert completed({"optimizer": "SGD"}, POINTS, defaults) == whole
    assert completed({}, POINTS, {**defaults, "optimizer": "SGD"}) == whole
    assert default_point(POINTS, {**defaults, "optimizer": "AdamW"}) == {"optimizer": "AdamW", "x": 0.5}
    assert default_point(POINTS, {**defaults, "optimizer": "SGD"}) == {"optimizer": "SGD", "x": 0.5, "momentum": 0.9}


def test_a_point_has_the_keys_that_are_there_and_no_others() -> None:
    assert fits({"optimizer": "AdamW", "x": 0.5}, POINTS)
    assert missing({"optimizer": "SGD", "x": 0.5, "nesterov": True}, POINTS) == ["momentum"]
    [(key, message, remedy)] = faults({"optimizer": "AdamW", "x": 0.5, "momentum": 0.9}, POINTS)
    assert (key, message) == ("momentum", "is absent where optimizer=AdamW: it is there where optimizer=SGD")
    assert remedy == "remove momentum from the point"
    [(_, message, remedy)] = faults({"x": 0.5, "momentum": 0.9}, POINTS)
    assert "optimizer=SGD, which the point leaves open" in message
    assert remedy == "add optimizer to the point"


WORDS = ("experiment=digits", "searcher=random", "search_space.momentum=uniform(0.6,0.98,when={'kind':['a']})")


def test_a_condition_is_typed_on_the_command_line() -> None:
    space = experiment(*WORDS, "search_space.kind=choice(['a', 'b'])").search_space
    assert space.conditions == {"momentum": {"kind": ("a",)}}
    words = ("search_space.kind=choice(['a', 'b'])", "search_space.momentum.when.kind=b")
    assert experiment(*WORDS, *words).search_space.conditions == {"momentum": {"kind": ("b",)}}


def test_a_point_with_a_key_that_is_not_there_is_refused() -> None:
    words = ("search_space.kind=choice(['a', 'b'])", "searcher.points_to_evaluate=[{kind: b, lr: 0.01, momentum: 0.9}]")
    problem = refused(*WORDS, *words)
    assert problem.where == "searcher.points_to_evaluate.0.momentum"
    assert "is absent where kind=b" in problem.message
