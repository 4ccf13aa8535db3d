import csv
import io
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from runner.runs.comparison import JobResult, best_jobs, table, write

ONE = JobResult(
    job=0,
    overrides=("searcher=random", "name='a, b'"),
    folder=Path("outputs") / "multirun" / "0",
    best=0.25,
    objective="accuracy",
    mode="max",
    trials=8,
    epochs=80,
    seconds=83.21,
    exit_code=0,
    error="",
    unit="epoch",
)
TWO = replace(ONE, job=1, overrides=("searcher=optuna", "scheduler=asha"), best=0.5)
BROKEN = replace(ONE, job=2, overrides=("x=1",), best=None, exit_code=1, error="all 8 trials failed\nthe first: no")


def show(*results: JobResult) -> list[str]:
    console = Console(file=io.StringIO(), width=80, force_terminal=False)
    with console.capture() as capture:
        console.print(table(results))
    return [line.rstrip() for line in capture.get().splitlines()]


def test_a_job_is_a_row(tmp_path: Path) -> None:
    write(tmp_path / "comparison.csv", [ONE, TWO, BROKEN])
    with (tmp_path / "comparison.csv").open(newline="") as file:
        one, two, broken = csv.DictReader(file)
    assert (one["job"], one["overrides"], one["best"]) == ("0", "searcher=random name='a, b'", "0.25")
    assert (one["objective"], one["mode"], one["trials"], one["epochs"]) == ("accuracy", "max", "8", "80")
    assert (one["seconds"], one["exit_code"], one["error"]) == ("83.21", "0", "")
    assert one["folder"] == str(ONE.folder)
    assert two["best"] == "0.5"
    assert (broken["best"], broken["exit_code"], broken["error"]) == ("", "1", BROKEN.error)


def test_people_see_the_best_and_the_broken() -> None:
    lines = show(ONE, TWO, BROKEN)
    assert lines == [
        "best accuracy (max) of each job",
        "job  overrides                       best  trials  epochs    time",
        "  0  searcher=random name='a, b'     0.25       8      80  1m 23s",
        "  1  searcher=optuna scheduler=asha   0.5       8      80  1m 23s  best",
        "  2  x=1                                -       8      80  1m 23s  failed",
        "     all 8 trials failed",
    ]


def test_the_gain_over_the_defaults_is_a_column_where_a_job_has_one(tmp_path: Path) -> None:
    jobs = [replace(ONE, gain=0.125), TWO]
    write(tmp_path / "comparison.csv", jobs)
    with (tmp_path / "comparison.csv").open(newline="") as file:
        assert [row["gain"] for row in csv.DictReader(file)] == ["0.125", ""]
    _, heads, first, *_ = show(*jobs)
    assert "best  over defaults" in heads
    assert "0.25          0.125       8" in first
    assert not any("over defaults" in line for line in show(ONE, TWO))


def test_jobs_that_count_otherwise_have_iterations() -> None:
    assert "  iterations  " in show(ONE, replace(TWO, unit="iteration"))[1]


def test_the_best_follows_the_mode_and_may_be_of_an_experiment_that_failed_later() -> None:
    assert best_jobs([ONE, TWO]) == [TWO]
    assert best_jobs([replace(ONE, mode="min"), replace(TWO, mode="min")]) == [replace(ONE, mode="min")]
    failed = replace(TWO, exit_code=1)
    assert best_jobs([ONE, failed]) == [failed]
    assert any(line.endswith("best, failed") for line in show(ONE, failed))
    assert best_jobs([ONE, replace(TWO, best=ONE.best)]) == [ONE, replace(TWO, best=ONE.best)]
    assert best_jobs([BROKEN]) == []


def test_different_objectives_have_no_best() -> None:
    lines = show(ONE, replace(TWO, objective="loss", mode="min"))
    assert not any(line.endswith("best") for line in lines)
    assert "0.25 accuracy" in lines[1]
    assert "0.5 loss" in lines[2]


def test_by_several_objectives_no_job_is_the_best() -> None:
    several = [replace(ONE, front=3), replace(TWO, front=1), BROKEN]
    assert best_jobs(several) == []
    lines = show(*several)
    assert lines[0] == "best accuracy (max) of each job, the first of several objectives"
    assert lines[1].split() == ["job", "overrides", "best", "front", "trials", "epochs", "time"]
    assert lines[2].split()[-6:] == ["0.25", "3", "8", "80", "1m", "23s"]
