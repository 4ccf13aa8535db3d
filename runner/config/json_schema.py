"""The config as a JSON Schema (draft 2020-12), for completion and checks while a preset is typed.

Made from what the runner itself reads by: the models of the nodes, the builders' signatures and docstrings, and the
fields of the distributions. It knows one node at a time; what depends on several is told by the checks.
"""

import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, fields
from typing import Any, get_args

from pydantic import BaseModel

from runner.config.conditions import WHEN
from runner.config.docstring import about, meanings
from runner.config.experiment import Budget, Origin, Resources, TrialSeeds
from runner.config.hydra_loader import PRESET
from runner.config.overrides import SEVERAL, SPACE
from runner.config.read_objective import Entry
from runner.config.registry import REGISTRIES, Plugin
from runner.config.search_space import ALIASES, KINDS, Choice, Distribution

Schema = dict[str, Any]

LATER = {"type": "string", "pattern": r"^(\?\?\?|.*\$\{.*\}.*)$", "description": "given later, or taken from elsewhere"}
"""??? and ${...}, which Hydra allows in the place of any value."""

_OF_ONE = tuple(group for group in REGISTRIES if group not in SEVERAL)
_SPACE = {
    "type": ["object", "null"],
    "description": "Hyperparameter to distribution, constant, or a mapping of such.",
    "properties": {WHEN: {"$ref": "#/$defs/when"}},
    "additionalProperties": {"$ref": "#/$defs/hyperparameter"},
}
_CONDITION = "These parameters are there only where each key has the value, or one of the list."
_TEXTS = {
    "name": "The run folder is <output_dir>/<name>/<date>_<time>.",
    "output_dir": "The folder of all run folders.",
    "report": "Draw report.html and plots/ at the end.",
    "seed": "Of the searcher and of every trial; see trial_seeds.",
    "trial_seeds": "same: every trial has seed; different: trial i has seed + i; auto: different with pbt and pb2.",
}


def json_schema(groups: Mapping[str, Sequence[str]]) -> Schema:
    """The schema of a preset or a composed config; `groups` are the options that a defaults list can choose."""
    definitions: dict[str, Schema] = {"later": LATER, "hyperparameter": _hyperparameter(), "when": _when()}
    for kind in KINDS.values():
        definitions[f"distribution.{kind.name}"] = _distribution(kind)
    nodes = {
        "budget": _node(Budget, definitions),
        "resources": _node(Resources, definitions),
        "objective": _objective(definitions),
        "origin": _node(Origin, definitions),
        "search_space": _SPACE,
    }
    for group, registry in REGISTRIES.items():
        for name in registry.names():
            definitions[f"{group}.{name}"] = _option(registry.get(name), definitions)
        nodes[group] = _several(group) if group in SEVERAL else _one(group)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "An experiment of runner",
        "type": "object",
        "properties": {
            "defaults": _defaults(groups),
            "name": {"type": "string", "minLength": 1, "maxLength": 100, "description": _TEXTS["name"]},
            "seed": _or_later({"type": "integer", "minimum": 0, "maximum": 2**32 - 1}, _TEXTS["seed"]),
            "trial_seeds": _or_later({"enum": [*get_args(TrialSeeds), None]}, _TEXTS["trial_seeds"]),
            "output_dir": {"type": "string", "minLength": 1, "description": _TEXTS["output_dir"]},
            "report": _or_later({"type": ["boolean", "null"]}, _TEXTS["report"]),
            **nodes,
        },
        "additionalProperties": False,
        "allOf": [_as_chosen(group, name) for group in _OF_ONE for name in REGISTRIES[group].names()],
        "$defs": definitions,
    }


def option_keys(plugin: Plugin[Any]) -> dict[str, Schema]:
    """The schema of each key of an option, with `default` and `description`; nested models are in `$defs`."""
    definitions: dict[str, Schema] = {}
    return _properties(plugin.options, plugin.meanings, definitions)


def model_keys(model: type[BaseModel]) -> dict[str, Schema]:
    """The same of a node that is no option, such as the budget."""
    return _properties(model, meanings(inspect.getdoc(model) or ""), {})


