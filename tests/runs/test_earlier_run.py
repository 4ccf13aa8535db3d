"""A run folder read back: the values with their types, the trials that count."""

import math
from pathlib import Path
from typing import Any

import pytest

from runner.config.objective import Objective, Target
from runner.runs.cells import read_cell
from runner.runs.decisions import Decision
from runner.runs.earlier_run import EarlierRun
from runner.runs.folder import RunFolder
from runner.runs.points_file import read_points
from runner.runs.record import Record, TrialState

from .conftest import Play

CONFIG: dict[str, Any] = {
    "objective": {"metrics": [{"metric": "accuracy", "mode": "max"}]},
    "budget": {"max_epochs": 10},
    "search_space": {
        "x": "uniform(0, 1)",
        "m": {"n": {"distribution": "randint", "lower": 1, "upper": 9}},
        "kind": "choice(['a', None, True, '1', 'x,\"y\"', [1, 2], {'deep': None}])",
        "epochs": 3,
    },
}
KINDS = ["a", None, True, "1", 'x,"y"', [1, 2], {"deep": None}]


def test_values_come_back_exactly(run: RunFolder, play: Play) -> None:
    run.write_config(CONFIG, [])
    for number, kind in enumerate(KINDS):
        play.trial(f"t{number}", [0.1], x=1 / 3, m={"n": number}, kind=kind, epochs=3)
        play.end(f"t{number}")
    earlier = EarlierRun.read(run)
    for number, (kind, trial) in enumerate(zip(KINDS, earlier.trials, strict=True)):
        assert trial.point == {"x": 1 / 3, "m.n": number, "kind": kind}
        assert [type(value) for value in trial.point.values()] == [float, int, type(kind)]
    assert earlier.constants == {"epochs": 3}
    assert earlier.objective == Objective((Target("accuracy", "max"),))


def test_a_value_outside_of_the_categories_is_read_as_what_it_looks_like() -> None:
    assert [read_cell(text) for text in ("1", "0.5", "True", "null", "auto")] == [1, 0.5, True, None, "auto"]


def test_categories_that_look_alike_are_refused(run: RunFolder, play: Play) -> None:
    run.write_config({**CONFIG, "search_space": {"kind": "choice([1, '1'])"}}, [])
    play.trial("t0", [0.1], kind="1")
    with pytest.raises(ValueError, match="1 and '1' are written alike"):
        EarlierRun.read(run)


def test_which_trials_count(run: RunFolder, play: Play) -> None:
    """The best first by their best value; results are of those that ended by themselves or by a rule."""
    run.write_config(CONFIG, [])
    ends = {
        "completed": (TrialState.COMPLETED, [0.1, 0.5, 0.2]), "stopped": (TrialState.STOPPED, [0.9, 0.3]),
        "failed": (TrialState.FAILED, [0.8]), "memory": (TrialState.OUT_OF_MEMORY, [0.8]),
        "interrupted": (TrialState.INTERRUPTED, [0.7]),
        "nan": (TrialState.COMPLETED, [math.nan]),
    }  # fmt: skip
    for name, (state, values) in ends.items():
        play.trial(name, values, x=0.5)
        play.end(name, state, "rule")
    earlier = EarlierRun.read(run)
    assert [trial.name for trial in earlier.ranked()] == ["stopped", "interrupted", "completed"]
    assert [(trial.name, trial.last) for trial in earlier.finished()] == [("completed", 0.2), ("stopped", 0.3)]


def test_the_least_is_best_where_the_objective_says_so(run: RunFolder, play: Play) -> None:
    run.write_config({**CONFIG, "objective": {"metrics": [{"metric": "loss", "mode": "min"}]}}, [])
    for name, value in (("a", 0.2), ("b", 0.1)):
        play.trial(name, [value], x=0.5)
        play.end(name)
    assert [trial.name for trial in EarlierRun.read(run).ranked()] == ["b", "a"]


def test_a_foreign_config_is_told(run: RunFolder) -> None:
    run.config.write_text("a: 1\n")
    with pytest.raises(ValueError, match="is not as a run leaves it"):
        EarlierRun.read(run)


def test_a_trial_that_had_to_take_another_value_stands_for_that(run: RunFolder, record: Record) -> None:
    run.write_config({**CONFIG, "search_space": {"batch": "choice([16, 8])", "x": "uniform(0, 1)"}}, [])
    record.started("t0", {"batch": 16, "x": 0.5})
    record.reported("t0", 1, {"objective": 0.1, "adjusted/batch": 8})
    record.ended("t0", TrialState.COMPLETED, Decision("t0", 1, "end", None, None, "trained to its end"))
    assert EarlierRun.read(run).trials[0].point == {"batch": 8, "x": 0.5}


def test_points_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "points.yaml"
    file.write_text("- {lr0: 1e-3}\n- {lr0: 0.1, m: {n: 2}}\n")
    assert read_points(file) == [{"lr0": 0.001}, {"lr0": 0.1, "m": {"n": 2}}]
    file.write_text("# best\nlr0: 1e-05\n")
    assert read_points(file) == [{"lr0": 1e-5}]


@pytest.mark.parametrize("content", ["", "[]", "[1, 2]", "{}", "a: [", "a: b: c"])
def test_a_file_without_points_is_told(content: str, tmp_path: Path) -> None:
    file = tmp_path / "points.yaml"
    file.write_text(content)
    with pytest.raises(ValueError, match=r".+"):
        read_points(file)


def test_a_parameter_that_was_not_there_is_no_part_of_the_point(run: RunFolder, play: Play) -> None:
    """An empty cell: also where the empty text is one of its categories."""
    space = {"kind": "choice(['a', 'b'])", "note": "choice(['', 'c'], when={'kind': 'a'})"}
    run.write_config({**CONFIG, "search_space": space}, [])
    for number, config in enumerate([{"kind": "a", "note": ""}, {"kind": "b"}]):
        play.trial(f"t{number}", [0.1], **config)
        play.end(f"t{number}")
    assert [trial.point for trial in EarlierRun.read(run).trials] == [{"kind": "a", "note": ""}, {"kind": "b"}]
