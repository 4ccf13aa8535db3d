import csv
import json
import math
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from runner.config.objective import Objective, Target
from runner.runs.decisions import EXPLOITED, Decision, Exploit
from runner.runs.folder import RunFolder
from runner.runs.record import Record, TrialState

from .conftest import Clock, Play

TRACEBACK = 'Traceback (most recent call last):\n  File "train.py", line 3, in train\n    boom\nValueError: boom\n'

ENDLESS = """
import itertools, sys
from datetime import datetime
from pathlib import Path
from runner.config.objective import Objective, Target
from runner.runs.decisions import Decision
from runner.runs.folder import RunFolder
from runner.runs.record import Record, TrialState
run = RunFolder.create(Path(sys.argv[1]), "endless", datetime(2026, 1, 2))
record = Record(run, Objective((Target("m", "max"),)), expected_trials=None, max_epochs=None)
for number in itertools.count():
    record.started(f"t{number}", {"lr": number})
    for epoch in range(3):
        record.reported(f"t{number}", epoch, {"objective": float(number + epoch), f"m{number % 50}": 1.0})
    record.ended(f"t{number}", TrialState.COMPLETED, Decision(f"t{number}", 3, "end", None, None, "trained"))
    if number == 60:
        print("under way", flush=True)
"""


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        table = list(csv.DictReader(file, restkey="too many", restval="too few"))
    assert all("too many" not in row and "too few" not in row.values() for row in table)
    return table