def _properties(model: type[BaseModel], told: Mapping[str, str], definitions: dict[str, Schema]) -> dict[str, Schema]:
    schema = model.model_json_schema(ref_template="#/$defs/{model}")
    for name, nested in schema.get("$defs", {}).items():
        text = nested.get("description", "")
        properties = _with_meanings(nested, meanings(text))
        definitions[name] = {
            "type": "object", "description": about(text), "properties": properties, "additionalProperties": False,
        }  # fmt: skip
    properties = _with_meanings(schema, told)
    for name, known in model.model_fields.items():
        if known.default_factory is not None:  # pydantic leaves these out
            properties[name]["default"] = known.get_default(call_default_factory=True)
    return properties


def _with_meanings(schema: Schema, told: Mapping[str, str]) -> dict[str, Schema]:
    """The properties of a schema of pydantic with meanings in the place of its titles."""
    return {
        key: {**{k: v for k, v in value.items() if k != "title"}, "description": told.get(key, "")}
        for key, value in schema["properties"].items()
    }


def _node(model: type[BaseModel], definitions: dict[str, Schema]) -> Schema:
    """No key is required: what a file leaves out comes from another."""
    text = inspect.getdoc(model) or ""
    return _object(_properties(model, meanings(text), definitions), about(text))


def _object(properties: Mapping[str, Schema], description: str) -> Schema:
    return {
        "type": "object",
        "description": description,
        "properties": {key: _or_later(value, value.get("description", "")) for key, value in properties.items()},
        "additionalProperties": False,
    }


def _or_later(schema: Schema, description: str) -> Schema:
    value = {key: part for key, part in schema.items() if key not in {"description", "default"}}
    told = {"description": description, **({"default": schema["default"]} if "default" in schema else {})}
    return {**told, "anyOf": [*value.get("anyOf", [value]), {"$ref": "#/$defs/later"}]}


def _option(plugin: Plugin[Any], definitions: dict[str, Schema]) -> Schema:
    properties = _properties(plugin.options, plugin.meanings, definitions)
    schema = _object(properties, about(plugin.documentation))
    return {**schema, "properties": {"name": {"const": plugin.name}, **schema["properties"]}}


def _one(group: str) -> Schema:
    """The node of a group of one: of any of its options, since the choice may lie in another file."""
    return {"anyOf": [{"$ref": f"#/$defs/{group}.{name}"} for name in REGISTRIES[group].names()]}


def _several(group: str) -> Schema:
    names = REGISTRIES[group].names()
    options = {name: {"$ref": f"#/$defs/{group}.{name}"} for name in names}
    return {"type": ["object", "null"], "properties": options, "additionalProperties": False}


def _as_chosen(group: str, name: str) -> Schema:
    """Where the file itself chooses the option, in its defaults or by `name`, its node has that option's keys."""
    override = {
        "type": "object",
        "required": [f"override /{group}"],
        "properties": {f"override /{group}": {"const": name}},
    }
    by_default = {"required": ["defaults"], "properties": {"defaults": {"type": "array", "contains": override}}}
    by_name = {
        "required": [group],
        "properties": {group: {"type": "object", "required": ["name"], "properties": {"name": {"const": name}}}},
    }
    return {
        "if": {"anyOf": [by_default, by_name]},
        "then": {"properties": {group: {"$ref": f"#/$defs/{group}.{name}"}}},
    }


def _objective(definitions: dict[str, Schema]) -> Schema:
    keys = _properties(Entry, meanings(inspect.getdoc(Entry) or ""), definitions)
    keys["mode"] = {"enum": ["max", "min", None], "description": keys["mode"]["description"]}
    entry = {**_object(keys, ""), "required": ["metric"]}
    metrics = {
        "type": "array",
        "minItems": 1,
        "items": entry,
        "description": "One entry; several with weights for their sum, or several without for several objectives.",
    }
    short = {
        key: {**keys[key], "description": f"Of the only entry: {keys[key]['description']}"}
        for key in ("metric", "mode")
    }
    return _object({"metrics": metrics, **short}, "What is optimised.")


