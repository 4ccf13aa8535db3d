"""Presets from trials, and the contest of the best with the defaults, as configs: nothing runs."""

from pathlib import Path
from typing import Any

import pytest

from runner.api.confirm import contenders, contest
from runner.api.support.preset import preset, promoted, target
from runner.config.compose import compose
from runner.config.experiment import SEED
from runner.config.hydra_loader import HydraLoader, packaged_conf, resolve, search_path
from runner.config.objective import Objective, Target
from runner.config.points import fits
from runner.config.read import read
from runner.errors import ConfigError
from runner.runs.earlier_run import EarlierRun, EarlierTrial
from runner.runs.folder import RunFolder
from runner.runs.trial import DEFAULTS, TrialState
from runner.translate.tuning import trials_expected
from tests.config.composing import config

WORDS = ("seed=0", "stopper=[plateau]", "budget.time_budget=9h", "logger=[csv,wandb]", "logger.wandb.project=mine")


def trial(name: str, best: float | None, **changes: Any) -> EarlierTrial:
    given: dict[str, Any] = {
        "state": TrialState.COMPLETED, "sampled": {"lr0": 0.01, "optimizer": "SGD"}, "adjusted": {}, "best": best,
        "best_iteration": 3, "last": best, "iterations": 6, "checkpoint": "", "note": "",
    }  # fmt: skip
    return EarlierTrial(name, **{**given, **changes})


def earlier(root: Path, *trials: EarlierTrial) -> EarlierRun:
    """A search for two arguments of train()."""
    plain = config("experiment=shapes", *WORDS)
    del plain["trainable"]["train_args"]["optimizer"]
    del plain["trainable"]["train_args"]["imgsz"]
    plain["search_space"] = {
        "lr0": "uniform(0.001, 0.1)", "optimizer": "choice(['SGD', 'AdamW'])", "imgsz": 64,
    }  # fmt: skip
    objective = Objective((Target("metrics/mAP50-95(M)", "max"),))
    return EarlierRun(root, plain, objective, {"imgsz": 64}, trials)


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return RunFolder.at(tmp_path / "run")


def composed_again(run: EarlierRun, chosen: EarlierTrial, project: Path) -> dict[str, Any]:
    """The config of the preset that was written to the project's folder."""
    file = target("mine", project, overwrite=False)
    file.parent.mkdir(parents=True)
    file.write_text(preset(promoted(run, chosen, "mine"), run, chosen))
    return resolve(compose(["experiment=mine"], HydraLoader(search_path(None, project))).config)


def test_a_preset_composes_to_what_was_promoted(run: RunFolder, tmp_path: Path) -> None:
    chosen = trial("trial_003", 0.4, adjusted={"batch": 2})
    found = earlier(run.root, chosen)
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
    chosen = trial("trial_000", 0.4, note=DEFAULTS, sampled={"lr0": 0.01, "optimizer": "auto"})
    again = composed_again(earlier(run.root, chosen), chosen, tmp_path)
    assert not {"lr0", "optimizer"} & set(again["trainable"]["train_args"])


def test_a_seed_becomes_the_experiments(run: RunFolder) -> None:
    chosen = trial("trial_000", 0.4, sampled={"lr0": 0.01, SEED: 7})
    found = promoted(earlier(run.root, chosen), chosen, "mine")
    assert found["seed"] == 7
    assert SEED not in found["trainable"]["train_args"]


@pytest.mark.parametrize("name", ["trial_001", "2", "trial_009"])
def test_a_trial_without_a_result_is_refused(run: RunFolder, name: str) -> None:
    trials = trial("trial_000", 0.1), trial("trial_001", 0.9, state=TrialState.FAILED), trial("trial_002", None)
    with pytest.raises(ConfigError, match=r"failed|no finite|no such trial"):
        earlier(run.root, *trials).chosen(name)
    assert earlier(run.root, *trials).chosen(None).name == "trial_000"
    with pytest.raises(ConfigError, match="no trial reported a finite"):
        earlier(run.root, *trials[1:]).chosen(None)


def test_where_trials_have_seeds_of_their_own_a_preset_keeps_it_and_confirm_takes_others(run: RunFolder) -> None:
    found = earlier(run.root, *(trial(f"trial_00{number}", 0.1 * number) for number in range(4)))
    found.config.update(seed=5, trial_seeds="different")
    assert promoted(found, found.trials[3], "mine")["seed"] == 8
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
        trial("trial_000", 0.3, note=DEFAULTS, sampled={"lr0": 0.01, "optimizer": "auto"}), trial("trial_001", 0.1),
        trial("trial_002", 0.5, sampled={"lr0": 0.02, "optimizer": "SGD"}), trial("trial_003", 0.2),
        trial("trial_004", 0.9, state=TrialState.FAILED),
    )  # fmt: skip
    found = earlier(run.root, *trials)
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
        trial("trial_000", 0.9, sampled={"optimizer": "SGD", "momentum": 0.5, "lr0": 0.1}),
        trial("trial_001", 0.8, sampled={"optimizer": "SGD", "momentum": 0.9}),
        trial("trial_002", 0.7, sampled={"optimizer": "AdamW"}),
    )
    found = earlier(run.root, *trials)
    found.config["search_space"] = {
        "optimizer": "choice(['SGD', 'AdamW'])",
        "momentum": "choice([0.5, 0.9], when={'optimizer': 'SGD'})",
        "lr0": "uniform(0.001, 0.1, when={'momentum': 0.5})",
        "imgsz": 64,
    }
    known = contenders(found, read(resolve(dict(found.config))), 3)
    assert [one.parameters for one in known] == [*(one.sampled for one in trials), {"optimizer": "auto"}]
    made = contest(found, known, 1, [], HydraLoader([packaged_conf()])).experiment
    assert made.searcher.options["points_to_evaluate"] == [one.parameters for one in known]
    assert all(fits({**one.parameters, SEED: 1}, made.search_space) for one in known)
    assert promoted(found, trials[2], "mine")["trainable"]["train_args"].keys() >= {"optimizer"}
    assert "momentum" not in promoted(found, trials[2], "mine")["trainable"]["train_args"]
