"""A run folder read back: the values with their types, the trials that count."""

import math
from pathlib import Path
from typing import Any

import pytest
import yaml
from rich.console import Console

from runner.config.objective import Objective, Target
from runner.errors import ConfigError
from runner.planning.pace import pace_of
from runner.runs.cells import read_cell
from runner.runs.decisions import Decision
from runner.runs.explanation import Explanation
from runner.runs.folder import RunFolder
from runner.runs.points_file import read_points
from runner.runs.ranking import sample
from runner.runs.record import Record, TrialState
from runner.runs.run import Run
from runner.runs.seeds_table import seeds_table

from .conftest import Clock, Play

CONFIG: dict[str, Any] = {
    "name": "digits",
    "searcher": {"name": "random"},
    "scheduler": {"name": "fifo"},
    "objective": {"metrics": [{"metric": "accuracy", "mode": "max"}]},
    "budget": {"max_epochs": 10},
    "search_space": {
        "x": "uniform(0, 1)",
        "m": {"n": {"distribution": "randint", "lower": 1, "upper": 9}},
        "kind": "choice(['a', None, True, '1', 'x,\"y\"', [1, 2], {'deep': None}])",
        "epochs": 3,
    },
}
PLAIN: dict[str, Any] = {**CONFIG, "search_space": {"x": "uniform(0, 1)"}}
KINDS = ["a", None, True, "1", 'x,"y"', [1, 2], {"deep": None}]


def test_values_come_back_exactly(run: RunFolder, play: Play) -> None:
    run.write_config(CONFIG, [])
    for number, kind in enumerate(KINDS):
        play.trial(f"t{number}", [0.1], x=1 / 3, m={"n": number}, kind=kind, epochs=3)
        play.end(f"t{number}")
    earlier = Run(run)
    for number, (kind, trial) in enumerate(zip(KINDS, earlier.rows.values(), strict=True)):
        point = earlier.point(trial)
        assert point == {"x": 1 / 3, "m.n": number, "kind": kind}
        assert [type(value) for value in point.values()] == [float, int, type(kind)]
    assert earlier.constants == {"epochs": 3}
    assert earlier.objective == Objective((Target("accuracy", "max"),))


def test_a_value_outside_of_the_categories_is_read_as_what_it_looks_like() -> None:
    assert [read_cell(text) for text in ("1", "0.5", "True", "null", "auto")] == [1, 0.5, True, None, "auto"]


def test_categories_that_look_alike_are_refused(run: RunFolder, play: Play) -> None:
    run.write_config({**CONFIG, "search_space": {"kind": "choice([1, '1'])"}}, [])
    play.trial("t0", [0.1], kind="1")
    found = Run(run)
    with pytest.raises(ConfigError, match="1 and '1' are written alike"):
        found.sampled(found.rows["t0"])


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
    earlier = Run(run)
    assert [trial.name for trial in earlier.ranked] == ["stopped", "interrupted", "completed"]
    assert [(trial.name, trial.last) for trial in earlier.finished] == [("completed", 0.2), ("stopped", 0.3)]


def test_the_least_is_best_where_the_objective_says_so(run: RunFolder, play: Play) -> None:
    run.write_config({**CONFIG, "objective": {"metrics": [{"metric": "loss", "mode": "min"}]}}, [])
    for name, value in (("a", 0.2), ("b", 0.1)):
        play.trial(name, [value], x=0.5)
        play.end(name)
    assert [trial.name for trial in Run(run).ranked] == ["b", "a"]


def test_a_foreign_config_is_told(run: RunFolder) -> None:
    run.config.write_text("a: 1\n")
    with pytest.raises(ConfigError, match=r"config\.yaml: lacks some of budget"):
        assert Run(run).objective


def test_a_trial_that_had_to_take_another_value_stands_for_that(run: RunFolder, record: Record) -> None:
    run.write_config({**CONFIG, "search_space": {"batch": "choice([16, 8])", "x": "uniform(0, 1)"}}, [])
    record.started("t0", {"batch": 16, "x": 0.5})
    record.reported("t0", 1, {"objective": 0.1, "adjusted/batch": 8})
    record.ended("t0", TrialState.COMPLETED, Decision("t0", 1, "end", None, None, "trained to its end"))
    found = Run(run)
    assert found.point(found.rows["t0"]) == {"batch": 8, "x": 0.5}


