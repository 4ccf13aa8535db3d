"""Everything that can be chosen: groups, options and their keys, as builders, models and files say it themselves."""

import importlib.metadata
import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel

from runner.config.docstring import about
from runner.config.experiment import Budget, Resources
from runner.config.hydra_loader import groups
from runner.config.json_schema import Schema, model_keys, option_keys
from runner.config.registry import REGISTRIES, Plugin

NODES: dict[str, type[BaseModel]] = {"budget": Budget, "resources": Resources}
"""Nodes with keys of their own and without options."""


@dataclass(frozen=True)
class Key:
    """One key: its type as a JSON Schema and in words, and its default as the file of the option has it."""

    name: str
    type: str
    default: str
    meaning: str
    schema: Schema


@dataclass(frozen=True)
class Option:
    """One option of a group, or a node without options.

    Attributes:
        command: what runs a preset, from its file; "" for others.
        requires: distributions that it alone needs, with the version that is installed, or None.
        redirects: keys that users look for here, and what to do instead.
        paper: where its method is described.
        cannot_resume: why a run with it cannot be resumed; empty: it can.
    """

    group: str
    name: str
    summary: str
    about: str
    file: Path | None = None
    command: str = ""
    requires: Mapping[str, str | None] = field(default_factory=dict)
    redirects: Mapping[str, str] = field(default_factory=dict)
    keys: Sequence[Key] = ()
    paper: str = ""
    cannot_resume: str = ""


def catalogue(folders: Sequence[Path]) -> dict[str, list[Option]]:
    """Every option of every group on a search path, and the nodes that have none."""
    found = {
        group: [_option(group, name, folders) for name in names] for group, names in groups(folders).items() if names
    }
    nodes = {
        name: [Option("", name, about(inspect.getdoc(model) or ""), "", keys=_keys(model_keys(model), {}))]
        for name, model in NODES.items()
    }
    return found | nodes


def _option(group: str, name: str, folders: Sequence[Path]) -> Option:
    file = next(path for folder in folders if (path := folder / group / f"{name}.yaml").is_file())
    registry = REGISTRIES.get(group)
    if registry is None or name not in registry.names():
        return _of_file(group, file)
    plugin = registry.get(name)
    return Option(
        group, name, plugin.summary, about(plugin.documentation), file, "",
        {package: _version(package) for package in plugin.requires}, plugin.redirects,
        _keys(option_keys(plugin), _values(file, plugin)), plugin.traits.paper, plugin.traits.cannot_resume,
    )  # fmt: skip


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _values(file: Path, plugin: Plugin[Any]) -> dict[str, Any]:
    """What the file of an option sets where its builder has no default, such as project: ${name}."""
    said = yaml.safe_load(file.read_text(encoding="utf-8"))
    needed = {key for key, known in plugin.options.model_fields.items() if known.is_required()}
    return {key: value for key, value in said.items() if key in needed}


def _of_file(group: str, file: Path) -> Option:
    """An option that is a file alone tells of itself in its first comment; a preset tells its command there too."""
    comments = []
    for line in file.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            break
        comments.append(line.removeprefix("#").strip())
    comments = [line for line in comments if line and not line.startswith(("@package", "yaml-language-server"))]
    command = next((line for line in comments if line.startswith(("python -m runner", "runner "))), "")
    text = " ".join(line for line in comments if line != command)
    return Option(group, file.stem, _first_sentence(text), text, file, command)


def _first_sentence(text: str) -> str:
    head, dot, _ = text.partition(". ")
    return head + "." if dot else text


def _keys(schemas: Mapping[str, Schema], values: Mapping[str, Any]) -> list[Key]:
    return [
        Key(name, in_words(schema), _default(schema, values.get(name)), schema["description"], schema)
        for name, schema in schemas.items()
    ]


def _default(schema: Schema, value: Any) -> str:
    """As it is written in a YAML; ??? where it must be given."""
    default = schema.get("default", "???" if value is None else value)
    return yaml.safe_dump(default, default_flow_style=True, width=10**6).removesuffix("...\n").strip().strip("'")


def in_words(schema: Schema) -> str:
    """A type of a JSON Schema for people: whole number, 1 or more; one of max, min; null."""
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(in_words(part) for part in schema["anyOf"]))
    if "enum" in schema:
        return ", ".join("null" if value is None else str(value) for value in schema["enum"])
    if "const" in schema:
        return str(schema["const"])
    if "$ref" in schema:
        return "mapping"
    kind = schema.get("type")
    if kind == "array":
        inner = in_words(schema.get("items", {}))
        return f"list of {inner}s" if inner in {"text", "mapping"} else "list"
    words = {
        "integer": "whole number", "number": "number", "boolean": "true or false", "string": "text",
        "object": "mapping", "null": "null",
    }  # fmt: skip
    return words.get(str(kind), "anything") + _bounds(schema)


def _bounds(schema: Schema) -> str:
    if "minimum" in schema:
        return f" from {schema['minimum']}"
    return f" above {schema['exclusiveMinimum']}" if "exclusiveMinimum" in schema else ""
