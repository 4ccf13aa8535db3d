"""Where two files of a composition do not fit together: one has a mapping where the other has a list."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from omegaconf import OmegaConf

from runner.config.config_file import load, read_text
from runner.config.source import Source
from runner.errors import Problem


def clash(sources: Sequence[Source], groups: Sequence[str]) -> Problem | None:
    """The first key of the files, in the order in which they are merged, that another file has as another thing."""
    merged: dict[str, Any] = {}
    for source in sources:
        content = OmegaConf.to_container(load(read_text(source.file), source.file), resolve=False)
        node: Any = content if isinstance(content, dict) else {}
        node = {key: value for key, value in node.items() if key != "defaults"}
        for part in reversed([part for part in source.package.split(".") if part]):
            node = {part: node}
        for key, old in _merge(merged, node, ""):
            where = f"{source.file}, line {source.line(key)}"
            kinds = ("a list", "a mapping of keys") if isinstance(old, Mapping) else ("a mapping", "a list")
            return Problem("merge", where, f"{key} is {kinds[0]}, and must be {kinds[1]}", _remedy(key, old, groups))
    return None


def _merge(merged: dict[str, Any], node: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for key, new in node.items():
        old = merged.get(key)
        if isinstance(old, dict) and isinstance(new, dict):
            yield from _merge(old, new, f"{prefix}{key}.")
        elif (isinstance(old, dict) and isinstance(new, list)) or (isinstance(old, list) and isinstance(new, dict)):
            yield f"{prefix}{key}", old
        else:
            merged[key] = new


def _remedy(key: str, old: Any, groups: Sequence[str]) -> str:
    if key in groups:
        return f"choose in the defaults list, as in - override /{key}: NAME; below {key}: stand keys with their values"
    if isinstance(old, Mapping):
        return f"write {key.rpartition('.')[2]}: {{KEY: VALUE}}, with the keys {', '.join(map(str, old))}"
    return f"write {key.rpartition('.')[2]}: [...], a list"
