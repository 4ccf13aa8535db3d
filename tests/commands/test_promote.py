"""Presets from trials, and the contest of the best with the defaults, as configs: nothing runs."""

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from runner.api.confirm import contenders, contest
from runner.api.support.preset import preset, promoted, target
from runner.config.compose import compose
from runner.config.experiment import SEED
from runner.config.hydra_loader import HydraLoader, packaged_conf, resolve, search_path
from runner.config.objective import OBJECTIVE, Objective, Target
from runner.config.points import fits
from runner.config.read import read
from runner.config.trainable import ADJUSTED
from runner.errors import ConfigError
from runner.runs.decisions import Decision
from runner.runs.folder import RunFolder
from runner.runs.record import Record
from runner.runs.run import Run
from runner.runs.trial import Trial, TrialState
from runner.translate.tuning import trials_expected
from tests.config.composing import config

METRIC = "metrics/mAP50-95(M)"
WORDS = ("seed=0", "stopper=[plateau]", "budget.time_budget=9h", "logger=[csv,wandb]", "logger.wandb.project=mine")


@dataclass(frozen=True)
class Ran:
    """A trial of the search: its parameters, and the best of its reports, the third."""

    name: str
    best: float | None
    state: TrialState = TrialState.COMPLETED
    sampled: dict[str, Any] = field(default_factory=lambda: {"lr0": 0.01, "optimizer": "SGD"})
    adjusted: dict[str, Any] = field(default_factory=dict)


def search(root: Path, *trials: Ran, defaults_first: bool = False, **changes: Any) -> Run:
    """A run that searched two arguments of train()."""
    plain = config("experiment=shapes", *WORDS)
    del plain["trainable"]["train_args"]["optimizer"]
    del plain["trainable"]["train_args"]["imgsz"]
    plain["search_space"] = {
        "lr0": "uniform(0.001, 0.1)", "optimizer": "choice(['SGD', 'AdamW'])", "imgsz": 64,
    }  # fmt: skip
    if any(SEED in ran.sampled for ran in trials):
        plain["search_space"][SEED] = "randint(0, 9)"
    plain["objective"] = {"metrics": [{"metric": METRIC, "mode": "max"}]}
    run = RunFolder.at(root / f"search_{len(list(root.glob('search_*')))}")
    run.write_config(plain | changes, [])
    objective = Objective((Target(METRIC, "max"),))
    record = Record(run, objective, expected_trials=len(trials), max_epochs=6, defaults_first=defaults_first)
    for ran in trials:
        record.started(ran.name, {**ran.sampled, "imgsz": 64})
        value = math.nan if ran.best is None else ran.best
        adjusted = {ADJUSTED + key: changed for key, changed in ran.adjusted.items()}
        record.reported(ran.name, 3, {OBJECTIVE: value, METRIC: value, **adjusted})
        record.ended(ran.name, ran.state, Decision(ran.name, 3, "end", None, None, "trained to its end"))
    return Run(run)


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return RunFolder.at(tmp_path / "run")


def composed_again(run: Run, chosen: Trial, project: Path) -> dict[str, Any]:
    """The config of the preset that was written to the project's folder."""
    file = target("mine", project, overwrite=False)
    file.parent.mkdir(parents=True)
    file.write_text(preset(promoted(run, chosen, "mine"), run, chosen))
    return resolve(compose(["experiment=mine"], HydraLoader(search_path(None, project))).config)


def test_a_preset_composes_to_what_was_promoted(run: RunFolder, tmp_path: Path) -> None:
    found = search(run.root, Ran("trial_003", 0.4, adjusted={"batch": 2}))
    chosen = found.chosen()
    again = composed_again(found, chosen, tmp_path)
    told = promoted(found, chosen, "mine")
    for group in ("stopper", "search_space"):
        told[group], again[group] = told.get(group) or {}, again.get(group) or {}
    for group in ("searcher", "scheduler"):
        assert again.pop(group)["name"] == told.pop(group)["name"] == {"searcher": "random", "scheduler": "fifo"}[group]
    assert again == told
    assert told["logger"]["wandb"]["project"] == "mine"
    assert told["budget"]["time_budget"] is None
    arguments = again["trainable"]["train_args"]
    assert (arguments["lr0"], arguments["optimizer"], arguments["imgsz"], arguments["batch"]) == (0.01, "SGD", 64, 2)
    text = (tmp_path / "conf" / "experiment" / "mine.yaml").read_text()
    assert "trial_003" in text
    assert "= 0.4 at epoch 3 (mode max)" in text


def test_of_defaults_nothing_is_written(run: RunFolder, tmp_path: Path) -> None:
    """optimizer=auto sets lr0 itself, and is refused beside it."""
    defaults = Ran("trial_000", 0.4, sampled={"lr0": 0.01, "optimizer": "auto"})
    found = search(run.root, defaults, defaults_first=True)
    again = composed_again(found, found.chosen(), tmp_path)
    assert not {"lr0", "optimizer"} & set(again["trainable"]["train_args"])


