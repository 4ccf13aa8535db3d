"""Every searcher through a real run: all the distributions that it takes, points first, and the seed reproduces."""

import json
import logging
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from runner.config.conversion import conversion, only
from runner.config.points import nested
from runner.config.read import read
from runner.config.read_search_space import read_search_space
from runner.config.registry import SEARCHERS
from runner.config.search_space import SearchSpace
from runner.runs.journal import Event
from runner.runs.journal import read as read_journal
from runner.translate.search.build import build_search
from runner.translate.search.journaled_search import as_written
from tests.translate.asking import OF_LIBRARIES, STEADY, beginning_with, installed, over, plain, strangers

pytestmark = [pytest.mark.slow, *OF_LIBRARIES]
FUNCTION = '''
import math
from ray import tune


def curve(config):
    """A fixed curve; the fourth trial fails and the sixth diverges."""
    name = tune.get_context().get_trial_name()
    tune.report({"score": config["number"]["uniform"] / 2})
    if name == "trial_003":
        raise ValueError("the fourth one")
    tune.report({"score": math.nan if name == "trial_005" else config["number"]["uniform"]})
'''
SPELLED = {
    "number": {
        "uniform": "uniform(-1, 2)",
        "loguniform": "loguniform(1e-9, 1e3)",
        "quniform": "quniform(0, 0.3, 0.1)",
        "qloguniform": "qloguniform(1, 8, 1)",
        "randint": "randint(-3, 9)",
        "qrandint": "qrandint(2, 20, 2)",
        "lograndint": "lograndint(1, 1000)",
        "qlograndint": "qlograndint(2, 16, 2)",
        "normal": "normal(3, 2)",
        "qnormal": "qnormal(0, 1, 0.5)",
    },
    "category": {
        "mixed": "choice(['SGD', None, 3, 3.5, True, 1, [1, 2], [1], {'p': 1}])",
        "texts": "choice(['relu', 'tanh'])",
        "numbers": "choice([16, 32, 64])",
        "only": "choice([5])",
        "grid": "grid([1, 'b'])",
    },
    "fixed": {"number": 640, "list": [1, 2], "none": None},
}
"""Every kind of distribution, nested, and constants."""
KINDS, _ = read_search_space(SPELLED)
GIVEN = {"uniform": 0.25, "loguniform": 1e-3, "quniform": 0.1, "qloguniform": 3.0, "randint": -2, "qrandint": 6,
         "lograndint": 17, "qlograndint": 4, "normal": 1.5, "qnormal": -0.5, "mixed": [1, 2], "texts": "tanh",
         "numbers": 64, "only": 5}  # fmt: skip
TRIALS = {"ax": 7, "random": 4}
"""Ax takes seconds for a proposal once it has learned; random search has a grid of two."""
RAN = [name for name in installed() if name != "bohb"]
"""BOHB runs with its scheduler, in test_schedulers.py."""


def space(searcher: str) -> dict[str, Any]:
    """All of it that the searcher takes; a choice with a single value is none, so that all take it."""
    traits = SEARCHERS.get(searcher).traits
    takes = {key for key, kind in KINDS.searched().items() if only(kind) or conversion(kind, traits.supported)}
    return {
        group: {name: value for name, value in members.items() if group == "fixed" or f"{group}.{name}" in takes}
        for group, members in SPELLED.items()
    }


def point(searcher: str) -> dict[str, Any]:
    """Every searched key but the grid, which tries all its values beside it."""
    members = {f"{group}.{name}" for group, names in space(searcher).items() for name in names}
    return nested({key: GIVEN[name] for key in members if (name := key.partition(".")[2]) in GIVEN and key[0] != "f"})


