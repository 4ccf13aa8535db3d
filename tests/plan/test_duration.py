"""The pace of an earlier run, and the time that follows from it."""

from pathlib import Path

import pytest

from runner.planning.at_once import AtOnce
from runner.planning.duration import duration
from runner.planning.epochs import Epochs
from runner.planning.pace import Pace, earlier_pace, pace_of
from runner.runs.folder import RunFolder
from tests.config.composing import experiment

HISTORY = "trial,iteration,seconds,objective\na,1,5,0\nb,1,6,0\na,2,7,0\na,3,9,0\nb,2,8,0\n"
TRIALS = """\
trial,state,objective,best_iteration,iterations,seconds,restarts,last/objective,checkpoint,reason,note
a,completed,0,1,3,10,0,0,,,
b,stopped,0,1,2,8,0,0,,,
c,failed,,,0,4,0,,,,
"""


def a_run(folder: Path, *words: str, history: str = HISTORY) -> RunFolder:
    run = RunFolder.at(folder)
    run.write_config(experiment(*words).config, words)
    run.history_csv.write_text(history)
    run.trials_csv.write_text(TRIALS)
    return run


def test_an_epoch_is_what_lies_between_reports_and_the_rest_is_beside(tmp_path: Path) -> None:
    run = a_run(tmp_path / "run", "experiment=shapes")
    assert pace_of(run, "here", reuse_workers=False) == Pace(2, 4, True, "here")
    assert pace_of(run, "here", reuse_workers=True) == Pace(2, 4, False, "here")


def test_a_trial_of_one_report_is_an_epoch(tmp_path: Path) -> None:
    run = a_run(tmp_path / "run", "experiment=shapes", history="trial,iteration,seconds,objective\na,1,3,0\n")
    found = pace_of(run, "here", reuse_workers=False)
    assert found is not None
    assert found.epoch == 3


def test_a_promoted_function_has_the_pace_of_its_search(tmp_path: Path) -> None:
    a_run(tmp_path / "outputs" / "mine" / "1", "experiment=quickstart")
    fixed = ("experiment=quickstart", "search_space=null")
    assert earlier_pace(experiment(*fixed, "+search_space.a=0.1", "+search_space.b=2"), tmp_path) is not None
    assert earlier_pace(experiment(*fixed, "+search_space.a=0.1", "+search_space.c=2"), tmp_path) is None


def test_no_report_tells_nothing(tmp_path: Path) -> None:
    run = a_run(tmp_path / "run", "experiment=shapes", history="trial,iteration,seconds,objective\n")
    assert pace_of(run, "here", reuse_workers=False) is None


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("budget.num_samples=3", "searcher=random", "search_space.lr0.upper=0.1"), True),
        (("trainable.train_args.imgsz=128",), False),
        (("trainable.data=coco8.yaml",), False),
        (("search_space.batch=8",), False),
        (("search_space=none", "trainable.train_args.lr0=0.002", "trainable.train_args.box=5"), True),
        (("search_space=none", "trainable.train_args.lr0=0.02", "trainable.train_args.imgsz=128"), False),
    ],
)
def test_a_run_of_the_same_training_counts(tmp_path: Path, words: tuple[str, ...], found: bool) -> None:
    a_run(tmp_path / "outputs" / "mine" / "1", "experiment=shapes")
    (tmp_path / "outputs" / "mine" / "2").mkdir()
    (tmp_path / "outputs" / "mine" / "2" / "config.yaml").write_text("- nonsense")
    (tmp_path / "outputs" / "mine" / "2" / "history.csv").write_text(HISTORY)
    pace = earlier_pace(experiment("experiment=shapes", *words), tmp_path)
    assert (pace is not None) == found
    assert pace is None or pace.source.endswith("outputs/mine/1")


def test_trials_share_the_time_and_none_is_shorter_than_itself() -> None:
    spent = Epochs(full=10, least=20, expected=60, most=100)
    two, ten = (AtOnce(trials, True, 1, 0, ()) for trials in (2, 10))
    assert duration(Pace(2, 3, True, ""), spent, 10, two).expected == (60 * 2 + 10 * 3) / 2
    assert duration(Pace(2, 3, False, ""), spent, 10, two).most == (100 * 2 + 2 * 3) / 2
    assert duration(Pace(2, 3, True, ""), spent, 10, ten).expected == 10 * 2 + 3
