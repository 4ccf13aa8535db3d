"""YAML that people read and that every reader takes alike: no aliases, no tags, types intact."""

import re
from collections.abc import Mapping
from typing import Any

import yaml

_SCALARS = (str, int, float, bool, type(None))


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


def _represent_list(dumper: yaml.SafeDumper, data: list[Any]) -> yaml.Node:
    """A list of plain values on one line, as people write it, any other list one item a line."""
    flow = bool(data) and all(isinstance(item, _SCALARS) for item in data)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=flow)


_Dumper.add_representer(list, _represent_list)
# PyYAML takes 1e-5 for text and would not quote it; OmegaConf and YAML 1.2 take it for a number.
_Dumper.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^[-+]?[0-9][0-9_]*\.?[0-9_]*[eE][-+]?[0-9]+$"), list("-+0123456789")
)


def plain(value: Any) -> Any:
    """`value` in dicts, lists and scalars: tuples become lists, NumPy scalars their Python value, the rest text."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if hasattr(value, "item") and not hasattr(value, "__len__"):
        return value.item()
    # An enum of text is an instance of str, and its representer would write a tag: hence the exact type.
    return value if type(value) in _SCALARS else str(value)


def dump(value: Any) -> str:
    """`value` as YAML, in its own order, without folded lines."""
    return yaml.dump(
        plain(value), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=float("inf"), default_flow_style=False
    )
