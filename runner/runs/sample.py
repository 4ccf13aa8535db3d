"""One configuration, trained with several seeds."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runner.runs.wording import number, plural

if TYPE_CHECKING:
    from runner.runs.earlier_run import EarlierTrial


@dataclass(frozen=True)
class Sample:
    """The objectives of the trainings that ended well, and how many did not."""

    values: tuple[float, ...]
    failed: int

    @classmethod
    def of(cls, trials: Sequence["EarlierTrial"]) -> "Sample":
        """The best objective of each."""
        values = tuple(trial.best for trial in trials if trial.ended_well and trial.best is not None)
        return cls(values, len(trials) - len(values))

    @property
    def mean(self) -> float | None:
        return statistics.fmean(self.values) if self.values else None

    @property
    def spread(self) -> float | None:
        """The sample's standard deviation (divided by n - 1); None for fewer than two values."""
        return statistics.stdev(self.values) if len(self.values) > 1 else None

    def __str__(self) -> str:
        if self.mean is None:
            return "no training ended with a finite objective"
        of = f"{plural(len(self.values), 'seed')}" + (f", {self.failed} failed" if self.failed else "")
        if self.spread is None:
            return f"{number(self.mean)} ({of}: no spread is known)"
        same = "; every seed gave the same value: is the seed used?" if self.spread == 0 else ""
        return f"mean {number(self.mean)}, standard deviation {number(self.spread)} ({of}){same}"
