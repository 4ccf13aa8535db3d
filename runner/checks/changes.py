"""Which keys of a run's configuration may change on resume."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from runner.config.nested import differing
from runner.config.search_space import spelled_out


class ChangePolicy(StrEnum):
    """How much a change means to the trials that ran."""

    SAFE = "safe"
    ALLOW = "needs --allow"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True)
class Change:
    """One key with another value; a key that is absent on a side is None there."""

    key: str
    before: Any
    after: Any
    policy: ChangePolicy
    reason: str

    def __str__(self) -> str:
        return f"{self.key}: {self.before!r} -> {self.after!r} ({self.policy}: {self.reason})"


RULES: tuple[tuple[str, ChangePolicy, str], ...] = (
    ("budget.max_epochs", ChangePolicy.IMPOSSIBLE, "trials that ended were given the other number"),
    ("budget", ChangePolicy.SAFE, "how much may be spent from now on"),
    ("resources", ChangePolicy.SAFE, "what a trial takes from now on"),
    ("ray", ChangePolicy.SAFE, "where the trials run"),
    ("logger", ChangePolicy.SAFE, "what is written from now on"),
    ("report", ChangePolicy.SAFE, "what is drawn at the end"),
    ("origin", ChangePolicy.SAFE, "where the configuration comes from"),
    ("trainable.on_oom", ChangePolicy.SAFE, "what follows when a trial is out of memory"),
    ("trainable.keep_best", ChangePolicy.SAFE, "which weights are kept"),
    ("trainable.curves", ChangePolicy.SAFE, "which pictures are drawn"),
    ("trainable.checkpoint_every", ChangePolicy.SAFE, "how often trials are saved"),
    ("scheduler", ChangePolicy.ALLOW, "trials that ended were judged by another rule"),
    ("stopper", ChangePolicy.ALLOW, "trials that ended were judged by another rule"),
    ("searcher", ChangePolicy.IMPOSSIBLE, "what it has learned cannot be carried over to another"),
    (
        "search_space",
        ChangePolicy.IMPOSSIBLE,
        "trials that ended came from another space",
    ),
    (
        "objective",
        ChangePolicy.IMPOSSIBLE,
        "trials that ended were compared by another",
    ),
    ("trainable", ChangePolicy.IMPOSSIBLE, "trials that ended were trained otherwise"),
    ("", ChangePolicy.IMPOSSIBLE, "it is part of what the run is"),
)
"""The first prefix that holds decides."""


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    """Every key of two configs whose values differ, with what that means."""
    for key, old, new in differing(_spelled_out(before), _spelled_out(after)):
        _, policy, reason = next(rule for rule in RULES if _below(key, rule[0]))
        yield Change(key, old, new, policy, reason)


def _spelled_out(config: Mapping[str, Any]) -> dict[str, Any]:
    return {**config, "search_space": spelled_out(config["search_space"])}


def _below(key: str, prefix: str) -> bool:
    return not prefix or key == prefix or key.startswith(f"{prefix}.")