def test_every_reader_gives_the_parameters_of_the_best_report(run: RunFolder, record: Record) -> None:
    """The last report was trained with a smaller batch than the best one, as after an exploit or a restart."""
    run.write_config({**PLAIN, "search_space": {"batch": "choice([16, 8])", "x": "uniform(0, 1)"}}, [])
    record.started("t0", {"batch": 16, "x": 0.5})
    record.reported("t0", 1, {"objective": 0.9})
    record.reported("t0", 2, {"objective": 0.1, "adjusted/batch": 8})
    record.ended("t0", TrialState.COMPLETED, Decision("t0", 2, "end", None, None, "trained to its end"))
    trained = {"batch": 16, "x": 0.5}
    earlier = Run(run)
    assert yaml.safe_load(run.best_yaml.read_text()) == trained
    assert earlier.trained(earlier.chosen()) == earlier.point(earlier.chosen()) == trained
    assert earlier.chosen().parameters == earlier.best_parameters == trained
    assert "batch=16" in dict(Explanation(Run(run)).of_trial("t0"))["trial"]


def test_a_trial_without_a_best_report_was_trained_as_the_last_one_says(run: RunFolder, record: Record) -> None:
    run.write_config({**PLAIN, "search_space": {"batch": "choice([16, 8])"}}, [])
    record.started("t0", {"batch": 16})
    record.reported("t0", 1, {"objective": math.nan, "adjusted/batch": 8})
    record.ended("t0", TrialState.DIVERGED, Decision("t0", 1, "diverged", None, None, "NaN"))
    assert record.rows["t0"].parameters == Run(run).rows["t0"].parameters == {"batch": 8}
    assert "batch=8" in dict(Explanation(Run(run)).of_trial("t0"))["trial"]


def test_every_reader_gives_the_same_mean_of_repeats(run: RunFolder, objective: Objective, clock: Clock) -> None:
    """The best of the part of a training that was interrupted is none of the whole: it is not in the mean."""
    run.write_config({**PLAIN, "searcher": {"name": "random", "repeat": 2}}, [])
    record = Record(run, objective, expected_trials=2, max_epochs=10, repeat=2, clock=clock)
    play = Play(record, clock)
    play.trial("trial_000", [0.2], x=0.5)
    play.end("trial_000")
    play.trial("trial_001", [0.8], x=0.5)
    play.end("trial_001", TrialState.INTERRUPTED, "interrupted")
    told = "0.2 (1 seed, 1 not finished: no spread is known)"
    earlier = Run(run)
    assert str(record.best_sample) == str(Run(run).best_sample) == str(sample(earlier.rows.values())) == told
    assert ("", f"its configuration: {told}") in list(Explanation(Run(run)).of_run())
    assert told in run.best_yaml.read_text()
    assert record.best_value == Run(run).best_value == 0.2
    console = Console(width=100)
    with console.capture() as printed:
        console.print(seeds_table(earlier))
    assert told in printed.get()


def test_the_value_of_one_interrupted_trial_is_its_own(run: RunFolder, record: Record, play: Play) -> None:
    run.write_config(PLAIN, [])
    play.trial("trial_000", [0.8], x=0.5)
    play.end("trial_000", TrialState.INTERRUPTED, "interrupted")
    assert record.best_value == Run(run).best_value == 0.8


def test_a_text_metric_may_be_longer_than_the_limit_of_a_csv_cell(run: RunFolder, record: Record) -> None:
    run.write_config(PLAIN, [])
    record.started("t0", {"x": 0.5})
    record.reported("t0", 1, {"objective": 0.1, "text": "a, b" * 500_000})
    record.close()
    assert Run(run).chosen(None).name == "t0"
    assert len(Run(run).history["text"][0]) == len(Run(run).trials["best/text"].iloc[0]) == 2_000_000
    assert pace_of(run, "here", reuse_workers=False) is not None


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
    earlier = Run(run)
    assert [earlier.point(trial) for trial in earlier.rows.values()] == [{"kind": "a", "note": ""}, {"kind": "b"}]
