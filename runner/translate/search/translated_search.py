"""Any searcher of Ray's, in our terms: the whole search space, plain values, points first, results that it survives."""

import math
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from ray.tune.search import Searcher

from runner.config.objective import OBJECTIVE, Objective
from runner.translate.own_generators import OwnGenerators
from runner.translate.search.encoding import Encoding

ITERATION = "training_iteration"
Point = dict[str, Any]


@dataclass(frozen=True)
class Library:
    """A searcher of Ray's around a library.

    Attributes:
        searcher: proposes values by flat keys; its points to evaluate are encoded.
        startup: proposals that come before the first that a result can change, results that are known counted; None:
            no result changes any.
        finished: what it means where it ends the search by itself.
        global_random: whether it draws from the generators of Python and numpy that everybody shares.
    """

    searcher: Searcher
    startup: int | None = 1
    finished: str = "has proposed all that there is"
    global_random: bool = False


class TranslatedSearch(Searcher):  # type: ignore[misc]
    """Translates between the library of a searcher and trials.

    Ray finds the searcher behind a wrapper by the name `searcher`. `finished` says why there will be no more proposals;
    it is empty as long as there may be.

    Args:
        library: what proposes.
        encoding: the search space as it has it.
        known: flat points with their objectives, of several each by its metric; the library takes them for the first
            trials.
        points: flat points that it proposes next, and unchanged.
        first: a flat point that the library is not told of, before all others: it may lie outside of the space.
        objective: what the library is told of a result, and the better directions.
        seed: of the generators that everybody shares.
    """

    def __init__(
        self,
        library: Library,
        encoding: Encoding,
        *,
        known: Sequence[tuple[Point, float | Mapping[str, float]]],
        points: Sequence[Point],
        first: Point | None,
        objective: Objective,
        seed: int,
    ) -> None:
        super().__init__(metric=OBJECTIVE, mode=objective.mode)
        self.objective = objective
        self.library = library
        self.searcher = library.searcher
        self.encoding = encoding
        self.known = tuple(known)
        self.points = [(encoding.encode(point), point) for point in points]
        self.first = first
        self.first_trial: str | None = None
        self.worst: dict[str, float] = {}
        self.finished = ""
        self.generators = OwnGenerators(seed)

    @property
    def foreseeable(self) -> int | None:
        """How many proposals come before the first that a result can change; None: no result changes any."""
        startup = self.library.startup
        if startup is None:
            return None
        return max(1, len(self.points), startup - len(self.known)) + (self.first is not None)

    def set_search_properties(self, metric: str | None, mode: str | None, config: dict[str, Any], **spec: Any) -> bool:
        """Here Ray's searchers take their space. `config` is the whole configuration, which the encoding knows."""
        if not self.encoding.conversions:
            return True
        with self._own_random():
            self.searcher.set_search_properties(*self._metrics_and_modes(), self.encoding.domains(), **spec)
            for number, (point, objective) in enumerate(self.known):
                self._tell(f"known {number}", point, objective)
        return True

    def suggest(self, trial_id: str) -> dict[str, Any] | str | None:
        if self.first is not None and self.first_trial is None:
            self.first_trial = trial_id
            return self.encoding.configuration(self.first)
        if not self.encoding.conversions:
            return self.encoding.configuration(self.encoding.decode({}))
        with self._own_random():
            proposal = self.searcher.suggest(trial_id)
        if proposal == Searcher.FINISHED:
            self.finished = self.library.finished
        if not isinstance(proposal, dict):
            return str(proposal) if proposal else None
        return self.encoding.configuration(self._point(proposal))

    def on_trial_result(self, trial_id: str, result: dict[str, Any]) -> None:
        if self._learns_of(trial_id) and math.isfinite(result[OBJECTIVE]):
            with self._own_random():
                self.searcher.on_trial_result(trial_id, result)

    def on_trial_complete(self, trial_id: str, result: dict[str, Any] | None = None, error: bool = False) -> None:
        if not self._learns_of(trial_id):
            return
        if result is not None and OBJECTIVE in result:
            result, error = self._survivable(result, error)
        with self._own_random():
            self.searcher.on_trial_complete(trial_id, result, error)

    def on_pause(self, trial_id: str) -> None:
        """HyperBandForBOHB tells the searcher so, which then leaves the trial out of those that run."""
        self.searcher.on_pause(trial_id)

    def on_unpause(self, trial_id: str) -> None:
        """See `on_pause`."""
        self.searcher.on_unpause(trial_id)

    def save(self, checkpoint_path: str) -> None:
        """Nothing: a run is resumed from its journal (`JournaledSearch`)."""

    def restore(self, checkpoint_path: str) -> None:
        """See `save`."""

    def save_to_dir(self, checkpoint_dir: str, session_str: str = "default") -> None:
        """See `save`."""

    def _metrics_and_modes(self) -> tuple[Any, Any]:
        """As Ray's searchers take them: lists where there are several objectives."""
        metrics, modes = [*self.objective.told], [*self.objective.told.values()]
        return (metrics, modes) if self.objective.several else (metrics[0], modes[0])

    def _learns_of(self, trial_id: str) -> bool:
        """Nothing to choose from, nothing to learn: most libraries take no empty space."""
        return trial_id != self.first_trial and bool(self.encoding.conversions)

    def _point(self, proposal: Mapping[str, Any]) -> Point:
        """A point that was given comes out as it was given: there and back may cost its last digit."""
        held = [(encoded, point) for encoded, point in self.points if self.encoding.holds(proposal, encoded)]
        same = [point for encoded, point in held if all(proposal[key] == value for key, value in encoded.items())]
        given = next(iter([*same, *(point for _, point in held)]), {})
        return {**self.encoding.decode(proposal), **given}

    def _survivable(self, result: dict[str, Any], error: bool) -> tuple[dict[str, Any] | None, bool]:
        """A result that is no number counts as the worst so far; where there is none, its trial as one that failed."""
        if not math.isfinite(float(result[OBJECTIVE])):
            return ({**result, **self.worst}, error) if self.worst else (None, True)
        values = {key: float(result[key]) for key in self.objective.told}
        for key, mode in self.objective.told.items():
            worse = min if mode == "max" else max
            self.worst[key] = worse(self.worst.get(key, values[key]), values[key])
        return {**result, **values}, error

    def _tell(self, name: str, point: Point, objective: float | Mapping[str, float]) -> None:
        """A result that is known, as that of a trial: every library takes those."""
        proposal = self.searcher.suggest(name)
        encoded = self.encoding.encode(point)
        if not self.encoding.holds(proposal, encoded):
            raise ValueError(f"the searcher proposed {proposal} where {encoded} is known")
        values = self.objective.as_result(objective)
        self.searcher.on_trial_complete(name, {**values, ITERATION: 1})
        self._survivable(values, error=False)

    def _own_random(self) -> AbstractContextManager[None]:
        """For each call of the library."""
        return self.generators.in_use() if self.library.global_random else nullcontext()
