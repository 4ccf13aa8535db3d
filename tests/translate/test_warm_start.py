"""Points of a file and of an earlier run take their places in the experiment before anything starts."""

from pathlib import Path
from typing import Any

import pytest

from runner.checks import point_problems
from runner.config.experiment import Experiment
from runner.config.points import listed
from runner.config.read import read
from runner.errors import ConfigError
from runner.runs.decisions import Decision
from runner.runs.folder import RunFolder
from runner.runs.record import Record, TrialState
from runner.translate.points import resolve_points
from tests.config.composing import experiment

DIGITS = "experiment=digits"  # optuna; lr and momentum are searched, epochs is a constant; accuracy, max
YOLO = ("experiment=shapes", "searcher.defaults_first=false")


def earlier(folder: Path, words: tuple[str, ...], trials: list[tuple[dict[str, Any], list[float]]]) -> RunFolder:
    """A run folder as a run of `words` leaves it, with the parameters and objectives of its trials."""
    made = experiment(*words)
    run = RunFolder.at(folder)
    run.write_config(made.config, words)
    record = Record(run, made.objective, expected_trials=None, max_epochs=None)
    for number, (parameters, values) in enumerate(trials):
        name = f"trial_{number:03d}"
        record.started(name, parameters)
        for epoch, value in enumerate(values, 1):
            record.reported(name, epoch, {"objective": value})
        record.ended(name, TrialState.COMPLETED, Decision(name, len(values), "end", None, None, "trained to its end"))
    return run


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    """Five trials, the third twice; their best values are not in order, nor their last ones alike."""
    points = [(0.001, 0.5), (0.002, 0.6), (0.003, 0.7), (0.003, 0.7), (0.004, 0.8)]
    values = [[0.5, 0.4], [0.9, 0.1], [0.7], [0.6], [0.2]]
    trials = [({"lr": lr, "momentum": m, "epochs": 12}, v) for (lr, m), v in zip(points, values, strict=True)]
    return earlier(tmp_path / "earlier", (DIGITS,), trials)


def settled(project: Path, *words: str) -> tuple[Experiment, list[str]]:
    return resolve_points(experiment(*words), project)


def points(made: Experiment) -> list[dict[str, Any]]:
    return listed(made.searcher.options["points_to_evaluate"])


def refused(project: Path, *words: str) -> str:
    with pytest.raises(ConfigError) as caught:
        settled(project, *words)
    [problem] = caught.value.problems
    assert problem.where.startswith("searcher.")
    assert problem.remedy
    return problem.message


def test_the_best_come_first_each_once(tmp_path: Path, run: RunFolder) -> None:
    made, notes = settled(tmp_path, DIGITS, "searcher.warm_start={run: earlier, best: 3}")
    assert points(made) == [
        {"lr": 0.002, "momentum": 0.6}, {"lr": 0.003, "momentum": 0.7}, {"lr": 0.001, "momentum": 0.5},
    ]  # fmt: skip
    assert notes == [f"{run.root}: its best 3 configurations will be tried first"]


def test_a_path_alone_stands_for_the_best_five(tmp_path: Path, run: RunFolder) -> None:
    made, _ = settled(tmp_path, DIGITS, "searcher.warm_start=earlier")
    assert [point["lr"] for point in points(made)] == [0.002, 0.003, 0.001, 0.004], "there are four different ones"


def test_the_newest_of_several_runs_is_meant(tmp_path: Path, run: RunFolder) -> None:
    _, notes = settled(tmp_path, DIGITS, "searcher.warm_start=.")
    assert notes == [f"{run.root}: its best 4 configurations will be tried first"]


def test_points_that_are_named_come_before_those_of_the_run(tmp_path: Path, run: RunFolder) -> None:
    words = ("searcher.warm_start={run: earlier, best: 2}", "searcher.points_to_evaluate=[{lr: 0.003, momentum: 0.7}]")
    assert [point["lr"] for point in points(settled(tmp_path, DIGITS, *words)[0])] == [0.003, 0.002]


