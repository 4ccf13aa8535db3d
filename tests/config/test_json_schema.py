"""The JSON Schema before a real validator: what the runner takes is valid, what it refuses at a glance is not."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from omegaconf import OmegaConf

from runner.config.hydra_loader import resolve
from runner.config.json_schema import json_schema
from runner.config.registry import REGISTRIES
from runner.config.search_space import ALIASES, KINDS
from tests.config.composing import CONF, composed, loader, names


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = json_schema(loader().groups)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def preset(name: str) -> dict[str, Any]:
    """A preset's file as it stands, with OmegaConf's reading of numbers."""
    node = OmegaConf.to_container(OmegaConf.load(CONF / "experiment" / f"{name}.yaml"), resolve=False)
    assert isinstance(node, dict)
    return {str(key): value for key, value in node.items()}


@pytest.mark.parametrize("name", names("experiment"))
def test_every_preset_and_its_composed_config_are_valid(name: str, validator: Draft202012Validator) -> None:
    config = composed(f"experiment={name}").config
    for document in (preset(name), config, resolve(config)):
        assert [error.message for error in validator.iter_errors(document)] == []


def test_every_option_by_itself_is_valid(validator: Draft202012Validator) -> None:
    for group, registry in REGISTRIES.items():
        for name in registry.names():
            node = OmegaConf.to_container(OmegaConf.load(CONF / group / f"{name}.yaml"), resolve=False)
            document = {group: {name: node} if group in {"stopper", "logger"} else node}
            assert [error.message for error in validator.iter_errors(document)] == [], f"{group}={name}"


SEVERAL: list[Any] = [
    {"defaults": ["shapes", "_self_", {"/searcher/points": "mine"}, {"override /scheduler": "team/mine"}]},
    {"defaults": [{"override /stopper": ["plateau"]}, {"override /logger": None}, {"override /search_space": None}]},
    {"search_space": {"lr0": {"upper": 0.1}}},
    {
        "search_space": {
            "a": {"b": "tune.loguniform(1e-5, 1e-1)"},
            "c": "choice(['(', 'x'])",
            "d": "plain text",
            "e": [1],
        }
    },
    {"search_space": {"x": {"distribution": "normal", "when": {"a": {"b": [1, 2]}, "c": None}}}},
    {
        "search_space": {
            "when": {"a": {"SGD": {"m": "uniform(0, 1)", "when": {"b": {"x": {"n": 1}}}}}},
            "k": {"when": {"a": 1}},
        }
    },
    {"search_space": {"x": {"distribution": "grid_search", "values": [1]}, "y": {"distribution": "randn"}}},
    {"budget": {"time_budget": "1h 30m", "max_concurrent": "auto", "num_samples": "${seed}", "max_epochs": "???"}},
    {"objective": {"metric": "metrics/mAP50(M)", "mode": None}},
    {"searcher": {"points_to_evaluate": "points.yaml", "warm_start": "latest"}},
    {"scheduler": {"name": "asha", "grace_period": 3}},
]


@pytest.mark.parametrize("document", SEVERAL)
def test_what_else_a_preset_may_say_is_valid(document: Any, validator: Draft202012Validator) -> None:
    assert [error.message for error in validator.iter_errors(document)] == []


BROKEN: dict[str, Any] = {
    "$": {"budgett": {"max_epochs": 3}},
    "$.budget": {"budget": {"num_sample": 3}},
    "$.budget.num_samples": {"budget": {"num_samples": 0}},
    "$.budget.time_budget": {"budget": {"time_budget": "soon"}},
    "$.scheduler": {"defaults": [{"override /scheduler": "asha"}], "scheduler": {"std": 3}},
    "$.searcher": {"searcher": {"name": "random", "sampler": "gp"}},
    "$.searcher.sampler": {"searcher": {"name": "optuna", "sampler": "gpp"}},
    "$.stopper": {"stopper": {"plato": {}}},
    "$.stopper.plateau.std": {"stopper": {"plateau": {"std": -1}}},
    "$.defaults[0]": {"defaults": [{"override /searcher": "optna"}]},
    "$.defaults[1]": {"defaults": ["shapes", {"override /schedulr": "asha"}]},
    "$.objective.metrics": {"objective": {"metrics": []}},
    "$.objective.mode": {"objective": {"mode": "maximum"}},
    "$.search_space.lr0": {"search_space": {"lr0": {"distribution": "loguniform", "lower": 1e-5}}},
    "$.search_space.lr0.lower": {"search_space": {"lr0": {"distribution": "loguniform", "lower": 0, "upper": 1}}},
    "$.search_space.lr0.distribution": {"search_space": {"lr0": {"distribution": "logunifrm", "lower": 1}}},
    "$.search_space.x.y": {"search_space": {"x": {"y": "logunifrm(1, 2)"}}},
    "$.search_space.x": {"search_space": {"x": "uniform(1, 2"}},
    "$.search_space.x.when": {"search_space": {"x": {"distribution": "normal", "when": "SGD"}}},
    "$.search_space.when.a.SGD": {"search_space": {"when": {"a": {"SGD": 1}}}},
    "$.search_space.m.when.a.SGD.x": {"search_space": {"m": {"when": {"a": {"SGD": {"x": "unifrm(1, 2)"}}}}}},
    "$.seed": {"seed": -1},
}


@pytest.mark.parametrize("place", BROKEN)
def test_a_broken_config_is_not_valid_and_the_place_is_named(place: str, validator: Draft202012Validator) -> None:
    assert place in {error.json_path for error in validator.iter_errors(BROKEN[place])}


def test_every_key_has_its_meaning_and_its_default(validator: Draft202012Validator) -> None:
    definitions = validator.schema["$defs"]
    for group, registry in REGISTRIES.items():
        for name in registry.names():
            for key, schema in definitions[f"{group}.{name}"]["properties"].items():
                assert key == "name" or schema["description"]
    grace = definitions["scheduler.asha"]["properties"]["grace_period"]
    assert (grace["default"], grace["description"]) == (1, "iterations before the first rung.")
    budget = validator.schema["properties"]["budget"]["properties"]
    assert (budget["num_samples"]["default"], budget["max_epochs"]["description"][:10]) == (10, "iterations")
    assert {f"distribution.{kind}" for kind in KINDS} <= set(definitions)
    assert set(ALIASES.values()) <= set(KINDS)
