"""The trainable's defaults as the first trial of a searcher that could not have proposed them."""

from typing import Any

from ray.tune.search import Searcher


class DefaultsFirst(Searcher):  # type: ignore[misc]
    """Gives `first` to the first trial and leaves all others to `searcher`, which is never told of that one.

    Ray finds the searcher behind a wrapper by the name `searcher`.

    Args:
        searcher: proposes every trial but the first.
        first: the configuration of the first trial, nested, without constants.
    """

    def __init__(self, searcher: Searcher, first: dict[str, Any]) -> None:
        super().__init__(metric=searcher.metric, mode=searcher.mode)
        self.searcher = searcher
        self.first = first
        self.first_trial: str | None = None

    def set_search_properties(self, metric: str | None, mode: str | None, config: dict[str, Any], **spec: Any) -> bool:
        return bool(self.searcher.set_search_properties(metric, mode, config, **spec))

    def suggest(self, trial_id: str) -> dict[str, Any] | str | None:
        if self.first_trial is None:
            self.first_trial = trial_id
            return self.first
        proposal: dict[str, Any] | str | None = self.searcher.suggest(trial_id)
        return proposal

    def on_trial_result(self, trial_id: str, result: dict[str, Any]) -> None:
        if trial_id != self.first_trial:
            self.searcher.on_trial_result(trial_id, result)

    def on_trial_complete(self, trial_id: str, result: dict[str, Any] | None = None, error: bool = False) -> None:
        if trial_id != self.first_trial:
            self.searcher.on_trial_complete(trial_id, result, error)

    def get_state(self) -> dict[str, Any]:
        return {"first": self.first, "first_trial": self.first_trial}

    def set_state(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)

    def save(self, checkpoint_path: str) -> None:
        self.searcher.save(checkpoint_path)

    def restore(self, checkpoint_path: str) -> None:
        self.searcher.restore(checkpoint_path)