def test_results_are_the_last_values_and_no_point_to_evaluate(tmp_path: Path, run: RunFolder) -> None:
    made, notes = settled(tmp_path, DIGITS, "searcher.warm_start={run: earlier, results: true}")
    known = made.searcher.options["evaluated_points"]
    assert [(one.point["lr"], one.objective) for one in known] == [
        (0.001, 0.4), (0.002, 0.1), (0.003, 0.7), (0.003, 0.6), (0.004, 0.2),
    ]  # fmt: skip
    assert points(made) == []
    assert notes == [f"the searcher is told the results of 5 trials of {run.root}"]


@pytest.mark.parametrize("form", ["{run: earlier, best: 2}", "{run: earlier, results: true}"])
def test_the_kept_config_needs_the_earlier_run_no_more(tmp_path: Path, run: RunFolder, form: str) -> None:
    made, _ = settled(tmp_path, DIGITS, f"searcher.warm_start={form}")
    again = read(made.config)
    assert again.searcher == made.searcher
    assert again.searcher.options["warm_start"] is None
    assert resolve_points(again, tmp_path / "elsewhere") == (again, [])


def test_trials_that_do_not_fit_are_told(tmp_path: Path, run: RunFolder) -> None:
    made, notes = settled(tmp_path, DIGITS, "searcher.warm_start=earlier", "search_space.momentum.upper=0.65")
    assert [point["lr"] for point in points(made)] == [0.002, 0.001]
    assert notes[1:] == [
        "3 of 5 trials there do not fit this search space: momentum 0.7 is outside of uniform(0.1, 0.65) (2);"
        " momentum 0.8 is outside of uniform(0.1, 0.65) (1)"
    ]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["search_space.extra=uniform(0,1)"], "none of 5 trials fits this search space: extra has no value (5)"),
        (["~search_space.momentum"], "none of 5 trials fits this search space: momentum is not searched (5)"),
    ],
)
def test_where_none_fits_it_is_refused(tmp_path: Path, run: RunFolder, words: list[str], says: str) -> None:
    assert refused(tmp_path, DIGITS, "searcher.warm_start=earlier", *words) == says


def test_what_was_fixed_there_counts_where_it_is_searched_here(tmp_path: Path, run: RunFolder) -> None:
    words = ("searcher.warm_start={run: earlier, best: 1}", "search_space.epochs=randint(1, 20)")
    assert points(settled(tmp_path, DIGITS, *words)[0]) == [{"epochs": 12, "lr": 0.002, "momentum": 0.6}]


def test_another_objective_is_told_or_refused(tmp_path: Path, run: RunFolder) -> None:
    words = ("objective.metrics=[{metric: loss, mode: min}]",)
    _, notes = settled(tmp_path, DIGITS, "searcher.warm_start={run: earlier, best: 1}", *words)
    assert notes[0].endswith("its best configuration will be tried first, by accuracy (max), the objective there")
    message = refused(tmp_path, DIGITS, "searcher.warm_start={run: earlier, results: true}", *words)
    assert "was judged by accuracy (max), this experiment is by loss (min): results do not compare" in message


def test_results_under_other_conditions_are_told(tmp_path: Path, run: RunFolder) -> None:
    words = ("budget.max_epochs=20", "trainable.reuse_workers=false")
    _, notes = settled(tmp_path, DIGITS, "searcher.warm_start={run: earlier, results: true}", *words)
    assert notes[1] == (
        "the results were made under other conditions and may mislead the searcher:"
        " budget.max_epochs=12 there, 20 here, trainable.reuse_workers=True there, False here,"
        " search_space.epochs=12 there, 20 here"
    )


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("searcher.warm_start=nowhere", "nowhere: there is no such folder"),
        ("searcher.warm_start=earlier/best", "earlier/best: holds no run"),
        ("searcher.warm_start={run: earlier/best/best.yaml, results: true}", "is a configuration"),
        ("searcher.points_to_evaluate=nowhere.yaml", "there is no file "),
        ("searcher.points_to_evaluate=earlier/empty.yaml", "holds neither a mapping"),
    ],
)
def test_what_cannot_be_read_is_refused(tmp_path: Path, run: RunFolder, word: str, says: str) -> None:
    (run.root / "empty.yaml").write_text("[]\n")
    assert says in refused(tmp_path, DIGITS, word)