def preset(searcher: str) -> dict[str, Any]:
    traits = SEARCHERS.get(searcher).traits
    options = {
        word.removeprefix("searcher.").split("=")[0]: int(word.split("=")[1]) for word in STEADY.get(searcher, ())
    }
    if traits.learns and traits.takes_results:
        known = point(searcher)
        known["number"]["uniform"] = 0.5
        options |= {"evaluated_points": [{"point": known, "objective": 0.2}]}
    return {
        "defaults": [
            {"override /trainable": "function"}, {"override /search_space": "none"},
            {"override /searcher": searcher}, {"override /scheduler": "fifo"},
            {"override /stopper": []}, {"override /logger": []},
        ],
        "name": searcher,
        "objective": {"metrics": [{"metric": "score", "mode": "max"}]},
        "trainable": {"import_path": "mine:curve", "reuse_workers": True},
        "budget": {"num_samples": TRIALS.get(searcher, 10), "max_epochs": 2, "max_concurrent": 1},
        "resources": {"cpu": 1, "gpu": 0},
        "report": False,
        "searcher": {**options, "points_to_evaluate": [point(searcher)]},
        "search_space": space(searcher),
    }  # fmt: skip


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The run folder of every searcher: all in one process, on one Ray."""
    project = tmp_path_factory.mktemp("project")
    (project / "mine.py").write_text(FUNCTION)
    presets = project / "conf" / "experiment"
    presets.mkdir(parents=True)
    for name in RAN:
        text = "# @package _global_\n" + yaml.safe_dump(preset(name), sort_keys=False)
        (presets / f"every_{name}.yaml").write_text(text)
    words = ["-m", "experiment=" + ",".join(f"every_{name}" for name in RAN)]
    done = subprocess.run(
        [sys.executable, "-m", "runner", *words], cwd=project, capture_output=True, text=True, timeout=500, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    folders = [path.parent for path in project.glob("outputs/**/journal.jsonl")]
    return {yaml.safe_load((folder / "config.yaml").read_text())["name"]: folder for folder in folders}


def searched(searcher: str) -> SearchSpace:
    found, problems = read_search_space(space(searcher))
    assert not problems
    return found


@pytest.mark.parametrize("searcher", RAN)
def test_a_run_proposes_what_is_in_the_space_and_points_first(searcher: str, runs: dict[str, Path]) -> None:
    events = list(read_journal(runs[searcher] / "journal.jsonl"))
    configs = [event.config for event in events if event.kind == "proposed"]
    grids = 2 if searcher == "random" else 1
    assert len(configs) == TRIALS.get(searcher, 10) * grids
    given = [point(searcher), SPELLED["fixed"]]
    for config in configs[:grids]:
        assert config is not None
        assert {**config, "category": {k: v for k, v in config["category"].items() if k != "grid"}} == {
            **given[0], "fixed": given[1]
        }  # fmt: skip
    for config in configs:
        assert config is not None
        assert strangers(config, searched(searcher)) == []
    assert len({json.dumps(config) for config in configs}) > len(configs) / 2, "it searches"


@pytest.mark.parametrize("searcher", RAN)
def test_the_seed_reproduces_a_run_whatever_its_trials_came_to(searcher: str, runs: dict[str, Path]) -> None:
    """Told the same, another search proposes the same, beyond the trial that failed and the one that diverged."""
    events = list(read_journal(runs[searcher] / "journal.jsonl"))
    assert [event.trial for event in events if event.failed] == ["trial_003"]
    assert {event.trial for event in events if str(event.objective) == "nan"} == {"trial_005"}
    again = build_search(read(yaml.safe_load((runs[searcher] / "config.yaml").read_text())))
    again.set_search_properties(None, None, {})
    assert [told(again, event) for event in events if event.kind == "proposed" or event.trial] == [
        event.config for event in events if event.kind == "proposed" or event.trial
    ]


def told(search: Any, event: Event) -> Any:
    """Ask and tell as in the run; what is proposed, as it is written."""
    if event.kind == "proposed":
        return as_written(search.suggest(event.trial))
    result = None if event.objective is None else {"objective": event.objective, "training_iteration": event.iteration}
    if event.kind == "reported":
        search.on_trial_result(event.trial, result)
    elif event.kind == "ended":
        search.on_trial_complete(event.trial, result, event.failed)
    return None


def test_every_searcher_is_run_or_lacks_its_package() -> None:
    left = set(SEARCHERS.names()) - set(RAN) - {"bohb"}
    if left == {"hebo"}:
        pytest.skip("HEBO is installed by hand: it asks for a numpy below 1.25")
    assert not left


def test_another_seed_is_another_search() -> None:
    made = plain("hyperopt")
    other = replace(made, seed=made.seed + 1)
    assert over(made, made.search_space).suggest("a") != over(other, made.search_space).suggest("a")


@pytest.mark.parametrize("name", installed())
def test_no_library_says_that_it_leaves_something_out(name: str) -> None:
    """Ray's searchers tell their log of what they drop of a distribution, and of points that they ignore."""
    told: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: told.append(record.getMessage())  # type: ignore[method-assign]
    log = logging.getLogger("ray")
    log.addHandler(handler)
    try:
        found, problems = read_search_space(space(name))
        assert not problems
        made = beginning_with(plain(name), [] if name == "random" else [point(name)], known=False)
        assert over(made, found).suggest("trial_000")
    finally:
        log.removeHandler(handler)
    assert told == []