def _hyperparameter() -> Schema:
    """A mapping with `distribution`, a nested mapping, a call, or a constant."""
    names = [*KINDS, *ALIASES]
    is_distribution = {"type": "object", "required": ["distribution"]}
    by_name = [
        {
            "if": {"properties": {"distribution": {"const": name}}},
            "then": {"$ref": f"#/$defs/distribution.{ALIASES.get(name, name)}"},
        }
        for name in names
    ]
    whole_call = rf"^\s*(ray\.)?(tune\.)?({'|'.join(names)})\s*\([\s\S]*\)\s*$"
    any_call = r"^\s*(ray\.)?(tune\.)?[A-Za-z_]\w*\s*\("
    return {
        "allOf": [
            {
                "if": is_distribution,
                "then": {"properties": {"distribution": {"enum": names}}, "allOf": by_name},
                "else": {
                    "properties": {WHEN: {"$ref": "#/$defs/when"}},
                    "additionalProperties": {"$ref": "#/$defs/hyperparameter"},
                },
            },
            {"if": {"type": "string", "pattern": any_call}, "then": {"pattern": whole_call}},
        ]
    }


def _when() -> Schema:
    """Of a mapping: key to value or list; or key to options, each with the parameters that it brings."""
    brought = {
        "type": "object",
        "properties": {WHEN: {"$ref": "#/$defs/when"}},
        "additionalProperties": {"$ref": "#/$defs/hyperparameter"},
    }
    options = {"if": {"type": "object"}, "then": {"additionalProperties": brought}}
    return {"type": "object", "minProperties": 1, "description": _CONDITION, "additionalProperties": options}


def _distribution(kind: type[Distribution]) -> Schema:
    properties = {f.name: _or_later(_argument(kind, f.name), "") for f in fields(kind)}
    required: list[Schema] = [{"required": [f.name]} for f in fields(kind) if f.default is MISSING]
    if issubclass(kind, Choice):
        properties |= dict.fromkeys(("categories", "values"), properties["categories"])
        required = [{"oneOf": [{"required": ["categories"]}, {"required": ["values"]}]}]
    condition: Schema = {"type": "object", "minProperties": 1, "description": _CONDITION}
    schema: Schema = {
        "type": "object",
        "properties": {"distribution": {}, **properties, WHEN: condition},
        "additionalProperties": False,
    }
    return {**schema, "allOf": required} if required else schema


def _argument(kind: type[Distribution], name: str) -> Schema:
    if issubclass(kind, Choice):
        return {"type": "array", "minItems": 1}
    if name == "base":
        return {"type": "number", "exclusiveMinimum": 1}
    number: Schema = {"type": "integer" if getattr(kind, "integer", False) else "number"}
    positive = name in {"q", "sd"} or (name == "lower" and getattr(kind, "log", False))
    return {**number, "exclusiveMinimum": 0} if positive else number


def _defaults(groups: Mapping[str, Sequence[str]]) -> Schema:
    """Hydra's defaults list: other presets by name, and the option of each group."""
    choices = dict(_choices(groups))
    others = {"pattern": r"^(?!override )"}
    entry = {
        "type": "object",
        "properties": choices,
        "propertyNames": {"anyOf": [{"enum": list(choices)}, others]},
    }
    presets = {"type": "string", "examples": ["_self_", *groups.get(PRESET, ())]}
    description = "Presets that this one begins with, _self_ for its own keys, and the option of each group."
    return {"type": "array", "description": description, "items": {"anyOf": [presets, entry]}}


def _choices(groups: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, Schema]]:
    for group, names in groups.items():
        # An option may lie in a folder below its group, as team/mine.
        name: Schema = {"anyOf": [{"enum": list(names)}, {"type": "string", "pattern": "/"}]}
        several = {"anyOf": [name, {"type": "array", "items": name}, {"type": "null"}]}
        none = {"anyOf": [name, {"type": "null"}]}
        yield f"override /{group}", several if group in SEVERAL else none if group == SPACE else name
