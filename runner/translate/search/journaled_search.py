"""A search algorithm whose every step is written down, and that can be brought back from that.

Ray saves its searchers now and then, as pickles, and behind its trials. Here each proposal is on disk before its trial
exists, and a searcher is brought back by asking and telling it the same things once more, in the same order: it is
seeded, and so it answers the same.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ray.tune.experiment import Trial
from ray.tune.search import SearchAlgorithm, Searcher, SearchGenerator

from runner.config.objective import OBJECTIVE, Objective
from runner.errors import RunnerError
from runner.runs.journal import Event, Journal
from runner.runs.plain_yaml import plain
from runner.translate.watchdog import Watchdog

ITERATION = "training_iteration"

BringBack = Callable[[Mapping[str, Trial], Callable[[str, dict[str, Any]], None]], list[Trial]]


class OtherProposalError(RunnerError):
    """A searcher that is brought back proposes something else than it did."""


class JournaledSearch(SearchAlgorithm):  # type: ignore[misc]
    """Writes the proposals of `search`, and what it is told, to `journal`.

    It limits the trials that run at once itself. A limit of the searcher's own would keep it from proposing again what
    it proposed under a higher one, and would not hold for the trials that go on.

    Args:
        max_concurrent: most trials at once; None: as many as the resources allow.
        earlier: events of the run so far.
        watchdog: hears what comes of asking while no trial is left.
        bring_back: given every trial of those events by its name, and what is to be told of one that has ended since,
            returns the ones that are still to run.
        tell_finished: told why the searcher proposes no more before there are as many trials as were asked for.
    """

    def __init__(
        self,
        search: SearchGenerator,
        objective: Objective,
        journal: Journal,
        max_concurrent: int | None,
        earlier: Sequence[Event],
        watchdog: Watchdog,
        bring_back: BringBack,
        tell_finished: Callable[[str], None],
    ) -> None:
        self.search = search
        self.objective = objective
        self.journal = journal
        self.max_concurrent = max_concurrent
        self.earlier = earlier
        self.watchdog = watchdog
        self.bring_back = bring_back
        self.tell_finished = tell_finished
        self.waiting: list[Trial] = []
        self.names: dict[str, str] = {}
        self.live: set[str] = set()
        self.retried: set[str] = set()

    @property
    def searcher(self) -> Searcher:
        """HyperBandForBOHB looks for it here, to tell it of pauses."""
        return self.search.searcher

    @property
    def metric(self) -> Any:
        return self.search.metric

    @property
    def total_samples(self) -> int:
        return int(self.search.total_samples)

    def set_search_properties(self, metric: Any, mode: Any, config: dict[str, Any], **spec: Any) -> bool:
        """Nothing is taken from it: the searcher has its space and its objective."""
        return True

    def add_configurations(self, experiments: Any) -> None:
        """Take the experiment, and bring back what it has come to."""
        self.search.set_search_properties(None, None, {})
        self.search.add_configurations(experiments)
        trials: dict[str, Trial] = {}
        for event in self.earlier:
            self._replay(event, trials)
        self.waiting = self.bring_back(trials, self.on_trial_complete)

    def next_trial(self) -> Trial | None:
        if self.max_concurrent is not None and len(self.live) >= self.max_concurrent:
            return None
        trial = self.waiting.pop(0) if self.waiting else self._proposal()
        if not self.live and self.watchdog.proposed(something=trial is not None):
            self.set_finished()
        if trial is not None:
            self.live.add(trial.trial_id)
        return trial

    def on_trial_result(self, trial_id: str, result: dict[str, Any]) -> None:
        if trial_id not in self.retried:
            self.search.on_trial_result(trial_id, result)
        self.journal.write(Event("reported", self.names[trial_id], result[ITERATION], told(result, self.objective)))

    def on_trial_complete(self, trial_id: str, result: dict[str, Any] | None = None, error: bool = False) -> None:
        self.live.discard(trial_id)
        if trial_id not in self.retried:
            self.search.on_trial_complete(trial_id, result, error)
        iteration, value = None, None
        if result and OBJECTIVE in result:
            iteration, value = result[ITERATION], told(result, self.objective)
        self.journal.write(Event("ended", self.names[trial_id], iteration, value, failed=error))

    def is_finished(self) -> bool:
        return self._finished or (not self.waiting and self.search.is_finished())

    def _proposal(self) -> Trial | None:
        trial = self.search.next_trial()
        if trial is not None:
            self.names[trial.trial_id] = str(trial)
            self.journal.write(Event("proposed", str(trial), config=as_written(trial.config)))
        elif self.search.searcher.finished:
            self.tell_finished(self.search.searcher.finished)
        return trial

    def _replay(self, event: Event, trials: dict[str, Trial]) -> None:
        if event.kind == "proposed":
            trial = self.search.next_trial()
            if trial is None or str(trial) != event.trial or as_written(trial.config) != event.config:
                proposal = "nothing" if trial is None else f"{trial} {as_written(trial.config)}"
                raise OtherProposalError(
                    f"the searcher cannot be brought back: it proposed {event.trial} {event.config}, and now {proposal}"
                    "\n    -> use the versions of the libraries and the environment variables that it was started with"
                )
            trials[event.trial] = trial
            self.names[trial.trial_id] = event.trial
        elif event.kind == "retried":
            self.retried.add(trials[event.trial].trial_id)
        elif event.kind in {"reported", "ended"} and trials[event.trial].trial_id not in self.retried:
            trial_id = trials[event.trial].trial_id
            result = None
            if event.iteration is not None and event.objective is not None:
                result = {ITERATION: event.iteration, **self.objective.as_result(event.objective)}
            if event.kind == "ended":
                self.search.on_trial_complete(trial_id, result, event.failed)
            elif result is not None:
                self.search.on_trial_result(trial_id, result)


def told(result: Mapping[str, Any], objective: Objective) -> Any:
    """What a searcher learns from a result: its objective, or each of several by its metric."""
    return objective.values(result) if objective.several else result[OBJECTIVE]


def as_written(config: Mapping[str, Any]) -> dict[str, Any]:
    """A configuration as it comes back from the journal."""
    written: dict[str, Any] = json.loads(json.dumps(plain(config)))
    return written
