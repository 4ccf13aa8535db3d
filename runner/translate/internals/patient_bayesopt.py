"""BayesOptSearch that neither waits for ever nor draws while it waits. Tried on Ray 2.60, bayesian-optimization 1.4."""

from typing import Any

from ray.tune.search import Searcher
from ray.tune.search.bayesopt import BayesOptSearch


class PatientBayesOpt(BayesOptSearch):  # type: ignore[misc]
    """Repairs three things of Ray's.

    It counts a trial that failed as one of its random steps, for whose result it waits for ever. It draws a proposal
    and throws it away each time that it is asked while it waits, so that what it proposes in the end depends on how
    often it was asked. And it gives nothing where it has drawn a configuration for the second time, though the next
    draw is another.
    """

    def suggest(self, trial_id: str) -> dict[str, Any] | str | None:
        if self._waits():
            return None
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
