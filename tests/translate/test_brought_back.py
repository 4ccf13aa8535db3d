"""A search that is brought back from its journal goes on as if nothing had happened."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from runner.config.registry import SEARCHERS
from runner.runs.journal import Event, Journal
from runner.translate.search.build import build_search
from runner.translate.search.journaled_search import JournaledSearch, OtherProposalError
from runner.translate.tuning import TrialNames
from tests.translate.asking import OF_LIBRARIES, installed, plain

pytestmark = [pytest.mark.slow, *OF_LIBRARIES]
TRIALS = {"ax": 7}
CUTS = {"ax": (13,)}
"""A proposal of Ax's takes seconds once it has learned."""
SPACE = "search_space={x: 'uniform(0, 1)', y: 'loguniform(1e-5, 1e-1)', z: 'randint(0, 9)'}"
LEARNS_EARLY = {
    "hyperopt": ("searcher.n_initial_points=3",),
    "optuna": ("searcher.sampler_args={n_startup_trials: 3}",),
    "bayesopt": ("searcher.random_search_steps=3", SPACE),
}
"""Every searcher is to have learned something by then."""
RESUMES = [name for name in installed() if not SEARCHERS.get(name).traits.cannot_resume]


def objective(config: dict[str, Any], number: int) -> float:
    return math.nan if number == 4 else -((config["x"] - 0.3) ** 2) - config["y"]


class Driver:
    """Ray's place: two trials at once, one event at a time, the newer one ends first now and then."""

    def __init__(self, name: str, folder: Path, *words: str, events: Sequence[Event] = ()) -> None:
        made = plain(name, SPACE, *LEARNS_EARLY.get(name, ()), *words)
        self.journal = Journal(folder / "journal.jsonl")
        for event in events:
            self.journal.write(event)
        self.configs: dict[str, dict[str, Any]] = {}
        self.finished: list[str] = []
        self.search = generator(made, folder, self.journal, events, self.resume, self.finished.append)
        self.reported = {event.trial for event in events if event.kind == "reported"}
        ended = {event.trial for event in events if event.kind == "ended"}
        self.ended = len(ended)
        self.live = [trial for trial in self.known if str(trial) not in ended]
        self.waiting = list(self.live)

    def resume(self, trials: dict[str, Any], tell_end: Any) -> list[Any]:
        self.known = list(trials.values())
        self.configs = {name: trial.config for name, trial in trials.items()}
        ended = {event.trial for event in self.journal.events() if event.kind == "ended"}
        return [trial for name, trial in trials.items() if name not in ended]

    def events(self) -> list[Event]:
        """All of the run."""
        while self.step():
            pass
        return self.journal.events()

    def step(self) -> bool:
        if len(self.live) < 2 or self.waiting:
            trial = self.search.next_trial()
            if trial is not None and trial in self.waiting:
                self.waiting.remove(trial)
                return True
            if trial is not None:
                self.configs[str(trial)] = trial.config
                self.live.append(trial)
                return True
        if not self.live:
            return False
        trial = self.live[(self.ended // 2) % len(self.live)]
        number = int(str(trial).removeprefix("trial_"))
        failed = number == 2
        result = {"training_iteration": 1, "objective": objective(trial.config, number)}
        if not failed and str(trial) not in self.reported:
            self.reported.add(str(trial))
            self.search.on_trial_result(trial.trial_id, result)
            return True
        self.live.remove(trial)
        self.ended += 1
        self.search.on_trial_complete(trial.trial_id, None if failed else result, failed)
        return True


class Asleep:
    """A watchdog that ends nothing."""

    def proposed(self, *, something: bool) -> bool:
        return False


def generator(made: Any, folder: Path, journal: Journal, events: Sequence[Event], resume: Any, finished: Any) -> Any:
    from ray import tune
    from ray.tune import Trainable
    from ray.tune.experiment import Experiment
    from ray.tune.search import SearchGenerator

    tune.register_trainable("stand_in", Trainable)
    watchdog: Any = Asleep()
    search = JournaledSearch(
        SearchGenerator(build_search(made)), made.objective, journal, 2, events, watchdog, resume, finished
    )
    trials = TRIALS.get(made.searcher.name, 12)
    names = TrialNames(trials)
    spec = {"num_samples": trials, "storage_path": str(folder), "trial_name_creator": names}
    search.add_configurations(Experiment("stand_in", "stand_in", **spec))
    return search


def told(events: list[Event]) -> list[tuple[Any, ...]]:
    """Without the times; NaN compares as text."""
    return [(e.kind, e.trial, e.config, str(e.objective), e.failed) for e in events]


def folders(tmp_path: Path) -> Iterator[Path]:
    for number in range(100):
        folder = tmp_path / str(number)
        folder.mkdir()
        yield folder


def check(name: str, tmp_path: Path, *words: str) -> list[Event]:
    folder = folders(tmp_path)
    whole = Driver(name, next(folder), *words).events()
    kinds = [event.kind for event in whole]
    assert kinds.count("proposed") == kinds.count("ended") == TRIALS.get(name, 12)
    for cut in CUTS.get(name, (1, 6, 13, 20, 29)):
        again = Driver(name, next(folder), *words, events=whole[:cut]).events()
        assert told(again) == told(whole), f"cut after {cut} events"
    return whole


@pytest.mark.parametrize("name", RESUMES)
def test_the_same_is_proposed_as_without_the_cut(name: str, tmp_path: Path) -> None:
    """With a trial that fails and one that diverges, from the first trial to the last but one."""
    whole = check(name, tmp_path)
    assert {event.trial for event in whole if event.failed} == {"trial_002"}
    assert [event.trial for event in whole if str(event.objective) == "nan"] == ["trial_004"] * 2


def test_repeats_are_brought_back_too(tmp_path: Path) -> None:
    whole = check("hyperopt", tmp_path, "searcher.repeat=2")
    configs = [event.config for event in whole if event.kind == "proposed"]
    assert configs[::2] == configs[1::2]
    assert len({str(config) for config in configs}) == 6


def test_another_proposal_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "first").mkdir()
    (tmp_path / "second").mkdir()
    whole = Driver("random", tmp_path / "first", "seed=0").events()
    with pytest.raises(OtherProposalError, match="cannot be brought back"):
        Driver("random", tmp_path / "second", "seed=1", events=whole)
