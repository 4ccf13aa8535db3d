"""Conditions: a parameter that is there only where others have certain values.

momentum: {distribution: uniform, lower: 0.6, upper: 0.98, when: {optimizer: SGD}}
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

WHEN = "when"
"""The key under which a condition stands, and so no name of a hyperparameter."""

Condition = Mapping[str, tuple[Any, ...]]
"""Dotted key to values: every one of these keys is there and has one of its values."""


def read_when(node: Any) -> dict[str, tuple[Any, ...]]:
    """What stands under `when`: keys, dotted or nested, each with a value or a list. Raises ValueError."""
    if not isinstance(node, Mapping) or not node:
        raise ValueError(f"{node!r} is no mapping of keys to values, as in {{optimizer: SGD}}")
    return dict(_read(node, ""))


def _read(node: Mapping[Any, Any], prefix: str) -> Iterator[tuple[str, tuple[Any, ...]]]:
    for key, value in node.items():
        if isinstance(value, Mapping):
            yield from _read(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", tuple(value) if isinstance(value, list | tuple) else (value,)


def among(value: Any, values: tuple[Any, ...]) -> bool:
    """Whether a value is listed; 1, 1.0 and true are three values."""
    return any(type(value) is type(known) and value == known for known in values)


def holds(condition: Condition, values: Mapping[str, Any]) -> bool:
    """Whether a configuration, by dotted keys, is as the condition says."""
    return all(key in values and among(values[key], allowed) for key, allowed in condition.items())


def both(one: Condition, other: Condition) -> dict[str, tuple[Any, ...]]:
    """What holds where two conditions do; a key that no value is left for has none."""
    shared = {key: tuple(v for v in one[key] if among(v, other[key])) for key in one if key in other}
    return {**one, **other, **shared}


def with_parents(conditions: Mapping[str, Condition]) -> tuple[dict[str, Condition], list[str]]:
    """Each key's own condition joined with those of the keys that it depends on; and the keys that go in a circle."""
    whole: dict[str, Condition] = {}
    circle: list[str] = []

    def visit(key: str, below: tuple[str, ...]) -> Condition:
        if key in below:
            circle.extend(k for k in below[below.index(key) :] if k not in circle)
            return {}
        if key not in whole:
            condition: Condition = {}
            for parent in conditions.get(key, {}):
                condition = both(condition, visit(parent, (*below, key)))
            whole[key] = both(condition, conditions.get(key, {}))
        return whole[key]

    for key in conditions:
        visit(key, ())
    return {key: whole[key] for key in conditions}, circle


def condition_text(condition: Mapping[str, Iterable[Any]]) -> str:
    """As a person reads it: `optimizer=SGD, depth=2 or 3`."""
    return ", ".join(f"{key}={' or '.join(map(str, values))}" for key, values in condition.items())
