"""BayesOptSearch that neither waits for ever nor draws while it waits. Tried on Ray 2.60, bayesian-optimization 1.4."""

import math
from typing import Any

from ray.tune.search import Searcher
from ray.tune.search.bayesopt import BayesOptSearch


class PatchedBayesOpt(BayesOptSearch):  # type: ignore[misc]
    """Repairs five things of Ray's.

    It counts a trial that failed as one of its random steps, for whose result it waits for ever. It draws a proposal
    and throws it away each time that it is asked while it waits, so that what it proposes in the end depends on how
    often it was asked. It gives nothing where it has drawn a configuration for the second time, though the next draw
    is another. It takes a point that is given twice, as a result of two trials may be, for such a draw, and the library
    refuses its second result. And it tells configurations apart by five decimals: in a narrow range all are one.
    """

    def set_search_properties(self, metric: str | None, mode: str | None, config: dict[str, Any], **spec: Any) -> bool:
        done: bool = super().set_search_properties(metric, mode, config, **spec)
        narrowest = min(upper - lower for lower, upper in self._space.values())
        self.repeat_float_precision += max(0, -math.floor(math.log10(narrowest)))
        self.optimizer.space._allow_duplicate_points = True
        return done

    def suggest(self, trial_id: str) -> dict[str, Any] | str | None:
        if self._waits():
            return None
        if self._points_to_evaluate:
            self._config_counter.clear()
        proposal: dict[str, Any] | str | None = None
        while proposal is None:  # ends with its `patience`
            proposal = super().suggest(trial_id)
        return proposal if proposal == Searcher.FINISHED else self._live_trial_mapping[trial_id]

    def on_trial_complete(self, trial_id: str, result: dict[str, Any] | None = None, error: bool = False) -> None:
        if (error or result is None) and self._random_steps_missing():
            self._total_random_search_trials -= 1
        super().on_trial_complete(trial_id, result, error)

    def _random_steps_missing(self) -> bool:
        return len(self._buffered_trial_results) < int(self.random_search_trials)

    def _waits(self) -> bool:
        """For the results of its random steps, all of which it has proposed."""
        drawn = self._total_random_search_trials == self.random_search_trials
        return drawn and self._random_steps_missing()