def weights(run: RunFolder, name: str, content: str) -> None:
    path = run.trial_weights(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


def test_every_report_is_on_disk_at_once(run: RunFolder, play: Play) -> None:
    play.trial("t1", [0.5, 0.25])
    assert rows(run.history_csv) == [
        {"trial": "t1", "iteration": "1", "seconds": "1.0", "objective": "0.5", "accuracy": "0.5", "train/loss": "1.0"},
        {
            "trial": "t1",
            "iteration": "2",
            "seconds": "2.0",
            "objective": "0.25",
            "accuracy": "0.25",
            "train/loss": "0.5",
        },
    ]


def test_a_metric_that_comes_late_misaligns_nothing(run: RunFolder, record: Record) -> None:
    record.started("t1", {})
    record.reported("t1", 1, {"objective": 1.0, "note": 'a, "b"\nc'})
    record.reported("t1", 2, {"late": 7, "objective": 2.0, "note": None})
    record.reported("t1", 3, {"objective": 3.0})
    table = rows(run.history_csv)
    assert list(table[0]) == ["trial", "iteration", "seconds", "objective", "note", "late"]
    assert [row["note"] for row in table] == ['a, "b"\nc', "null", ""]
    assert [row["late"] for row in table] == ["", "7", ""]


def test_a_metric_named_like_a_column_of_ours_has_its_own(run: RunFolder, record: Record) -> None:
    record.started("t1", {})
    record.reported("t1", 1, {"objective": 1.0, "trial": 5, "seconds": 6})
    [row] = rows(run.history_csv)
    assert (row["trial"], row["metric/trial"], row["metric/seconds"]) == ("t1", "5", "6")


def test_the_table_of_trials(run: RunFolder, play: Play) -> None:
    play.trial("t1", [0.5, 0.75, 0.25], lr=1e-05, optim={"name": "SGD", "layers": [1, 2]})
    play.end("t1")
    play.trial("t2", [0.1], lr=0.1, extra="a,b")
    play.end("t2", TrialState.STOPPED, "asha")
    play.trial("t3", [], lr=0.2)
    one, two, three = rows(run.trials_csv)
    assert (one["state"], two["state"], three["state"]) == ("completed", "stopped", "running")
    assert (one["config/lr"], one["config/optim.name"], one["config/optim.layers"]) == ("1e-05", "SGD", "[1, 2]")
    assert (one["config/extra"], two["config/extra"]) == ("", "a,b")
    assert (one["objective"], one["best_iteration"], one["iterations"], one["seconds"]) == ("0.75", "2", "3", "3.0")
    assert (one["best/accuracy"], one["last/accuracy"], one["last/objective"]) == ("0.75", "0.25", "0.25")
    assert two["reason"] == "ended by asha"
    assert (three["objective"], three["last/objective"]) == ("", "")


def test_a_trial_that_ended_keeps_its_row_when_columns_come_late(run: RunFolder, play: Play) -> None:
    play.trial("t1", [0.5], lr=1.0)
    play.end("t1")
    play.trial("t2", [0.6], momentum=0.9)
    play.end("t2")
    one, two = rows(run.trials_csv)
    assert (one["config/lr"], one["config/momentum"]) == ("1.0", "")
    assert (two["config/lr"], two["config/momentum"]) == ("", "0.9")


def test_the_best_parameters_are_plain_yaml(run: RunFolder, play: Play) -> None:
    play.trial("t1", [0.5, 0.75], a=0.001, b=1, lr=1e-05, name="1e-5", flag=True)
    text = run.best_yaml.read_text()
    assert text.startswith("# t1: accuracy = 0.75 at epoch 2 (mode max)\na: 0.001\nb: 1\n")
    best = yaml.safe_load(text)
    assert best == {"a": 0.001, "b": 1, "lr": 1e-05, "name": "1e-5", "flag": True}
    assert isinstance(best["b"], int)


def test_best_is_over_all_epochs_of_all_trials(record: Record, play: Play) -> None:
    play.trial("t1", [0.1, 0.9, 0.2])
    play.end("t1")
    play.trial("t2", [0.3, 0.8])
    play.end("t2", TrialState.STOPPED, "asha")
    assert record.best is record.rows["t1"]
    assert (record.best.best, record.best.best_iteration) == (0.9, 2)


def test_of_repeated_configurations_the_best_mean_is_what_the_run_came_to(
    run: RunFolder, objective: Objective, clock: Clock
) -> None:
    record = Record(run, objective, expected_trials=4, max_epochs=10, repeat=2, clock=clock)
    play = Play(record, clock)
    assert record.best_sample.mean is None
    for number, value in enumerate([0.9, 0.1, 0.6, 0.8]):
        play.trial(f"trial_{number:03d}", [value])
        play.end(f"trial_{number:03d}")
    assert record.best is not None
    assert (record.best.name, record.best_sample.mean) == ("trial_003", pytest.approx(0.7))


def test_the_smallest_is_best_where_the_objective_says_so(run: RunFolder, clock: Clock) -> None:
    record = Record(run, Objective((Target("loss", "min"),)), expected_trials=2, max_epochs=None, clock=clock)
    play = Play(record, clock)
    play.trial("t1", [0.5])
    play.trial("t2", [0.1])
    assert record.best is record.rows["t2"]


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_no_number_never_wins(run: RunFolder, record: Record, play: Play, value: float) -> None:
    play.trial("t1", [value, value], lr=1.0)
    play.end("t1")
    assert record.best is None
    assert not run.best_yaml.exists()
    assert rows(run.trials_csv)[0]["objective"] == ""
    play.trial("t2", [0.1], lr=2.0)
    assert yaml.safe_load(run.best_yaml.read_text()) == {"lr": 2.0}


def test_a_failed_trial_loses_what_it_had_won(run: RunFolder, record: Record, play: Play) -> None:
    weights(run, "t1", "first")
    play.trial("t1", [0.5], lr=1.0)
    play.end("t1")
    weights(run, "t2", "second")
    play.trial("t2", [0.9], lr=2.0)
    play.end("t2", TrialState.FAILED, "error", TRACEBACK)
    assert record.best is record.rows["t1"]
    assert yaml.safe_load(run.best_yaml.read_text()) == {"lr": 1.0}
    assert run.best_weights.read_text() == "first"
    assert run.trial_error("t2").read_text() == TRACEBACK


def test_where_all_fail_there_is_no_best(run: RunFolder, record: Record, play: Play) -> None:
    play.trial("t1", [0.9], lr=2.0)
    play.end("t1", TrialState.FAILED, "error", TRACEBACK)
    record.close()
    assert record.best is None
    assert list(run.best.iterdir()) == []


def test_a_trial_that_recovers_counts_again(record: Record, play: Play) -> None:
    play.trial("t1", [0.9], lr=2.0)
    play.end("t1", TrialState.FAILED, "error", TRACEBACK)
    record.started("t1", {"lr": 2.0})
    assert record.best is record.rows["t1"]
    play.end("t1")
    assert record.states[TrialState.COMPLETED] == 1
    assert record.states[TrialState.FAILED] == 0


def test_epochs_that_are_run_again_replace_their_rows(run: RunFolder, record: Record, play: Play) -> None:
    play.trial("b", [0.3])
    play.trial("a", [0.1, 0.5, 0.2, 0.9])
    record.restarted(Decision("a", 4, "process_died", 1, 2, "its process died"))
    record.started("a", {})
    for epoch, value in ((3, 0.4), (4, 0.45)):
        record.reported("a", epoch, {"objective": value})
    with run.history_csv.open() as file:
        rows = [(row["trial"], row["iteration"], row["objective"]) for row in csv.DictReader(file)]
    of_a = [("a", "1", "0.1"), ("a", "2", "0.5"), ("a", "3", "0.4"), ("a", "4", "0.45")]
    assert rows == [("b", "1", "0.3"), *of_a]
    row = record.rows["a"]
    assert (row.best, row.best_iteration, row.iterations, row.restarts, record.epochs) == (0.5, 2, 4, 1, 5)
    assert record.best is row
    record.reported("a", 1, {"objective": 0.2})
    assert (row.best, row.best_iteration, record.epochs) == (0.2, 1, 2)
    assert record.best is record.rows["b"]
    assert "b:" in run.best_yaml.read_text()


def test_what_had_to_be_adjusted_is_in_the_best_parameters(run: RunFolder, record: Record, play: Play) -> None:
    record.started("a", {"batch": 32, "lr0": 0.1})
    record.reported("a", 1, {"objective": 1.0, "adjusted/batch": 16})
    play.end("a")
    assert yaml.safe_load(run.best_yaml.read_text()) == {"batch": 16, "lr0": 0.1}
    with run.trials_csv.open() as file:
        (row,) = csv.DictReader(file)
    assert (row["config/batch"], row["best/adjusted/batch"]) == ("32", "16")


def test_weights_and_parameters_are_of_one_trial(run: RunFolder, play: Play) -> None:
    weights(run, "t1", "first")
    play.trial("t1", [0.5], lr=1.0)
    assert not run.best_weights.exists(), "a running trial may be writing them"
    play.end("t1")
    assert run.best_weights.read_text() == "first"
    play.trial("t2", [0.9], lr=2.0)
    assert not run.best_weights.exists(), "best.yaml is t2's by now"
    weights(run, "t2", "second")
    play.end("t2", TrialState.STOPPED, "asha")
    assert run.best_weights.read_text() == "second"
    weights(run, "t3", "third")
    play.trial("t3", [0.1], lr=3.0)
    play.end("t3")
    assert run.best_weights.read_text() == "second"


def test_closing_interrupts_what_still_runs(run: RunFolder, record: Record, play: Play) -> None:
    play.trial("t1", [0.5], lr=1.0)
    weights(run, "t1", "first")
    record.close()
    record.close()
    assert rows(run.trials_csv)[0]["state"] == "interrupted"
    [decision] = map(json.loads, run.decisions.read_text().splitlines())
    assert (decision["rule"], decision["state"], decision["iteration"]) == ("interrupted", "interrupted", 1)
    assert run.best_weights.read_text() == "first"


def test_a_run_is_taken_up_whose_last_lines_were_being_written(
    run: RunFolder, record: Record, play: Play, objective: Objective
) -> None:
    for name in ("t1", "t2"):
        play.trial(name, [0.1, 0.5, 0.6], lr=1.0)
    play.end("t1")
    for path in (run.history_csv, run.decisions):
        path.write_bytes(path.read_bytes()[:-9])
    again = Record(run, objective, expected_trials=2, max_epochs=10)
    again.resume({"t1": {"lr": 1.0}, "t2": {"lr": 1.0}})
    assert [(report.trial, report.iteration) for report in again.reports()][-2:] == [("t2", 1), ("t2", 2)]
    assert run.decisions.read_text() == ""
    # A rule had ended it, or it fails, before it has been started again.
    again.ended("t2", TrialState.STOPPED, Decision("t2", 2, "asha", 0.5, 0.6, "0.5 is below 0.6"))
    assert [(row["state"], row["reason"]) for row in rows(run.trials_csv)] == [
        ("completed", "trained to its end"),
        ("stopped", "0.5 is below 0.6"),
    ]
    assert json.loads(run.decisions.read_text())["rule"] == "asha"


def test_every_file_reads_well_at_any_time(run: RunFolder, record: Record, play: Play) -> None:
    def read_all() -> None:
        rows(run.history_csv)
        rows(run.trials_csv)
        for line in run.decisions.read_text().splitlines():
            json.loads(line)
        if run.best_yaml.exists():
            yaml.safe_load(run.best_yaml.read_text())

    read_all()
    for number in range(4):
        play.trial(f"t{number}", [0.1 * number, 0.2], lr=number)
        read_all()
        play.end(f"t{number}")
        read_all()
    assert not list(run.root.rglob(".*")), "no draft is left behind"


def test_a_run_that_is_killed_leaves_whole_files(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", ENDLESS, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == "under way\n"
        process.kill()
        process.wait()
    [root] = (tmp_path / "endless").iterdir()
    run = RunFolder(root)
    history, trials = rows(run.history_csv), rows(run.trials_csv)
    decisions = [json.loads(line) for line in run.decisions.read_text().splitlines()]
    assert len(trials) > 60
    # What was told last may be in one file and not yet in the next.
    assert len(trials) - len(decisions) in (0, 1, 2)
    assert len(history) >= 3 * (len(trials) - 1)
    assert yaml.safe_load(run.best_yaml.read_text())["lr"] >= len(trials) - 2


def test_a_report_rewrites_nothing_that_it_does_not_change(run: RunFolder, record: Record, play: Play) -> None:
    play.trial("t1", [0.5], lr=1.0)
    before = run.trials_csv.stat().st_ino, run.best_yaml.stat().st_ino, run.history_csv.stat().st_ino
    record.reported("t1", 2, {"objective": 0.4, "accuracy": 0.4, "train/loss": 1.0})
    assert (run.trials_csv.stat().st_ino, run.best_yaml.stat().st_ino, run.history_csv.stat().st_ino) == before
    record.reported("t1", 3, {"objective": 0.6, "accuracy": 0.6, "train/loss": 1.0})
    assert run.trials_csv.stat().st_ino == before[0]
    assert "0.6 at epoch 3" in run.best_yaml.read_text()
    best = run.best_yaml.stat().st_ino
    play.end("t1")
    assert run.best_yaml.stat().st_ino == best
    assert run.trials_csv.stat().st_ino != before[0]


def test_trials_are_ranked_once_they_have_ended_unless_they_failed(play: Play, record: Record) -> None:
    play.trial("good", [0.2, 0.6])
    play.trial("better", [0.9, 0.1])
    play.trial("failed", [1.0])
    play.trial("runs", [0.95])
    play.trial("silent", [])
    for name, state in (("good", "completed"), ("better", "stopped"), ("failed", "failed"), ("silent", "completed")):
        play.end(name, TrialState(state))
    assert [row.name for row in record.ranked()] == ["better", "good"]
    record.close()
    assert [row.name for row in record.ranked()] == ["runs", "better", "good"]


def exploited(record: Record, trial: str, source: str, iteration: int, lr: float) -> None:
    row = record.rows[trial]
    exploit = Exploit(source, iteration, {"lr": (row.config["lr"], lr)})
    record.exploited(
        Decision(trial, row.iterations, "pbt", row.last, None, "it goes on", exploit=exploit), EXPLOITED, {"lr": lr}
    )
    record.started(trial, {"lr": lr})


def test_a_trial_that_waits_goes_on_where_it_was(run: RunFolder, record: Record, play: Play, clock: Clock) -> None:
    play.trial("t1", [0.5, 0.25], lr=1)
    record.paused(Decision("t1", 2, "hyperband", 0.25, None, "others come first"))
    assert rows(run.trials_csv)[0]["state"] == "paused"
    clock.now += 100
    record.started("t1", {"lr": 1})
    record.reported("t1", 3, {"objective": 0.5})
    play.end("t1")
    assert record.rows["t1"].seconds == 2
    assert {state: amount for state, amount in record.states.items() if amount} == {TrialState.COMPLETED: 1}
    assert [json.loads(line)["state"] for line in run.decisions.read_text().splitlines()] == ["paused", "completed"]


def test_a_trial_that_waits_when_the_run_ends_was_interrupted(record: Record, play: Play) -> None:
    play.trial("t1", [0.5])
    record.paused(Decision("t1", 1, "hyperband", 0.5, None, "others come first"))
    assert record.ranked() == []
    record.close()
    assert record.rows["t1"].state is TrialState.INTERRUPTED


def test_the_best_parameters_are_those_of_the_best_report(run: RunFolder, record: Record, play: Play) -> None:
    play.trial("t1", [0.4, 0.9], lr=1)
    play.trial("t2", [0.1, 0.2], lr=2)
    weights(run, "t1", "of the best report")
    exploited(record, "t1", "t2", 2, lr=3)
    # Whatever the trial writes from now on, this was the winner.
    assert run.best_weights.read_text() == "of the best report"
    record.reported("t1", 3, {"objective": 0.3})
    play.end("t1")
    assert yaml.safe_load(run.best_yaml.read_text()) == {"lr": 1}
    assert (rows(run.trials_csv)[0]["config/lr"], rows(run.trials_csv)[0]["best_iteration"]) == ("1", "2")
    record.reported("t2", 3, {"objective": 0.95})
    assert yaml.safe_load(run.best_yaml.read_text()) == {"lr": 2}


def test_reports_beyond_the_checkpoint_that_a_trial_goes_on_from_are_replaced(
    run: RunFolder, record: Record, play: Play
) -> None:
    play.trial("t1", [0.1, 0.2, 0.3, 0.25], lr=1)
    exploited(record, "t1", "t2", 2, lr=3)
    record.reported("t1", 3, {"objective": 0.15})
    assert [(row["iteration"], row["objective"]) for row in rows(run.history_csv)] == [
        ("1", "0.1"), ("2", "0.2"), ("3", "0.15")
    ]  # fmt: skip
    assert (record.epochs, record.rows["t1"].iterations) == (3, 3)
    assert (record.rows["t1"].best, record.rows["t1"].best_iteration) == (0.3, 3)
    exploited(record, "t1", "t2", 8, lr=4)
    record.reported("t1", 9, {"objective": 0.5})
    assert [row["iteration"] for row in rows(run.history_csv)] == ["1", "2", "3", "9"]
    assert (record.epochs, record.epochs_left("t1")) == (4, 1)
