"""What an experiment optimises."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Mode = Literal["max", "min"]

OBJECTIVE = "objective"
"""The key under which every report carries the value that is optimised."""


@dataclass(frozen=True)
class Target:
    """One reported metric, the direction that is better, and its share of a weighted sum."""

    metric: str
    mode: Mode
    weight: float | None = None


@dataclass(frozen=True)
class Objective:
    """One target, or several with weights.

    A weighted sum is maximised: a target whose mode is min enters it with its sign turned.
    """

    targets: tuple[Target, ...]

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "Objective":
        """That of a config as a run keeps it. Raises KeyError and TypeError where it is another."""
        return cls(tuple(Target(**target) for target in config["objective"]["metrics"]))

    @property
    def mode(self) -> Mode:
        return self.targets[0].mode if len(self.targets) == 1 else "max"

    @property
    def label(self) -> str:
        """How to name it to a person."""
        if len(self.targets) == 1:
            return self.targets[0].metric
        told = " ".join(f"{'-' if t.mode == 'min' else '+'} {t.weight:g}*{t.metric}" for t in self.targets)
        return told.removeprefix("+ ")

    def score(self, metrics: Mapping[str, Any]) -> float:
        """The value of one report. Raises KeyError with the name of a metric that the report lacks."""
        if len(self.targets) == 1:
            return float(metrics[self.targets[0].metric])
        return sum(
            (1.0 if target.mode == "max" else -1.0) * (target.weight or 0.0) * float(metrics[target.metric])
            for target in self.targets
        )

    def better(self, value: float, than: float | None) -> bool:
        """Whether `value` beats `than`; NaN and infinity beat nothing, everything finite beats None."""
        if not math.isfinite(value):
            return False
        if than is None:
            return True
        return value > than if self.mode == "max" else value < than