def test_an_earlier_run_without_a_result_is_refused(tmp_path: Path) -> None:
    earlier(tmp_path / "earlier", (DIGITS,), [({"lr": 0.001, "momentum": 0.5, "epochs": 12}, [])])
    assert "has a result" in refused(tmp_path, DIGITS, "searcher.warm_start=earlier")
    words = "searcher.warm_start={run: earlier, results: true}"
    assert "was completed or stopped with a result" in refused(tmp_path, DIGITS, words)


@pytest.mark.parametrize("word", ["searcher.warm_start=", "searcher.points_to_evaluate="])
def test_a_best_yaml_is_one_point(tmp_path: Path, run: RunFolder, word: str) -> None:
    made, _ = settled(tmp_path, DIGITS, f"{word}earlier/best/best.yaml")
    assert points(made) == [{"lr": 0.002, "momentum": 0.6}]
    assert point_problems(made) == []


@pytest.mark.parametrize("word", ["searcher.warm_start=", "searcher.points_to_evaluate="])
def test_what_every_trial_had_is_no_part_of_the_point(tmp_path: Path, word: str) -> None:
    fixed = "# the same in every trial\nmodel: yolo11n-seg.yaml\nepochs: 6\noptimizer: AdamW\n"
    (tmp_path / "best.yaml").write_text("# searched: lr0, box\nlr0: 2e-3\nbox: 6.0\n" + fixed)
    made, _ = settled(tmp_path, "experiment=shapes", f"{word}best.yaml")
    (point,) = points(made)
    assert (point["lr0"], point["box"]) == (0.002, 6.0)
    assert not {"model", "epochs", "optimizer"} & set(point)
    assert point_problems(made) == []


def test_a_file_is_checked_as_a_list_is(tmp_path: Path) -> None:
    (tmp_path / "points.yaml").write_text("- {lr: 1e-3, momentum: 0.5}\n- {lr: 1, momentum: 0.5}\n- {momentum: 0.5}\n")
    made, _ = settled(tmp_path, DIGITS, "searcher.points_to_evaluate=points.yaml")
    assert [(problem.rule, problem.where) for problem in point_problems(made)] == [
        ("point-value", "searcher.points_to_evaluate.1.lr"), ("point-key", "searcher.points_to_evaluate.2"),
    ]  # fmt: skip


def test_the_trainables_defaults_fill_a_point(tmp_path: Path) -> None:
    made, _ = settled(tmp_path, *YOLO, "searcher.points_to_evaluate=[{lr0: 0.002}]")
    assert points(made) == [{"lr0": 0.002, "weight_decay": 0.0005, "box": 7.5, "fliplr": 0.5}]
    assert made.config["searcher"]["points_to_evaluate"] == points(made)
    (tmp_path / "p.yaml").write_text("lr0: 0.002\n")
    words = ("searcher.points_to_evaluate=p.yaml", "search_space.box.upper=7")
    [problem] = point_problems(settled(tmp_path, *YOLO, *words)[0])
    assert problem.message == "lacks box, whose default 7.5 is outside of uniform(4, 7)"


def test_what_was_fixed_there_is_no_part_of_a_point_where_it_is_not_there(tmp_path: Path) -> None:
    fixed = ("search_space.kind=b", "search_space.momentum=0.5")
    trials = [({"lr": 0.001, "momentum": 0.5, "kind": "b", "epochs": 12}, [0.5])]
    earlier(tmp_path / "earlier", (DIGITS, *fixed), trials)
    here = ("search_space.kind=choice(['a','b'])", "search_space.momentum=uniform(0.1,0.9,when={'kind':'a'})")
    made, _ = settled(tmp_path, DIGITS, *here, "searcher.warm_start=earlier")
    assert points(made) == [{"kind": "b", "lr": 0.001}]
