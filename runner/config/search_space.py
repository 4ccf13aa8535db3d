"""The search space: Ray Tune's distributions as plain data, in two spellings, with Ray's own names and arguments.

    lr0: {distribution: loguniform, lower: 1e-5, upper: 1e-1}
    lr0: loguniform(1e-5, 1e-1)              # the same; `tune.` before it is allowed
    imgsz: 640                               # anything else is a constant
    momentum: uniform(0.6, 0.98, when={'optimizer': 'SGD'})    # there only where the condition holds

    when:                                    # the same for what one option brings: each mapping lands beside `when`
      optimizer:
        SGD: {momentum: uniform(0.6, 0.98), nesterov: true}
    sgd: {when: {optimizer: SGD}, momentum: uniform(0.6, 0.98)}    # the same for a whole mapping, here sgd.momentum

Source of names, arguments and bounds: ray.tune.search.sample (Ray 2.60). An integer distribution's upper bound is
exclusive, but for qrandint and qlograndint, where Ray includes it.
"""

import ast
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, ClassVar

from runner.config.conditions import WHEN, Condition, among, holds
from runner.config.suggest import did_you_mean
from runner.errors import Problem


@dataclass(frozen=True)
class Distribution:
    """One hyperparameter's distribution. The fields are Ray's arguments."""

    name: ClassVar[str]

    def problems(self) -> Iterator[tuple[str, str]]:
        """Each argument to change, and what is wrong with it."""
        yield from ()

    def contains(self, value: Any) -> bool:
        """Whether the distribution can give `value`."""
        raise NotImplementedError

    def nearest(self, value: Any) -> Any:
        """What the distribution can give that is closest to `value`; a value of a list, as it is."""
        return value

    def typed(self, value: Any) -> Any:
        """A default in the type that the distribution gives: 3.0 as 3 where it gives whole numbers."""
        return value

    def bounds(self) -> tuple[float, float] | None:
        """Least and greatest value that can come out, or None for normal ones and for categories."""
        return None

    def values(self) -> tuple[Any, ...] | None:
        """The listed values of a choice or grid, or None."""
        return None

    def arguments(self) -> dict[str, Any]:
        return {f.name: getattr(self, f.name) for f in fields(self)}

    def __str__(self) -> str:
        told = (getattr(self, f.name) for f in fields(self) if getattr(self, f.name) != f.default)
        return f"{self.name}({', '.join(_text(list(v) if isinstance(v, tuple) else v) for v in told)})"


LARGEST = 2**63 - 1
"""The greatest whole number that numpy and the libraries of the searchers hold."""


def _text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= LARGEST if isinstance(value, int) else math.isfinite(value)


def _multiple(value: float, q: float) -> bool:
    return math.isclose(value / q, round(value / q), rel_tol=0, abs_tol=1e-6)


@dataclass(frozen=True)
class Range(Distribution):
    lower: float
    upper: float

    integer: ClassVar[bool] = False
    log: ClassVar[bool] = False

    def problems(self) -> Iterator[tuple[str, str]]:
        numbers = {key: value for key, value in self.arguments().items() if not _number(value)}
        if numbers:
            yield from ((key, f"{key}={value!r} is not a finite number") for key, value in numbers.items())
            return
        if self.integer:
            yield from (
                (key, f"{key}={value!r} is not a whole number")
                for key, value in self.arguments().items()
                if key != "base" and not isinstance(value, int)
            )
        if self.lower >= self.upper:
            yield "upper", f"lower={_text(self.lower)} is not below upper={_text(self.upper)}: the range is empty"
        if self.log and self.lower <= 0:
            yield "lower", f"lower={_text(self.lower)}: a log range needs lower above 0"
        base = self.arguments().get("base", 10)
        if base <= 1:
            yield "base", f"base={_text(base)} is not above 1"
        q = self.arguments().get("q")
        if q is not None:
            if q <= 0:
                yield "q", f"q={_text(q)} is not above 0"
            else:
                yield from (
                    (key, f"{key}={_text(value)} is not a multiple of q={_text(q)}")
                    for key, value in (("lower", self.lower), ("upper", self.upper))
                    if not _multiple(value, q)
                )

    def bounds(self) -> tuple[float, float]:
        exclusive = self.integer and "q" not in self.arguments()
        return self.lower, self.upper - 1 if exclusive else self.upper

    def nearest(self, value: float) -> float:
        low, high = self.bounds()
        q = self.arguments().get("q")
        inside = min(max(value, low), high)
        # One that is rounded by hand has digits at its end that nobody has typed.
        stepped = inside if q is None else float(f"{round(inside / q) * q:.12g}")
        return round(stepped) if self.integer else stepped

    def typed(self, value: Any) -> Any:
        return int(value) if self.integer and isinstance(value, float) and value.is_integer() else value

    def contains(self, value: Any) -> bool:
        if not _number(value) or (self.integer and not isinstance(value, int)):
            return False
        low, high = self.bounds()
        q = self.arguments().get("q")
        if q is None:
            return bool(low <= value <= high)
        # Ray rounds to a multiple and so gives 0.30000000000000004 for the upper end of quniform(0, 0.3, 0.1).
        return bool(low - q / 2 < value < high + q / 2) and _multiple(value, q)


