"""Several trials of each configuration, of which a searcher is told as if they were one."""

import math
import statistics
from typing import Any

from ray.tune.search import Searcher

from runner.config.objective import OBJECTIVE
from runner.translate.search.translated_search import ITERATION, TranslatedSearch


class RepeatedSearch(Searcher):  # type: ignore[misc]
    """Gives each proposal of `searcher` to `repeat` trials that follow each other, and tells it the mean.

    Ray's Repeater leaves a trial that reported NaN out of the mean, as if its configuration never diverged, and has
    the last trial decide whether the whole configuration failed.
    """

    def __init__(self, searcher: TranslatedSearch, repeat: int) -> None:
        super().__init__(metric=searcher.metric, mode=searcher.mode)
        self.searcher = searcher
        self.repeat = repeat
        self.proposal: dict[str, Any] = {}
        self.group: list[str] = []
        self.groups: dict[str, list[str]] = {}
        self.results: dict[str, dict[str, Any] | None] = {}

    @property
    def finished(self) -> str:
        """See `TranslatedSearch`."""
        return self.searcher.finished

    def set_search_properties(self, metric: str | None, mode: str | None, config: dict[str, Any], **spec: Any) -> bool:
        return self.searcher.set_search_properties(metric, mode, config, **spec)

    def suggest(self, trial_id: str) -> dict[str, Any] | str | None:
        if len(self.group) % self.repeat == 0:
            proposal = self.searcher.suggest(trial_id)
            if not isinstance(proposal, dict):
                return proposal
            self.proposal, self.group = proposal, []
        self.group.append(trial_id)
        self.groups[trial_id] = self.group
        return self.proposal

    def on_trial_result(self, trial_id: str, result: dict[str, Any]) -> None:
        """Nothing is told before all trials of a configuration have ended."""

    def on_trial_complete(self, trial_id: str, result: dict[str, Any] | None = None, error: bool = False) -> None:
        """A trial that failed is left out of the mean; one that diverged makes its configuration one that did."""
        self.results[trial_id] = None if error else result
        group = self.groups[trial_id]
        if len(group) < self.repeat or not self.results.keys() >= set(group):
            return
        told = [result for result in map(self.results.get, group) if result and OBJECTIVE in result]
        if not told:
            self.searcher.on_trial_complete(group[0], None, error=True)
            return
        values = [float(result[OBJECTIVE]) for result in told]
        mean = statistics.fmean(values) if all(map(math.isfinite, values)) else math.nan
        self.searcher.on_trial_complete(group[0], {OBJECTIVE: mean, ITERATION: told[-1][ITERATION]})

    def save(self, checkpoint_path: str) -> None:
        """Nothing: a run is resumed from its journal (`JournaledSearch`)."""

    def restore(self, checkpoint_path: str) -> None:
        """See `save`."""

    def save_to_dir(self, checkpoint_dir: str, session_str: str = "default") -> None:
        """See `save`."""
