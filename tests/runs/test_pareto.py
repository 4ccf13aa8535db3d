"""The Pareto front of several objectives: which trials are on it, and what is kept and told of them."""

import csv
import io
import math
import random
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from runner.config.objective import Objective, Target
from runner.errors import FAILED, OK, ConfigError
from runner.runs.explanation import Explanation
from runner.runs.folder import RunFolder
from runner.runs.pareto import pareto_front
from runner.runs.record import Record, TrialState
from runner.runs.run import Run
from runner.runs.run_diff import RunDiff
from runner.runs.summary import exit_code, summary

from .conftest import Clock, Play

OBJECTIVE = Objective((Target("accuracy", "max"), Target("leaves", "min")))
CONFIG: dict[str, Any] = {
    "name": "digits",
    "objective": {"metrics": [{"metric": "accuracy", "mode": "max"}, {"metric": "leaves", "mode": "min"}]},
    "budget": {"num_samples": 6, "max_epochs": None},
    "searcher": {"name": "random"},
    "scheduler": {"name": "fifo"},
    "search_space": {"depth": {"distribution": "randint", "lower": 1, "upper": 9}},
}


@pytest.fixture
def objective() -> Objective:
    return OBJECTIVE


def trial(
    play: Play, name: str, *points: tuple[float, float], state: TrialState = TrialState.COMPLETED, **config: object
) -> None:
    """One trial that reports accuracy and leaves, and ends in `state` unless that is running."""
    play.record.started(name, config or {"depth": int(name[-1])})
    for epoch, (accuracy, leaves) in enumerate(points, 1):
        play.clock.now += 1
        metrics = {"accuracy": accuracy, "leaves": leaves}
        play.record.reported(name, epoch, {**metrics, "objective": OBJECTIVE.score(metrics)})
    if state is not TrialState.RUNNING:
        play.end(name, state, error="boom" if state.failed else "")


def six(play: Play) -> None:
    """t1 and t2 are on the front; t3 is beaten by t1, t4 failed, t5 has no finite value, t6 runs on."""
    trial(play, "t1", (0.8, 50.0))
    trial(play, "t2", (0.5, 5.0), (0.6, 7.0), (0.4, 1.0), state=TrialState.STOPPED)
    trial(play, "t3", (0.7, 50.0))
    trial(play, "t4", (0.99, 1.0), state=TrialState.FAILED)
    trial(play, "t5", (0.99, math.nan))
    trial(play, "t6", (0.65, 10.0), state=TrialState.RUNNING)


def rows(path: Path) -> dict[str, dict[str, str]]:
    with path.open(newline="") as file:
        return {row["trial"]: row for row in csv.DictReader(file)}


def told(*parts: object) -> str:
    console = Console(file=io.StringIO(), width=100)
    with console.capture() as capture:
        for part in parts:
            console.print(part)
    return capture.get()