@dataclass(frozen=True)
class Uniform(Range):
    name = "uniform"


@dataclass(frozen=True)
class QUniform(Range):
    name = "quniform"
    q: float


@dataclass(frozen=True)
class LogUniform(Range):
    name = "loguniform"
    log = True
    base: float = 10


@dataclass(frozen=True)
class QLogUniform(Range):
    name = "qloguniform"
    log = True
    q: float
    base: float = 10


@dataclass(frozen=True)
class RandInt(Range):
    name = "randint"
    integer = True


@dataclass(frozen=True)
class QRandInt(Range):
    name = "qrandint"
    integer = True
    q: int = 1


@dataclass(frozen=True)
class LogRandInt(Range):
    name = "lograndint"
    integer = True
    log = True
    base: float = 10


@dataclass(frozen=True)
class QLogRandInt(Range):
    name = "qlograndint"
    integer = True
    log = True
    q: int
    base: float = 10


@dataclass(frozen=True)
class Normal(Distribution):
    name = "normal"
    mean: float = 0.0
    sd: float = 1.0

    def problems(self) -> Iterator[tuple[str, str]]:
        for key, value in self.arguments().items():
            if not _number(value):
                yield key, f"{key}={value!r} is not a finite number"
            elif key in {"sd", "q"} and value <= 0:
                yield key, f"{key}={_text(value)} is not above 0"

    def contains(self, value: Any) -> bool:
        return _number(value)


@dataclass(frozen=True, kw_only=False)
class QNormal(Normal):
    name = "qnormal"
    q: float = 1.0

    def contains(self, value: Any) -> bool:
        return _number(value) and _multiple(value, self.q)


@dataclass(frozen=True)
class Choice(Distribution):
    name = "choice"
    categories: tuple[Any, ...]

    def problems(self) -> Iterator[tuple[str, str]]:
        if not isinstance(self.categories, tuple) or not self.categories:
            yield "categories", "must be a list with at least one value"

    def values(self) -> tuple[Any, ...]:
        return self.categories

    def typed(self, value: Any) -> Any:
        numbers = (known for known in self.values() if _number(known))
        return next((known for known in numbers if _number(value) and known == value), value)

    def contains(self, value: Any) -> bool:
        return among(value, self.values())


@dataclass(frozen=True)
class Grid(Choice):
    """Every value once for each of num_samples. The field is `values` in Ray; `categories` reads the same in ours."""

    name = "grid"


KINDS: dict[str, type[Distribution]] = {
    kind.name: kind
    for kind in (
        Uniform, QUniform, LogUniform, QLogUniform, RandInt, QRandInt, LogRandInt, QLogRandInt, Normal, QNormal,
        Choice, Grid,
    )
}  # fmt: skip
ALIASES = {"randn": "normal", "qrandn": "qnormal", "grid_search": "grid"}
_CALL = re.compile(r"\s*(?:(?:ray\.)?tune\.)?([A-Za-z_]\w*)\s*\((.*)\)\s*", re.DOTALL)
BROKEN_CALL = re.compile(rf"\s*(?:(?:ray\.)?tune\.)?(?:{'|'.join((*KINDS, *ALIASES))})\(")
"""The beginning of a call of a distribution, in a text that is no whole call: nobody means that as a constant."""


@dataclass(frozen=True)
class SearchSpace:
    """A tree of dictionaries whose leaves are distributions or constants.

    Attributes:
        conditions: dotted key to what must hold for it to be there, the conditions of the keys it depends on among it.
    """

    tree: dict[str, Any]
    conditions: Mapping[str, Condition] = field(default_factory=dict)

    def leaves(self) -> dict[tuple[str, ...], Any]:
        """Path to distribution or constant, in the order of the file."""
        return dict(_leaves(self.tree, ()))

    def searched(self) -> dict[str, Distribution]:
        """Dotted key to distribution, of parameters with a condition as well."""
        return {".".join(path): leaf for path, leaf in self.leaves().items() if isinstance(leaf, Distribution)}

    def constants(self) -> dict[str, Any]:
        """Dotted key to constant; none of them has a condition."""
        return {".".join(path): leaf for path, leaf in self.leaves().items() if not isinstance(leaf, Distribution)}

    def active(self, key: str, values: Mapping[str, Any]) -> bool:
        """Whether a searched key is there in a configuration that has `values`, by dotted keys, beside the constants.

        A key that the condition asks for and `values` leaves out does not hold.
        """
        return key not in self.conditions or holds(self.conditions[key], {**self.constants(), **values})

    def parents_first(self) -> dict[str, Distribution]:
        """`searched`, each key after those that it depends on."""
        # A condition has those of its keys in it, so that a key's is longer than that of each key it depends on.
        return dict(sorted(self.searched().items(), key=lambda item: len(self.conditions.get(item[0], ()))))


