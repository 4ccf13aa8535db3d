"""Parameters that depend on others, in real experiments: each trial has the keys that are there, and no others."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from runner.config.nested import flat
from runner.config.read_search_space import read_search_space
from tests.end_to_end.conftest import Run

pytestmark = pytest.mark.slow
FUNCTION = """
from ray import tune


def objective(config):
    score = {"SGD": 1.0, "AdamW": 0.5}.get(config["optimizer"], 0.0) + config.get("momentum", 0.0)
    tune.report({"score": score - config["model"]["depth"], "nesterov_known": "nesterov" in config})
"""
SPACE = """
optimizer: choice(['SGD', 'AdamW', 'auto'])
model:
  depth: randint(1, 4)
  width: "choice([8, 16], when={'model.depth': [1, 2]})"
  decay: "loguniform(0.001, 0.1, when={'optimizer': ['SGD', 'AdamW'], 'model.depth': 2})"
when:
  optimizer:
    SGD:
      momentum: uniform(0.6, 0.98)
      nesterov: choice([True, False])
      dampening: "uniform(0, 1, when={'nesterov': False})"
      schedule: cosine
"""
POINTS = [
    {"optimizer": "SGD", "model": {"depth": 2, "width": 16, "decay": 0.05}, "momentum": 0.9, "nesterov": False,
     "dampening": 0.25, "schedule": "cosine"},
    {"optimizer": "auto", "model": {"depth": 3}},
]  # fmt: skip
WORDS = (
    "experiment=null", "trainable=function", "trainable.import_path=conditional:objective",
    "trainable.reuse_workers=true", "objective.metric=score", "objective.mode=max", "name=mine", "report=false",
    "seed=0", "budget.num_samples=8", f"searcher.points_to_evaluate={json.dumps(POINTS)}",
)  # fmt: skip


def configurations(run: Path) -> list[dict[str, Any]]:
    """What each trial was given, as the journal of the run has it."""
    events = [json.loads(line) for line in (run / "journal.jsonl").read_text().splitlines()]
    return [event["config"] for event in events if event["kind"] == "proposed"]


@pytest.fixture(autouse=True)
def function(project: Path) -> None:
    (project / "conditional.py").write_text(FUNCTION)
    (project / "conf" / "search_space").mkdir(parents=True)
    (project / "conf" / "search_space" / "mine.yaml").write_text(SPACE)


def test_each_trial_has_the_keys_that_are_there_and_points_come_first(run: Run, project: Path) -> None:
    space, _ = read_search_space(yaml.safe_load(SPACE))
    done = run("-m", "searcher=random,optuna,hyperopt", "search_space=mine", *WORDS)
    assert done.code == 0, done.out + done.err
    folders = [path.parent for path in project.glob("outputs/**/journal.jsonl")]
    assert len(folders) == 3
    for folder in folders:
        given = configurations(folder)
        assert given[:2] == POINTS
        assert len({json.dumps(one) for one in given}) > 5
        with (folder / "trials.csv").open() as file:
            rows = list(csv.DictReader(file))
        assert {row["state"] for row in rows} == {"completed"}
        for config, row in zip(given, rows, strict=True):
            values = flat(config)
            assert set(values) == {key for key in space.searched() if space.active(key, values)}
            assert all(space.searched()[key].contains(value) for key, value in values.items())
            cells = {key.removeprefix("config/") for key in row if key.startswith("config/") and row[key]}
            assert cells == set(values)
            assert row["last/nesterov_known"] == str("nesterov" in config)


def test_a_run_that_is_taken_up_goes_on_as_if_nothing_had_been(run: Run, project: Path) -> None:
    """Optuna has learned by then, and learned of conditional parameters."""
    words = (*WORDS, "search_space=mine", "searcher=optuna", "searcher.sampler_args={n_startup_trials: 3}")
    one_by_one = "budget={num_samples: 10, max_concurrent: 1}"
    assert run(*words, one_by_one, "name=undisturbed").code == 0
    assert run(*words, one_by_one, "budget.num_samples=5", "name=in_two").code == 0
    done = run("extend", "outputs/in_two", "budget.num_samples=+5")
    assert done.code == 0, done.out + done.err
    (undisturbed,), (in_two,) = project.glob("outputs/undisturbed/*"), project.glob("outputs/in_two/*")
    assert configurations(in_two) == configurations(undisturbed)
    assert len(configurations(in_two)) == 10