def test_a_seed_becomes_the_experiments(run: RunFolder) -> None:
    searched = search(run.root, Ran("trial_000", 0.4, sampled={"lr0": 0.01, SEED: 7}))
    found = promoted(searched, searched.chosen(), "mine")
    assert found["seed"] == 7
    assert SEED not in found["trainable"]["train_args"]


@pytest.mark.parametrize("name", ["trial_001", "2", "trial_009"])
def test_a_trial_without_a_result_is_refused(run: RunFolder, name: str) -> None:
    trials = Ran("trial_000", 0.1), Ran("trial_001", 0.9, TrialState.FAILED), Ran("trial_002", None)
    with pytest.raises(ConfigError, match=r"failed|no finite|no such trial"):
        search(run.root, *trials).chosen(name)
    assert search(run.root, *trials).chosen(None).name == "trial_000"
    with pytest.raises(ConfigError, match="no trial reported a finite"):
        search(run.root, *trials[1:]).chosen(None)


def test_where_trials_have_seeds_of_their_own_a_preset_keeps_it_and_confirm_takes_others(run: RunFolder) -> None:
    trials = [Ran(f"trial_00{number}", 0.1 * number) for number in range(4)]
    found = search(run.root, *trials, seed=5, trial_seeds="different")
    assert promoted(found, found.chosen("3"), "mine")["seed"] == 8
    known = contenders(found, read(resolve(found.config)), 1)
    job = contest(found, known, 2, [], HydraLoader([packaged_conf()]))
    assert job.experiment.search_space.searched()[SEED].values() == (9, 10)


@pytest.mark.parametrize("name", [None, "", "../x", ".hidden", "a/b"])
def test_a_preset_needs_a_name_of_its_own(name: str | None, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="type --name my_preset"):
        target(name, tmp_path, overwrite=False)


def test_the_best_contend_with_the_defaults(run: RunFolder) -> None:
    """Each configuration once; the space holds their values alone, and seeds that the search did not use."""
    trials = (
        Ran("trial_000", 0.3, sampled={"lr0": 0.01, "optimizer": "auto"}), Ran("trial_001", 0.1),
        Ran("trial_002", 0.5, sampled={"lr0": 0.02, "optimizer": "SGD"}), Ran("trial_003", 0.2),
        Ran("trial_004", 0.9, TrialState.FAILED),
    )  # fmt: skip
    found = search(run.root, *trials, defaults_first=True)
    known = contenders(found, read(resolve(found.config)), 3)
    assert [(one.name, one.objective) for one in known] == [("trial_002", 0.5), ("trial_003", 0.2), ("defaults", 0.3)]
    job = contest(found, known, 2, ["budget.max_epochs=3"], HydraLoader([packaged_conf()]))
    assert trials_expected(job.experiment) == 6
    assert job.experiment.search_space.searched()[SEED].values() == (1, 2)
    assert job.experiment.search_space.constants() == {"imgsz": 64}
    assert job.experiment.searcher.options["points_to_evaluate"][-1] == {"lr0": 0.01, "optimizer": "auto"}
    assert (job.experiment.scheduler.name, job.experiment.stoppers) == ("fifo", ())
    assert (job.experiment.budget.max_epochs, job.experiment.budget.time_budget) == (3, None)
    with pytest.raises(ConfigError, match="confirm decides that itself"):
        contest(found, known, 2, ["scheduler=asha"], HydraLoader([packaged_conf()]))


def test_each_contender_has_its_own_keys_alone(run: RunFolder) -> None:
    """Of a conditional search: SGD had a momentum, and lr0 only where that was low; AdamW and the defaults neither."""
    trials = (
        Ran("trial_000", 0.9, sampled={"optimizer": "SGD", "momentum": 0.5, "lr0": 0.1}),
        Ran("trial_001", 0.8, sampled={"optimizer": "SGD", "momentum": 0.9}),
        Ran("trial_002", 0.7, sampled={"optimizer": "AdamW"}),
    )
    space = {
        "optimizer": "choice(['SGD', 'AdamW'])",
        "momentum": "choice([0.5, 0.9], when={'optimizer': 'SGD'})",
        "lr0": "uniform(0.001, 0.1, when={'momentum': 0.5})",
        "imgsz": 64,
    }
    found = search(run.root, *trials, search_space=space)
    known = contenders(found, read(resolve(dict(found.config))), 3)
    assert [one.parameters for one in known] == [*(one.sampled for one in trials), {"optimizer": "auto"}]
    made = contest(found, known, 1, [], HydraLoader([packaged_conf()])).experiment
    assert made.searcher.options["points_to_evaluate"] == [one.parameters for one in known]
    assert all(fits({**one.parameters, SEED: 1}, made.search_space) for one in known)
    assert promoted(found, found.chosen("2"), "mine")["trainable"]["train_args"].keys() >= {"optimizer"}
    assert "momentum" not in promoted(found, found.chosen("2"), "mine")["trainable"]["train_args"]