def _leaves(tree: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _leaves(value, (*path, key))
        else:
            yield (*path, key), value


def is_call(text: str) -> bool:
    """Whether a text is written as a call: name(arguments), with or without `tune.` before it."""
    return _CALL.fullmatch(text) is not None


def call_to_mapping(text: str) -> dict[str, Any]:
    """`loguniform(1e-5, 1e-1)` as {distribution: loguniform, lower: 1e-5, upper: 1e-1}.

    Read with ast.literal_eval, never evaluated. Raises ValueError with what is wrong.
    """
    match = _CALL.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a call such as loguniform(1e-5, 1e-1)")
    kind = _kind(match[1])
    try:
        positional, named = _literal_arguments(match[2])
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        raise ValueError(
            f"{text!r}: the arguments are not plain values; text needs quotes, as in choice(['SGD'])"
        ) from None
    names = [f.name for f in fields(kind)]
    if len(positional) > len(names):
        raise ValueError(f"{text!r}: {kind.name} takes {', '.join(names)}")
    mapping = {"distribution": kind.name, **dict(zip(names, positional, strict=False))}
    for key, value in named:
        argument = _argument(kind, key)
        if argument in mapping:
            raise ValueError(f"{text!r}: {argument} given twice")
        mapping[argument] = value
    return mapping


def spelled_out(node: Any) -> Any:
    """A node with every call in it as a mapping: uniform(0, 1) and its long form are the same. Raises ValueError."""
    if isinstance(node, Mapping):
        return {key: spelled_out(value) for key, value in node.items()}
    return call_to_mapping(node) if isinstance(node, str) and is_call(node) else node


def _argument(kind: type[Distribution], key: str) -> str:
    """Our name of an argument: what Ray calls `values` in a grid is `categories` here, as in a choice."""
    return "categories" if key == "values" and issubclass(kind, Choice) else key


class _WithYamlWords(ast.NodeTransformer):
    """The words that YAML has for values: true is no name of a Python variable here."""

    WORDS: ClassVar[dict[str, Any]] = {"true": True, "false": False, "null": None, "inf": math.inf}

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Constant(self.WORDS[node.id]) if node.id in self.WORDS else node


def _literal_arguments(text: str) -> tuple[list[Any], list[tuple[str, Any]]]:
    call = _WithYamlWords().visit(ast.parse(f"f({text})", mode="eval")).body
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
        raise TypeError(text)
    if any(keyword.arg is None for keyword in call.keywords):
        raise ValueError(text)
    positional = [ast.literal_eval(argument) for argument in call.args]
    return positional, [(str(keyword.arg), ast.literal_eval(keyword.value)) for keyword in call.keywords]


def _kind(name: str) -> type[Distribution]:
    kind = KINDS.get(ALIASES.get(name, name))
    if kind is None:
        raise ValueError(f"unknown distribution {name}: {did_you_mean(name, [*KINDS, *ALIASES])}")
    return kind


def read_distribution(node: Mapping[str, Any], where: str, problems: list[Problem]) -> Distribution | None:
    """The distribution of a mapping, its condition aside; None where `problems` has why it is none."""
    try:
        kind = _kind(str(node["distribution"]))
    except ValueError as error:
        problems.append(Problem("space-distribution", f"{where}.distribution", str(error)))
        return None
    arguments = {key: value for key, value in node.items() if key not in {"distribution", WHEN}}
    if issubclass(kind, Choice):
        if {"categories", "values"} <= set(arguments):
            message = "is the same as categories, which is given too"
            problems.append(Problem("space-argument", f"{where}.values", message, f"remove {where}.values"))
            return None
        arguments = {_argument(kind, str(key)): value for key, value in arguments.items()}
        if isinstance(arguments.get("categories"), list | tuple):
            arguments["categories"] = tuple(arguments["categories"])
    takes = {f.name: f.default is MISSING for f in fields(kind)}
    wrong = [
        Problem(
            "unknown-key",
            f"{where}.{key}",
            f"{kind.name} takes {', '.join(takes)}",
            did_you_mean(key, [*takes, WHEN]),
        )
        for key in arguments
        if key not in takes
    ]
    missing = [key for key, needed in takes.items() if needed and key not in arguments]
    if missing:
        wrong.append(
            Problem("space-argument", where, f"{kind.name} needs {', '.join(missing)}", f"add {missing[0]}: ...")
        )
    if wrong:
        problems.extend(wrong)
        return None
    distribution = kind(**arguments)
    wrong = [
        Problem("space-range", where, text, f"it reads {distribution}; type {where}.{argument}=...")
        for argument, text in distribution.problems()
    ]
    problems.extend(wrong)
    return None if wrong else distribution