def beats(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """By the definition: more is better in the first and the last place, less in the others."""
    gains = [(a - b) * sign for a, b, sign in zip(one, other, (1, -1, 1), strict=False)]
    return min(gains) >= 0 and max(gains) > 0


@pytest.mark.parametrize("objectives", [2, 3])
def test_the_front_is_what_no_other_beats(objectives: int) -> None:
    targets = (Target("a", "max"), Target("b", "min"), Target("c", "max"))[:objectives]
    chance = random.Random(objectives)
    for size in (0, 1, 2, 5, 40, 40, 40):
        points = {
            f"t{n}": {target.metric: float(chance.randrange(6)) for target in targets} for n in range(size)
        }  # equal points and equal coordinates among them
        values = {name: tuple(point.values()) for name, point in points.items()}
        expected = {name for name in points if not any(beats(values[other], values[name]) for other in points)}
        front = pareto_front(points, Objective(targets))
        assert set(front) == expected
        assert [points[name]["a"] for name in front] == sorted((points[name]["a"] for name in front), reverse=True)


def test_trials_that_ended_and_did_not_fail_are_on_it_with_their_best_report_by_the_first(
    record: Record, run: RunFolder, play: Play
) -> None:
    six(play)
    assert [row.name for row in record.front] == ["t1", "t2"]
    table = rows(run.trials_csv)
    assert {name: row["pareto"] for name, row in table.items() if row["pareto"]} == {"t1": "true", "t2": "true"}
    assert (table["t2"]["objective"], table["t2"]["best/leaves"], table["t2"]["last/leaves"]) == ("0.6", "7.0", "1.0")
    assert (table["t5"]["objective"], table["t5"]["last/objective"]) == ("", "nan")
    front = rows(run.front_csv)
    assert list(front) == ["t1", "t2"]
    assert (front["t2"]["best/accuracy"], front["t2"]["best/leaves"], front["t2"]["config/depth"]) == (
        "0.6",
        "7.0",
        "2",
    )
    assert {path.name for path in run.best.iterdir()} == {"front.csv", "t1.yaml", "t2.yaml"}
    assert run.front_yaml("t2").read_text() == (
        "# t2, on the Pareto front: accuracy = 0.6 (max), leaves = 7.0 (min) at epoch 2\ndepth: 2\n"
    )
    assert [row.name for row in record.ranked()] == ["t1", "t2", "t3"]
    assert exit_code(record, interrupted=False) == OK


def test_a_trial_that_is_beaten_leaves_the_front_and_its_file(record: Record, run: RunFolder, play: Play) -> None:
    six(play)
    trial(play, "t7", (0.6, 6.0))
    assert [row.name for row in record.front] == ["t1", "t7"]
    assert {path.name for path in run.best.iterdir()} == {"front.csv", "t1.yaml", "t7.yaml"}
    assert rows(run.trials_csv)["t2"]["pareto"] == ""
    play.record.started("t7", {"depth": 7})  # its process died: it is no longer over
    assert [row.name for row in record.front] == ["t1", "t2"]
    assert rows(run.trials_csv)["t2"]["pareto"] == "true"


def test_an_experiment_without_a_finite_point_failed(record: Record, run: RunFolder, play: Play) -> None:
    trial(play, "t1", (0.99, math.nan))
    assert exit_code(record, interrupted=False) == FAILED
    assert "best          none: no trial reported a finite accuracy and leaves" in told(
        summary(record, run, max_epochs=None, seconds=1)
    )


def test_one_objective_has_no_column_and_no_front(run: RunFolder, clock: Clock) -> None:
    record = Record(run, Objective((Target("accuracy", "max"),)), expected_trials=1, max_epochs=None, clock=clock)
    play = Play(record, clock)
    play.trial("t1", [0.5])
    play.end("t1")
    assert "pareto" not in rows(run.trials_csv)["t1"]
    assert not run.front_csv.exists()
    assert record.front == []


def test_the_front_keeps_its_weights_whatever_their_number(run: RunFolder, objective: Objective, clock: Clock) -> None:
    record = Record(run, objective, expected_trials=4, max_epochs=None, keep_best=1, clock=clock)
    play = Play(record, clock)
    for name, point in (("t1", (0.9, 90.0)), ("t2", (0.8, 95.0)), ("t3", (0.5, 5.0)), ("t4", (0.85, 91.0))):
        run.trial_weights(name).parent.mkdir(parents=True)
        run.trial_weights(name).write_text(name)
        trial(play, name, point)
        clock.now += 60
    record.close()
    assert {path.parents[1].name for path in run.trials.glob("*/weights/best.pt")} == {"t1", "t3"}
    assert rows(run.front_csv)["t3"]["checkpoint"] == "trials/t3/weights/best.pt"


def test_the_summary_and_why_tell_the_front(record: Record, run: RunFolder, play: Play) -> None:
    run.write_config(CONFIG, [])
    six(play)
    record.close()
    text = told(summary(record, run, max_epochs=None, seconds=1))
    assert "front         3 trials that no other beats in accuracy (max), leaves (min)" in text
    assert "t2 (stopped) accuracy=0.6 leaves=7: depth=2" in text
    assert "best config" not in text
    story = Explanation(Run(run))
    lines = dict(story.of_run())
    assert "best" not in lines
    assert lines["front"] == "t1: accuracy=0.8 leaves=50 at iteration 1"
    assert dict(story.of_trial("t3"))["best"] == (
        "accuracy=0.7 leaves=50 at iteration 1, not on the Pareto front: beaten by t1"
    )
    assert dict(story.of_trial("t2"))["best"] == "accuracy=0.6 leaves=7 at iteration 2, on the Pareto front"
    assert dict(story.of_trial("t4"))["best"].endswith("which does not count")


def test_the_gain_over_the_defaults_is_who_beats_them(run: RunFolder, objective: Objective, clock: Clock) -> None:
    record = Record(run, objective, expected_trials=3, max_epochs=None, defaults_first=True, clock=clock)
    play = Play(record, clock)
    trial(play, "t0", (0.7, 50.0))
    assert "none: no trial beats the defaults (t0): accuracy=0.7 leaves=50" in told(
        summary(record, run, max_epochs=None, seconds=1)
    )
    trial(play, "t1", (0.8, 60.0))
    trial(play, "t2", (0.75, 40.0))
    assert "gain          t2 over the defaults (t0): accuracy=0.7 leaves=50" in told(
        summary(record, run, max_epochs=None, seconds=1)
    )


def test_a_run_is_read_back_with_its_front(record: Record, run: RunFolder, play: Play) -> None:
    run.write_config(CONFIG, [])
    six(play)
    record.close()
    earlier = Run(run)
    assert [trial.name for trial in earlier.ranked] == ["t1", "t6", "t2", "t3"]
    assert [trial.name for trial in earlier.pareto_front] == ["t1", "t6", "t2"]
    with pytest.raises(ConfigError, match=r"trials are on the Pareto front of accuracy \(max\), leaves \(min\): t1 "):
        earlier.chosen(None)
    assert earlier.values(earlier.chosen("t2")) == {"accuracy": 0.6, "leaves": 7.0}
    text = told(RunDiff(earlier, earlier))
    assert "3 trials: accuracy 0.6 to 0.8, leaves 7 to 50" in " ".join(text.split())
    assert "best" not in text


def test_a_record_that_is_taken_up_has_the_same_front(
    record: Record, run: RunFolder, objective: Objective, play: Play, clock: Clock
) -> None:
    six(play)
    before = rows(run.front_csv)
    again = Record(run, objective, expected_trials=6, max_epochs=None, clock=clock)
    again.resume({name: row.config for name, row in record.rows.items()})
    assert [row.name for row in again.front] == ["t1", "t6", "t2"], "interrupted, as far as is known"
    again.started("t6", {"depth": 6})
    assert [row.name for row in again.front] == ["t1", "t2"]
    assert rows(run.front_csv) == before
