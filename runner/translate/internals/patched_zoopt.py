"""ZOOptSearch that tries its points and goes on after its first trials. Tried on Ray 2.60 and ZOOpt 0.4.2."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from ray.tune.search import Searcher
from ray.tune.search.zoopt import ZOOptSearch
from zoopt import Parameter, Solution

NO_LIMIT = 2**31
"""Trials at once: the experiment limits them."""

PRECISION = 1e-12
"""To which ZOOpt rounds numbers."""

DRAWS = 20
"""That come to nothing until the space counts as used up; ZOOpt looks at a hundred configurations for each."""


class PatchedZOOpt(ZOOptSearch):  # type: ignore[misc]
    """Repairs five things.

    ZOOpt forgets the points that it has not tried when the first result comes. Where all of its first trials have
    ended before it is asked again, as with one trial at a time, it waits for them for ever. And it does so for a first
    trial that failed, which Ray does not tell it: here that is the worst. And it looks for ever for what sets a good
    trial apart from a bad one that had the same configuration, as two known results may have, or two trials at once.
    Where it finds nothing new in one part of the space, it waits for ever, or ends: here it tries another part.

    Args:
        points: of the first trials, at most `training_size` of the budget.
        options: those of ZOOptSearch.
    """

    def __init__(self, *, points: Sequence[dict[str, Any]], **options: Any) -> None:
        super().__init__(parallel_num=NO_LIMIT, **options)
        self.points = list(points)

    def suggest(self, trial_id: str) -> dict[str, Any] | str | None:
        if self.points:
            return self._give(trial_id, self.points.pop(0))
        optimizer = self.optimizer
        for _ in range(DRAWS):
            with self._separable():
                proposal: dict[str, Any] | str | None = super().suggest(trial_id)
            if isinstance(proposal, dict):
                return proposal
            if optimizer.semaphore == 0:
                if optimizer.complete_num < optimizer._parameter.get_train_size():
                    return None
                optimizer.semaphore = 1
        return str(Searcher.FINISHED)

    def on_trial_complete(self, trial_id: str, result: dict[str, Any] | None = None, error: bool = False) -> None:
        if error or result is None:
            result = {self._metric: self._metric_op * math.inf}
        super().on_trial_complete(trial_id, result)

    @contextmanager
    def _separable(self) -> Iterator[None]:
        """Bad trials without those that had the configuration of a good one."""
        optimizer, bad = self.optimizer, self.optimizer._negative_data
        optimizer._negative_data = [
            one for one in bad if not any(_same(one, good) for good in optimizer._positive_data)
        ]
        try:
            yield
        finally:
            optimizer._negative_data = bad

    def _give(self, trial_id: str, point: dict[str, Any]) -> dict[str, Any]:
        """As ZOOpt itself counts one of its first trials."""
        solution = Solution(x=[point[key] for key in self._dim_keys])
        self.optimizer._init_data.append(solution)
        self.optimizer.init_num += 1
        self.optimizer.live_num += 1
        self.solution_dict[trial_id] = solution
        self._live_trial_mapping[trial_id] = point
        return point


def _same(one: Solution, other: Solution) -> bool:
    return all(
        a == b if isinstance(a, str) else abs(a - b) < 2 * PRECISION
        for a, b in zip(one.get_x(), other.get_x(), strict=True)
    )


def training_size(budget: int) -> int:
    """How many trials ZOOpt draws first, points among them (ZOOpt's Parameter.auto_set)."""
    return int(Parameter(budget=budget).get_train_size())
