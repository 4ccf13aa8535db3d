"""What an experiment optimises."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any, Literal, NamedTuple

from runner.errors import shortened

Mode = Literal["max", "min"]

OBJECTIVE = "objective"
"""The key under which every report carries the value that is optimised."""


RAY_KEYS = frozenset(
    {
        "timestamp", "date", "time_this_iter_s", "time_total_s", "pid", "hostname", "node_ip", "config",
        "time_since_restore", "iterations_since_restore", "training_iteration", "trial_id", "experiment_tag", "done",
        "should_checkpoint", "checkpoint_dir_name", "timesteps_total", "timesteps_since_restore", "experiment_id",
        "episodes_total", "time_since_last_restore", "warmup_time",
    }
)  # fmt: skip
"""Keys that Ray 2.60 writes into a result by itself (ray.tune.result)."""


@dataclass(frozen=True)
class Target:
    """One reported metric, the direction that is better, and its share of a weighted sum."""

    metric: str
    mode: Mode
    weight: float | None = None

    def __str__(self) -> str:
        return f"{self.metric} ({self.mode})"


class Monitored(NamedTuple):
    """What a rule compares: the key of a report that holds it, its name for people, and the better direction."""

    key: str
    label: str
    mode: Mode


@dataclass(frozen=True)
class Objective:
    """One target; several with weights, whose sum is maximised; or several without: several objectives at once.

    In a weighted sum a target whose mode is min has its sign turned. Of several objectives the first speaks wherever
    one number is asked for: which report of a trial is its best, learning curves, the order of trials. Which trials
    are on the Pareto front is told by all of them.
    """

    targets: tuple[Target, ...]

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "Objective":
        """That of a config as a run keeps it. Raises KeyError and TypeError where it is another."""
        return cls(tuple(Target(**target) for target in config["objective"]["metrics"]))

    def __str__(self) -> str:
        return ", ".join(map(str, self.targets)) if self.several else f"{self.label} ({self.mode})"

    @property
    def several(self) -> bool:
        """Whether there are several objectives, none of which is a part of another."""
        return len(self.targets) > 1 and not self._weighted

    @property
    def mode(self) -> Mode:
        """The better direction of `score`."""
        return "max" if self._weighted else self.targets[0].mode

    @property
    def label(self) -> str:
        """How to name `score` to a person."""
        if not self._weighted:
            return self.targets[0].metric
        told = " ".join(f"{'-' if t.mode == 'min' else '+'} {t.weight:g}*{t.metric}" for t in self.targets)
        return told.removeprefix("+ ")

    def monitored(self, metric: str | None, mode: Mode | None) -> Monitored:
        """Another reported metric, where a rule names one and its direction, or else the objective itself."""
        return Monitored(metric or OBJECTIVE, metric or self.label, mode if metric and mode else self.mode)

    @property
    def metrics(self) -> list[str]:
        """The names of what is reported."""
        return [target.metric for target in self.targets]

    @property
    def told(self) -> dict[str, Mode]:
        """The keys of a result that a searcher learns from, with the better direction of each."""
        return {t.metric: t.mode for t in self.targets} if self.several else {OBJECTIVE: self.mode}

    @property
    def needed(self) -> str:
        """How to name to a person what must be finite for a report to count."""
        return " and ".join(self.metrics) if self.several else self.label

    def score(self, metrics: Mapping[str, Any]) -> float:
        """The value of one report: of several objectives the first, or NaN where one of them is not finite.

        Raises KeyError with the name of a metric that the report lacks, TypeError for one that is no number.
        """
        values = [*self.values(metrics).values()]
        if self._weighted:
            signed = ((1.0 if target.mode == "max" else -1.0) * (target.weight or 0.0) for target in self.targets)
            return sum(weight * value for weight, value in zip(signed, values, strict=True))
        return values[0] if len(values) == 1 or all(map(math.isfinite, values)) else math.nan

    def values(self, metrics: Mapping[str, Any]) -> dict[str, float]:
        """What a report holds of each target. Raises as `score` does."""
        return {metric: as_number(metric, metrics[metric]) for metric in self.metrics}

    def as_result(self, value: float | Mapping[str, float]) -> dict[str, float]:
        """A value that is known as the part of a result that tells it; of several objectives each by its metric."""
        values = dict(value) if isinstance(value, Mapping) else {OBJECTIVE: value}
        return {**values, OBJECTIVE: self.score(values)} if self.several else values

    def better(self, value: float, than: float | None) -> bool:
        """Whether `value` beats `than`; NaN and infinity beat nothing, everything finite beats None."""
        if not math.isfinite(value):
            return False
        if than is None:
            return True
        return value > than if self.mode == "max" else value < than

    @property
    def _weighted(self) -> bool:
        return self.targets[0].weight is not None


def as_number(metric: str, value: Any) -> float:
    """The value of a metric that is compared. Raises TypeError: a text or a truth value is a mistake, also "0.5"."""
    if isinstance(value, bool) or not isinstance(value, Real):  # numpy's numbers are Real as well
        raise TypeError(f"{metric} is {shortened(repr(value))} in the report: report a number")
    return float(value)
