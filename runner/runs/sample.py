"""One configuration, trained with several seeds."""

import statistics
from dataclasses import dataclass

from runner.runs.wording import number, plural


@dataclass(frozen=True)
class Sample:
    """What the trainings came to; `runner.runs.ranking.sample` makes it.

    Attributes:
        values: the best objective of each training that was completed or stopped by a rule.
        failed: trainings that failed or reported no finite objective.
        unfinished: trainings that run, wait or were interrupted.
    """

    values: tuple[float, ...]
    failed: int
    unfinished: int = 0

    @property
    def mean(self) -> float | None:
        return statistics.fmean(self.values) if self.values else None

    @property
    def spread(self) -> float | None:
        """The sample's standard deviation (divided by n - 1); None for fewer than two values."""
        return statistics.stdev(self.values) if len(self.values) > 1 else None

    @property
    def others(self) -> list[str]:
        """How many trainings are not among the values, in words."""
        counts = ((self.failed, "failed"), (self.unfinished, "not finished"))
        return [f"{amount} {word}" for amount, word in counts if amount]

    def __str__(self) -> str:
        if self.mean is None:
            rest = f" ({', '.join(self.others)})" if self.unfinished else ""
            return f"no training ended with a finite objective{rest}"
        of = ", ".join([plural(len(self.values), "seed"), *self.others])
        if self.spread is None:
            return f"{number(self.mean)} ({of}: no spread is known)"
        same = "; every seed gave the same value: is the seed used?" if self.spread == 0 else ""
        return f"mean {number(self.mean)}, standard deviation {number(self.spread)} ({of}){same}"
