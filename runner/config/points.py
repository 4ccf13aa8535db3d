"""Points: configurations of the searched parameters that are named, not drawn.

A point may nest its keys or join them with dots, and may leave out what the trainable has a default for.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, FiniteFloat, model_validator

from runner.config.conditions import condition_text, holds
from runner.config.search_space import SearchSpace
from runner.config.suggest import did_you_mean

BEST = 5
"""Trials of an earlier run that are tried first, where nobody says how many."""


def _list_or_path(value: Any) -> Any:
    if isinstance(value, str) or (isinstance(value, list) and all(isinstance(point, dict) for point in value)):
        return value
    raise ValueError("is neither a list of configurations, as in [{lr0: 0.001}], nor the path of a YAML file")


Points = Annotated[list[dict[str, Any]] | str, BeforeValidator(_list_or_path)]
"""A list of points, or the path of a YAML file that holds one or a list of them."""


class WarmStart(BaseModel):
    """An earlier run to begin with.

    Args:
        run: its folder, the newest of a folder of runs, `latest`, or its best/best.yaml.
        best: so many of its best trials are tried first, 5 if nothing is said.
        results: give the searcher all its finished trials with their results instead; none of them runs again.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    run: str
    best: Annotated[int, Field(ge=1)] | None = None
    results: bool = False

    @model_validator(mode="after")
    def _one_of_both(self) -> "WarmStart":
        if self.results and self.best is not None:
            raise ValueError("results=true takes all trials: remove best, or results")
        return self


def _path_as_run(value: Any) -> Any:
    if value is None or isinstance(value, dict | WarmStart):
        return value
    if isinstance(value, str):
        return {"run": value}
    raise ValueError("is neither the path of a run folder nor a mapping, as in {run: outputs/..., best: 3}")


RunToBeginWith = Annotated[
    WarmStart | None, BeforeValidator(_path_as_run, json_schema_input_type=WarmStart | str | None)
]
"""The path of a run folder is the short form."""


class EvaluatedPoint(BaseModel):
    """A point whose objective is known; of several objectives each by its metric."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    point: dict[str, Any]
    objective: FiniteFloat | dict[str, FiniteFloat]


def listed(points: Points) -> list[dict[str, Any]]:
    """The points of a file have taken the place of its path by now. Raises TypeError where they have not."""
    if isinstance(points, str):
        raise TypeError(f"the points of {points} have not been read")
    return points


def flat(point: Mapping[str, Any], space: SearchSpace) -> dict[str, Any]:
    """Dotted key to value; the value of a searched key may itself be a mapping."""
    return dict(_flat(point, set(space.searched()), ""))


def _flat(point: Mapping[str, Any], searched: set[str], prefix: str) -> Iterator[tuple[str, Any]]:
    for key, value in point.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping) and name not in searched:
            yield from _flat(value, searched, f"{name}.")
        else:
            yield name, value


def nested(point: Mapping[str, Any]) -> dict[str, Any]:
    """The inverse of `flat`."""
    tree: dict[str, Any] = {}
    for key, value in point.items():
        *parents, last = key.split(".")
        node = tree
        for parent in parents:
            node = node.setdefault(parent, {})
        node[last] = value
    return tree


def completed(point: Mapping[str, Any], space: SearchSpace, defaults: Mapping[str, Any]) -> dict[str, Any]:
    """A flat point with the default of each searched key that it leaves out, where the space could give that.

    A key whose condition the point does not meet gets none; one that can have a single value gets that. Left out of it
    is what the space fixes alike.
    """
    constants = space.constants()
    whole = {key: value for key, value in point.items() if key not in constants or value != constants[key]}
    for key, kind in space.parents_first().items():
        if key in whole or not space.active(key, whole):
            continue
        only = kind.values() if key in space.conditions else None
        default = kind.typed(defaults.get(key))
        if key in defaults and kind.contains(default):
            whole[key] = default
        elif only is not None and len(only) == 1:
            whole[key] = only[0]
    return whole


def faults(point: Mapping[str, Any], space: SearchSpace) -> Iterator[tuple[str, str, str]]:
    """Each key of a completed point that the space cannot give, what is wrong with it, and what to do."""
    searched, constants = space.searched(), space.constants()
    for key, value in point.items():
        if key in constants:
            yield key, f"{value!r}, where the search space fixes it at {constants[key]!r}", "remove it from the point"
        elif key not in searched:
            yield key, "is not searched", did_you_mean(key, searched)
        elif not space.active(key, point):
            yield key, *_absent(key, {**constants, **point}, space)
        elif not searched[key].contains(value):
            remedy = "change the point, or widen the distribution"
            yield key, f"{value!r} is outside of {searched[key]}", remedy


def _absent(key: str, values: Mapping[str, Any], space: SearchSpace) -> tuple[str, str]:
    """Why a key is none of a configuration with these values, and what to do."""
    condition = space.conditions[key]
    unmet = {parent: allowed for parent, allowed in condition.items() if not holds({parent: allowed}, values)}
    here = ", ".join(f"{parent}={values[parent]}" for parent in unmet if parent in values)
    if here:
        return f"is absent where {here}: it is there where {condition_text(condition)}", f"remove {key} from the point"
    return (
        f"is there only where {condition_text(condition)}, which the point leaves open",
        f"add {', '.join(unmet)} to the point",
    )


def missing(point: Mapping[str, Any], space: SearchSpace) -> list[str]:
    """The searched keys that a flat point leaves out and that are there with the others that it has."""
    return [key for key in space.searched() if key not in point and space.active(key, point)]


def fits(point: Mapping[str, Any], space: SearchSpace) -> bool:
    """Whether the space could give this flat point."""
    return not missing(point, space) and not any(faults(point, space))


def default_point(space: SearchSpace, defaults: Mapping[str, Any]) -> dict[str, Any]:
    """The trainable's own default of every searched key, inside of the space or not, flat.

    Of keys with a condition those that are there with the other defaults.
    """
    point: dict[str, Any] = {}
    for key in space.parents_first():
        if key in defaults and space.active(key, point):
            point[key] = defaults[key]
    return {key: point[key] for key in space.searched() if key in point}
