"""What a trial was proposed with, from its row in trials.csv: values have the types of the search space."""

from collections.abc import Iterator, Mapping
from typing import Any

from runner.config.nested import flat
from runner.config.points import nested
from runner.config.search_space import SearchSpace
from runner.runs.cells import cell, read_cell
from runner.runs.columns import PARAMETER


def sampled(row: Mapping[str, str], space: SearchSpace) -> dict[str, Any]:
    """By dotted key every parameter that was searched, and that its condition let be there.

    A category comes back with its very type, a mapping from its columns. Raises ValueError where two categories are
    written alike.
    """
    found = dict(_searched(row, space))
    return {key: value for key, value in found.items() if space.active(key, found)}


def proposed(row: Mapping[str, str], space: SearchSpace) -> dict[str, Any]:
    """The whole configuration, nested as in the search space. Raises ValueError as `sampled` does."""
    return nested({**space.constants(), **sampled(row, space)})


def _searched(row: Mapping[str, str], space: SearchSpace) -> Iterator[tuple[str, Any]]:
    for key, distribution in space.searched().items():
        alike = [value for value in distribution.values() or () if _is_in(row, key, value)]
        if len(alike) > 1:
            raise ValueError(f"{key}: {' and '.join(map(repr, alike))} are written alike in trials.csv")
        text = row.get(PARAMETER + key)
        if alike or text:
            yield key, alike[0] if alike else read_cell(str(text))


def _is_in(row: Mapping[str, str], key: str, value: Any) -> bool:
    return all(row.get(PARAMETER + column) == str(cell(part)) for column, part in flat({key: value}).items())
