"""AxSearch for the Ax of today. Tried on Ray 2.60 and Ax 1.3.1."""

from typing import Any

from ax.exceptions.core import SearchSpaceExhausted
from ax.service.ax_client import AxClient
from ax.service.utils.instantiation import ObjectiveProperties
from ray.tune.search import Searcher
from ray.tune.search.ax import AxSearch


class PatchedAx(AxSearch):  # type: ignore[misc]
    """Repairs three things.

    Ray reads the objective back from Ax in a way that Ax has given up. And it tells Ax nothing of a trial that failed,
    which then counts as one that runs, until Ax proposes nothing more. And where all of a space has been proposed, Ax
    raises what Ray does not expect.
    """

    def suggest(self, trial_id: str) -> dict[str, Any] | str | None:
        try:
            proposal: dict[str, Any] | str | None = super().suggest(trial_id)
        except SearchSpaceExhausted:
            proposal = Searcher.FINISHED
        return proposal

    def _setup_experiment(self) -> None:
        for parameter in self._space:
            if parameter["type"] == "choice":  # Ax warns where it is to find that out by itself
                parameter |= {"is_ordered": False, "sort_values": False}
        self._ax = AxClient(**self._ax_kwargs)
        self._ax.create_experiment(
            parameters=self._space,
            objectives={self._metric: ObjectiveProperties(minimize=self._mode == "min")},
            parameter_constraints=self._parameter_constraints,
        )

    def on_trial_complete(self, trial_id: str, result: dict[str, Any] | None = None, error: bool = False) -> None:
        if error or result is None:
            self._ax.log_trial_failure(self._live_trial_mapping.pop(trial_id))
        else:
            super().on_trial_complete(trial_id, result)

    def _process_result(self, trial_id: str, result: dict[str, Any]) -> None:
        self._ax.complete_trial(self._live_trial_mapping[trial_id], {self._metric: (result[self._metric], None)})
