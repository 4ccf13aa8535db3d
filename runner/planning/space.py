"""The search space as a table."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from runner.config.experiment import Experiment
from runner.config.search_space import Distribution


@dataclass(frozen=True)
class Parameter:
    """One leaf of the search space.

    Attributes:
        key: dotted.
        distribution: its name, or None for a value that is fixed.
        arguments: those of the distribution; of a fixed value, {"value": ...}.
        bounds: the least and the greatest value that can come out, None where there are none.
        default: what the trainable has for it; None where it tells none.
        default_inside: whether the space could give the default; None where there is none.
        when: other keys and the values of which each must have one for this one to be there; empty: it always is.
    """

    key: str
    distribution: str | None
    arguments: dict[str, Any]
    bounds: tuple[float, float] | None = None
    default: Any = None
    default_inside: bool | None = None
    when: dict[str, list[Any]] = field(default_factory=dict)


def parameters(experiment: Experiment) -> Iterator[Parameter]:
    """Every leaf, the searched ones first."""
    defaults = experiment.trainable.defaults() or {}
    conditions = experiment.search_space.conditions
    for key, kind in experiment.search_space.searched().items():
        inside = kind.contains(kind.typed(defaults[key])) if key in defaults else None
        when = {parent: list(values) for parent, values in conditions.get(key, {}).items()}
        yield Parameter(key, kind.name, _arguments(kind), kind.bounds(), defaults.get(key), inside, when)
    for key, value in experiment.search_space.constants().items():
        yield Parameter(key, None, {"value": value}, None, defaults.get(key))


def _arguments(kind: Distribution) -> dict[str, Any]:
    """Without the base of a log, which changes nothing."""
    return {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in kind.arguments().items()
        if key != "base"
    }
