"""A search space as the library of a searcher sees it."""

import math
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from runner.config.conversion import Conversion, conversion, only
from runner.config.points import nested
from runner.config.search_space import Distribution, Range, SearchSpace
from runner.translate.distributions import to_ray_domain

Encoded = dict[str, Any]
"""Values as a library has them, by flat keys."""


class Encoding:
    """Flat keys without constants, and only distributions that the library has.

    Args:
        space: every distribution in it can be converted.
        supported: names of the distributions that the library has, as in `SearcherTraits`.
    """

    def __init__(self, space: SearchSpace, supported: Iterable[str]) -> None:
        self.space = space
        self.supported = frozenset(supported)

    @cached_property
    def conversions(self) -> dict[str, Conversion]:
        """By dotted key, those with more than one value. Raises ValueError for what cannot be converted."""
        return {key: self._conversion(key, kind) for key, kind in self.space.searched().items() if only(kind) is None}

    @cached_property
    def fixed(self) -> dict[str, Any]:
        """Dotted keys that have only one value: not every library knows of such a thing."""
        single = {key: only(kind) for key, kind in self.space.searched().items()}
        return {key: value[0] for key, value in single.items() if value is not None}

    def domains(self) -> dict[str, Any]:
        """Ray's domains, from which Ray makes the library's own."""
        return {_flat(key): to_ray_domain(known.shown) for key, known in self.conversions.items()}

    def names_parents_first(self) -> dict[str, str]:
        """Dotted key to the library's, each after those that its condition asks for."""
        return {key: _flat(key) for key in self.space.parents_first() if key in self.conversions}

    def encode(self, point: Mapping[str, Any]) -> Encoded:
        """A flat point, whole or in part."""
        return {_flat(key): self.conversions[key].encode(v) for key, v in point.items() if key in self.conversions}

    def decode(self, proposal: Mapping[str, Any]) -> dict[str, Any]:
        """A proposal of the library as a flat point: plain values inside of the space.

        A parameter whose condition does not hold is left out of it, whether the library drew it or not.
        """
        point = {key: self.decoded(key, proposal[_flat(key)]) for key in self.conversions if _flat(key) in proposal}
        whole = {**point, **self.fixed}
        return {key: value for key, value in whole.items() if self.space.active(key, whole)}

    def configuration(self, point: Mapping[str, Any]) -> dict[str, Any]:
        """What a trial is given for a flat point: nested, with the constants of the space."""
        return nested({**self.space.constants(), **point})

    def holds(self, proposal: Mapping[str, Any], point: Mapping[str, Any]) -> bool:
        """Whether a proposal has the values of an encoded point, but for their last digits."""
        return all(
            key in proposal and _alike(proposal[key], value, *self._tolerances[key]) for key, value in point.items()
        )

    @cached_property
    def _tolerances(self) -> dict[str, tuple[float, float]]:
        """By the library's keys: how far two values may be apart for arithmetic alone, relatively and absolutely.

        A range may be narrow and lie far from 0, or around it; on a logarithmic one the ratio is what counts.
        """
        shown = {_flat(key): known.shown for key, known in self.conversions.items()}
        return {key: _tolerance(kind) for key, kind in shown.items()}

    def _conversion(self, key: str, kind: Distribution) -> Conversion:
        found = conversion(kind, self.supported)
        if found is None:
            raise ValueError(f"{key}: {kind.name} cannot be made of {', '.join(sorted(self.supported))}")
        return found

    def decoded(self, key: str, value: Any) -> Any:
        """One value of the library as a trial has it; `key` is dotted."""
        return self.conversions[key].decode(value.item() if hasattr(value, "item") else value)


def _flat(key: str) -> str:
    """A dotted key as Ray takes it for one: it nests what stands between slashes."""
    return key.replace("/", ":")


def _tolerance(kind: Distribution) -> tuple[float, float]:
    ends = kind.bounds()
    if ends is None or (isinstance(kind, Range) and kind.log):
        return 1e-9, 0.0
    return 1e-15, 1e-9 * (ends[1] - ends[0])


def _alike(one: Any, other: Any, relative: float, absolute: float) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return isinstance(one, bool) and isinstance(other, bool) and one == other  # 1 is another category than True
    numbers = isinstance(one, int | float) and isinstance(other, int | float)
    return math.isclose(one, other, rel_tol=relative, abs_tol=absolute) if numbers else bool(one == other)
