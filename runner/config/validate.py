"""Nodes of the config against pydantic models, with every violation told as a problem in our words."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from runner.config.habits import HOMES, TOP
from runner.config.search_space import LARGEST
from runner.config.suggest import did_you_mean
from runner.errors import UNPRINTABLE, Problem

MISSING = "???"
"""OmegaConf's mark of a value that is still to be given."""

Model = TypeVar("Model", bound=BaseModel)


def unknown_key(where: str, key: str, known: Iterable[str], redirects: Mapping[str, str] | None = None) -> Problem:
    """The problem of a key that its node does not have: its home where it has one, else the nearest known key.

    `redirects` maps a key that this node's users may look for to what they should do instead.
    """
    if redirects and key in redirects:
        return Problem("one-home", where, "is not said here", redirects[key])
    place = (TOP if where == key else HOMES).get(key)
    if place and place != where:
        return Problem("one-home", where, "is not said here", f"say it once, as {place}")
    return Problem("unknown-key", where, "unknown key", did_you_mean(key, known))


def missing_values(node: Any, path: str = "") -> Iterator[Problem]:
    """A problem for each value below `node` that is still to be given."""
    items = node.items() if isinstance(node, Mapping) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        here = f"{path}.{key}" if path else str(key)
        if value == MISSING:
            yield _no_value(here)
        else:
            yield from missing_values(value, here)


def without_unusable(node: Any, where: str, problems: list[Problem]) -> Any:
    """The node with a mark of a missing value for each value that nothing can use; each is added to `problems`."""
    if isinstance(node, Mapping):
        return {
            key: without_unusable(value, f"{where}.{key}" if where else str(key), problems)
            for key, value in node.items()
        }
    if isinstance(node, list):
        return [without_unusable(value, f"{where}.{number}", problems) for number, value in enumerate(node)]
    problem = _unusable(node, where)
    if problem is None:
        return node
    problems.append(problem)
    return MISSING


def _unusable(value: Any, where: str) -> Problem | None:
    if isinstance(value, int) and abs(value) > LARGEST:
        message = f"a whole number of {len(str(abs(value))) if abs(value) < 10**4000 else 'thousands of'} digits"
        return Problem("value", where, message, f"set {where} to a smaller number")
    # Infinity means something to a function that is given it, as in clip=inf: no limit.
    if isinstance(value, float) and (math.isnan(value) or (math.isinf(value) and not where.startswith("search_space"))):
        return Problem("value", where, f"{value} is not a finite number", f"set {where} to a number")
    found = UNPRINTABLE.search(value) if isinstance(value, str) else None
    return Problem("value", where, f"holds the character {found[0]!r}", "remove it") if found else None


def _no_value(where: str) -> Problem:
    return Problem("missing-value", where, "has no value yet", f"type {where}=...")


def validate(
    model: type[Model], node: Any, where: str, problems: list[Problem], redirects: Mapping[str, str] | None = None
) -> Model | None:
    """Validate a node by its model; every violation is added to `problems`.

    What is left when the wrong keys are taken out is returned, so that the checks that follow can go on; None where
    that is not enough.
    """
    if not isinstance(node, Mapping):
        remedy = f"set its keys: {', '.join(model.model_fields)}"
        problems.append(Problem("type", where, f"{node!r} is no mapping of options", remedy))
        return None
    given = {key: value for key, value in node.items() if value != MISSING}
    try:
        return model.model_validate(given)
    except ValidationError as error:
        violations = error.errors(include_url=False)
    problems += [_problem(where, violation, model, redirects) for violation in violations]
    wrong = {violation["loc"][0] for violation in violations if violation["loc"]}
    try:
        return model.model_validate({key: value for key, value in given.items() if key not in wrong})
    except ValidationError:
        return None


def _problem(where: str, violation: Any, model: type[BaseModel], redirects: Mapping[str, str] | None) -> Problem:
    path = [str(part) for part in violation["loc"]]
    here = f"{where}.{path[0]}" if path else where
    inner = _model_of(model, path[0]) if len(path) > 1 else None
    if inner is not None:
        return _problem(here, {**violation, "loc": violation["loc"][1:]}, inner, None)
    if violation["type"] == "extra_forbidden":
        return unknown_key(here, path[-1], model.model_fields, redirects)
    if violation["type"] == "missing":
        return _no_value(here)
    message = violation["msg"].removeprefix("Value error, ")
    value = violation["input"]
    allowed = did_you_mean(value, re.findall(r"'([^']*)'", message)) if violation["type"] == "literal_error" else ""
    remedy = allowed or _type_remedy(here, value, violation["type"])
    return Problem("value", here, f"{value!r}: {message[0].lower()}{message[1:]}", remedy)


def _model_of(model: type[BaseModel], field: str) -> type[BaseModel] | None:
    """The model of a field that is a mapping with keys of its own, or None."""
    annotation = model.model_fields[field].annotation
    kinds = (annotation, *get_args(annotation))
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)


def _type_remedy(where: str, value: Any, kind: str) -> str:
    if isinstance(value, str) and kind in {"float_type", "int_type"} and re.fullmatch(r"[\d.]+e[+-]?\d+", value):
        return "write the number without quotes; in a YAML that is not read by Hydra, with a point: 1.0e-5"
    return f"set {where} to such a value"
