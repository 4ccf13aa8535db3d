"""Distributions that a searcher does not have, made of those that it has; exact but for the order of rounding."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from runner.config.search_space import (
    Choice,
    Distribution,
    LogRandInt,
    LogUniform,
    Normal,
    QLogRandInt,
    QLogUniform,
    QNormal,
    QRandInt,
    QUniform,
    RandInt,
    Range,
    Uniform,
)

TEXTS = "choice of texts"
"""Among the distributions that a searcher has: a choice whose categories are texts. Without `choice` it has no other;
beside it, the categories that are no single values, or equal to another, are shown as texts.
"""


@dataclass(frozen=True)
class Conversion:
    """A distribution as a searcher draws it.

    Attributes:
        shown: the distribution that it is given.
        encode: a value as the searcher has it; decode: the inverse, for every value that `shown` can give.
        words: what is done to a draw, for people; empty where the searcher has the distribution itself.
    """

    shown: Distribution
    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]
    words: str = ""


def conversion(kind: Distribution, supported: Iterable[str]) -> Conversion | None:
    """How a searcher that has the distributions `supported` draws from `kind`; None where it cannot."""
    supported = frozenset(supported)
    if kind.name in supported and not (TEXTS in supported and _composite(kind)):
        return Conversion(kind, float if _real(kind) else _same, _within(kind))
    step = _of_texts(kind) if TEXTS in supported else None
    step = step or _rounded(kind) or _whole(kind) or _logarithm(kind)
    if step is None:
        return None
    rest = conversion(step.shown, supported - {TEXTS} | ({"choice"} if TEXTS in supported else set()))
    if rest is None:
        return None
    return Conversion(
        rest.shown,
        lambda value: rest.encode(step.encode(value)),
        lambda value: step.decode(rest.decode(value)),
        ", ".join(filter(None, [rest.words, step.words])),
    )


def only(kind: Distribution) -> tuple[Any] | None:
    """The value of a distribution that has only one."""
    values, bounds = kind.values(), kind.bounds()
    if values is not None:
        return (values[0],) if len(values) == 1 else None
    return (bounds[0],) if bounds is not None and bounds[0] == bounds[1] else None


def _same(value: Any) -> Any:
    return value


def _real(kind: Distribution) -> bool:
    """Whether its values are real numbers, of which people may write 1 for 1.0."""
    return kind.values() is None and not (isinstance(kind, Range) and kind.integer)


def _within(kind: Distribution) -> Callable[[Any], Any]:
    """Into the bounds again, which a library's own arithmetic may miss by the last digit."""
    bounds = kind.bounds()
    if bounds is None or kind.values() is not None:
        return _same
    low, high = bounds
    return lambda value: min(max(value, low), high)


def _composite(kind: Distribution) -> bool:
    """Whether it has categories that libraries take for something else: lists, and 1 beside True."""
    values = kind.values() or ()
    single = all(value is None or isinstance(value, str | int | float) for value in values)
    return not single or len(set(values)) < len(values)


def _of_texts(kind: Distribution) -> Conversion | None:
    if not isinstance(kind, Choice) or kind.name != "choice":
        return None
    labels = tuple(str(number) for number in range(len(kind.categories)))
    return Conversion(
        Choice(labels),
        lambda value: labels[_place(kind, value)],
        lambda label: kind.categories[int(label)],
        "drawn as the place of a category",
    )


def _place(kind: Choice, value: Any) -> int:
    """Of a category; 1, 1.0 and True are three."""
    return next(n for n, known in enumerate(kind.categories) if type(known) is type(value) and known == value)


def _rounded(kind: Distribution) -> Conversion | None:
    shown: Distribution
    if isinstance(kind, QUniform):
        shown = Uniform(kind.lower, kind.upper)
    elif isinstance(kind, QLogUniform):
        shown = LogUniform(kind.lower, kind.upper)
    elif isinstance(kind, QRandInt):
        shown = RandInt(kind.lower, kind.upper + 1)
    elif isinstance(kind, QLogRandInt):
        shown = LogRandInt(kind.lower, kind.upper + 1)
    elif isinstance(kind, QNormal):
        shown = Normal(kind.mean, kind.sd)
    else:
        return None
    q, within, number = kind.q, _within(kind), float if _real(kind) else int
    return Conversion(
        shown,
        lambda value: within(number(value)),  # Ray's own multiples are beyond a bound by their last digit
        lambda value: number(within(round(value / q) * q)),
        "rounded to a multiple of q",
    )


def _whole(kind: Distribution) -> Conversion | None:
    """Half a step beyond each end, so that the ends are as likely as the others."""
    shown: Distribution
    if isinstance(kind, RandInt):
        shown = Uniform(kind.lower - 0.5, kind.upper - 0.5)
    elif isinstance(kind, LogRandInt):
        shown = LogUniform(kind.lower - 0.5, kind.upper - 0.5)
    else:
        return None
    within = _within(kind)
    return Conversion(shown, float, lambda value: within(round(value)), "rounded to a whole number")


def _logarithm(kind: Distribution) -> Conversion | None:
    if not isinstance(kind, LogUniform):
        return None
    within = _within(kind)
    shown = Uniform(math.log(kind.lower), math.log(kind.upper))
    return Conversion(shown, math.log, lambda value: within(math.exp(value)), "drawn as its logarithm")
