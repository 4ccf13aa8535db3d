import io
import math
import shlex
from pathlib import Path
from typing import Literal

import pytest
from rich.console import Console

from runner.config.objective import Objective, Target
from runner.errors import FAILED, INTERRUPTED, OK
from runner.runs.folder import RunFolder
from runner.runs.gain import nothing_learned
from runner.runs.record import Record, TrialState
from runner.runs.summary import NextSteps, exit_code, headline_metrics, summary

from .conftest import Clock, Play
from .test_progress import TRACEBACK


def read(record: Record, run: RunFolder, width: int = 80, *commands: str) -> str:
    console = Console(file=io.StringIO(), width=width, force_terminal=False)
    with console.capture() as capture:
        console.print(summary(record, run, max_epochs=10, seconds=83))
        console.print(NextSteps(commands))
    return capture.get()


def test_the_summary(
    run: RunFolder, record: Record, play: Play, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    play.trial("t1", [0.1] * 10, lr0=0.5)
    play.end("t1")
    play.trial("t2", [0.2, 0.4321], lr0=0.0021)
    play.end("t2", TrialState.STOPPED, "asha")
    play.trial("t3", [0.2], lr0=0.1)
    play.end("t3", TrialState.STOPPED, "plateau")
    for name in ("t4", "t5"):
        play.trial(name, [0.9], lr0=0.1)
        play.end(name, TrialState.FAILED, "error", TRACEBACK)
    play.trial("t6", [0.1], lr0=0.3)
    record.close()
    assert read(record, run, 80, "python -m runner report outputs/digits/2026-01-02_03-04-05").splitlines() == [
        "trials        1 completed, 2 stopped (asha 1, plateau 1), 2 failed, 1",
        "              interrupted",
        "epochs        16 of at most 60; trials took 1m 23s",
        "failed        t4 and 1 more: ValueError: no such class",
        "              outputs/digits/2026-01-02_03-04-05/trials/t4/error.txt",
        "best          accuracy 0.4321 at epoch 2 of t2 (stopped)",
        "parameters    lr0=0.0021",
        "metrics       train/loss=0.5",
        "best config   outputs/digits/2026-01-02_03-04-05/best/best.yaml",
        "run folder    outputs/digits/2026-01-02_03-04-05",
        "next",
        "  python -m runner report outputs/digits/2026-01-02_03-04-05",
    ]


def test_a_trial_that_its_own_patience_ended_is_counted_apart(run: RunFolder, record: Record, play: Play) -> None:
    for name, rule in (("t1", "end"), ("t2", "patience")):
        play.trial(name, [0.1])
        play.end(name, TrialState.COMPLETED, rule)
    assert "2 completed (patience 1), 0 stopped, 0 failed" in read(record, run, 80)


@pytest.mark.parametrize(
    ("values", "state", "told"),
    [
        ([0.1, 0.3], TrialState.COMPLETED, "0.1 over the defaults: 0.4 against 0.3 of t1"),
        ([0.5], TrialState.STOPPED, "none: the defaults (t1) are the best"),
        ([0.5], TrialState.FAILED, "not known: the defaults (t1) ended as failed"),
        ([0.5], TrialState.OUT_OF_MEMORY, "not known: the defaults (t1) ended as out of memory"),
        ([math.nan], TrialState.COMPLETED, "not known: the defaults (t1) reported no finite accuracy"),
    ],
)
def test_the_gain_over_the_defaults(
    run: RunFolder, record: Record, play: Play, values: list[float], state: TrialState, told: str
) -> None:
    record.defaults_first = True
    play.trial("t1", values)
    play.end("t1", state, "error" if state is TrialState.FAILED else "asha", TRACEBACK * (state == "failed"))
    play.trial("t2", [0.4])
    play.end("t2")
    assert f"gain          {told}\n" in read(record, run, 120)
    notes = [line.rsplit(",", 1)[1] for line in run.trials_csv.read_text().splitlines()]
    assert notes == ["note", "defaults", ""]


CUT = "stopped there (later epochs cannot be compared)"


@pytest.mark.parametrize(
    ("defaults", "winner", "told"),
    [
        ([0.3, 0.2], [0.4, 0.9], f"0.6 over the defaults within 2 epochs: 0.9 against 0.3 of t1, {CUT}"),
        ([0.3, 0.2], [0.1, 0.35, 0.9], f"0.05 over the defaults within 2 epochs: 0.35 against 0.3 of t1, {CUT}"),
        ([0.3, 0.2], [0.1, 0.2, 0.9], f"none over the defaults within 2 epochs: 0.2 against 0.3 of t1, {CUT}"),
    ],
)
def test_defaults_that_were_cut_are_compared_at_equal_epochs(
    run: RunFolder, record: Record, play: Play, defaults: list[float], winner: list[float], told: str
) -> None:
    record.defaults_first = True
    play.trial("t1", defaults)
    play.end("t1", TrialState.STOPPED, "asha")
    play.trial("t2", winner)
    play.end("t2")
    assert f"gain          {told}\n" in read(record, run, 160)


def test_repeated_defaults_that_were_cut_are_compared_at_equal_epochs(run: RunFolder, clock: Clock) -> None:
    objective = Objective((Target("accuracy", "max"),))
    record = Record(run, objective, expected_trials=4, max_epochs=10, repeat=2, defaults_first=True, clock=clock)
    play = Play(record, clock)
    for number, values in enumerate(([0.2, 0.2], [0.3], [0.3, 0.9], [0.5, 0.9])):
        play.trial(f"t_{number}", values)
        play.end(f"t_{number}", *((TrialState.STOPPED, "asha") if number < 2 else ()))
    told = "0.15 over the defaults within 1 iteration: mean 0.4, standard deviation 0.1414 (2 seeds) against mean 0.25"
    assert f"gain          {told}" in read(record, run, 160)


@pytest.mark.parametrize(
    ("mode", "curves", "told"),
    [
        ("max", [[0.0, 0.0], [0.0]], "nothing was learned: every report of accuracy is 0"),
        ("max", [[0.0]], "nothing was learned: every report of accuracy is 0"),
        ("max", [[-0.5], [0.0]], ""),
        ("min", [[0.0], [0.1]], ""),
        ("max", [[0.5, 0.4], [0.1, 0.3]], "nothing was learned: t0 never came to a better accuracy than in its first"),
        ("min", [[0.5, 0.5]], "nothing was learned: t0 never came to a better accuracy than in its first report"),
        ("min", [[0.5, 0.4]], ""),
        ("max", [[0.5]], ""),
        ("max", [[math.nan, 0.5, 0.6]], ""),
        ("max", [[math.nan]], ""),
    ],
)
def test_a_best_that_was_not_learned_is_named(
    run: RunFolder, clock: Clock, mode: Literal["max", "min"], curves: list[list[float]], told: str
) -> None:
    objective = Objective((Target("accuracy", mode),))
    record = Record(run, objective, expected_trials=2, max_epochs=10, clock=clock)
    play = Play(record, clock)
    for number, values in enumerate(curves):
        play.trial(f"t{number}", values)
        play.end(f"t{number}")
    assert nothing_learned(record).startswith(told)
    assert bool(nothing_learned(record)) == bool(told)
    assert (f"{'':14}nothing was learned" in read(record, run)) == bool(told)


def test_the_weights_are_named_where_there_are_any(run: RunFolder, record: Record, play: Play) -> None:
    play.trial("t1", [0.1])
    run.trial_weights("t1").parent.mkdir(parents=True)
    run.trial_weights("t1").write_text("weights")
    play.end("t1")
    assert str(run.best_weights) in read(record, run, 300)


def test_a_run_without_any_result(run: RunFolder, record: Record, play: Play) -> None:
    text = read(record, run)
    assert "0 completed, 0 stopped, 0 failed; 6 of 6 never started" in text
    assert "none: no trial reported a finite accuracy" in text
    assert "best config" not in text
    play.trial("t1", [0.9])
    play.end("t1", TrialState.FAILED, "error", TRACEBACK)
    assert "none: only trials that failed reported a finite accuracy" in read(record, run)


def test_a_long_command_can_be_pasted(run: RunFolder, record: Record) -> None:
    command = f"python -m runner experiment=shapes {' '.join(f'search_space.parameter_{n}=0.5' for n in range(9))}"
    text = read(record, run, 60, command)
    told = text[text.index("next\n") + 5 :]
    assert max(map(len, told.splitlines())) <= 60
    assert all(line.endswith(" \\") for line in told.splitlines()[:-1])
    assert shlex.split(told.replace("\\\n", "")) == shlex.split(command)


def test_few_metrics_are_headlines(record: Record, play: Play) -> None:
    record.started("t1", {})
    names = ["epoch", "lr/pg0", "val/box_loss", "metrics/F1(B)", "metrics/mAP50(B)", "metrics/mAP50-95(B)", "note"]
    metrics = dict.fromkeys(names, 0.5) | {"note": "text", "train/loss": math.nan}
    record.reported("t1", 1, {"objective": 0.5, **metrics})
    found = headline_metrics(record.rows["t1"], ["metrics/mAP50(B)"])
    assert list(found) == ["metrics/mAP50-95(B)", "metrics/F1(B)", "val/box_loss"]
    found = headline_metrics(record.rows["t1"], ["metrics/mAP50(B)", "lr/pg0"])
    assert list(found)[:2] == ["lr/pg0", "metrics/mAP50(B)"], "of several targets each is told"


@pytest.mark.parametrize(
    ("state", "value", "code"),
    [
        (TrialState.COMPLETED, 0.5, OK),
        (TrialState.STOPPED, 0.5, OK),
        (TrialState.COMPLETED, math.nan, FAILED),
        (TrialState.FAILED, 0.5, FAILED),
        (TrialState.INTERRUPTED, 0.5, FAILED),
    ],
)
def test_exit_codes(record: Record, play: Play, state: TrialState, value: float, code: int) -> None:
    assert exit_code(record, interrupted=False) == FAILED
    play.trial("t1", [value])
    play.end("t1", state, "rule")
    assert exit_code(record, interrupted=False) == code
    assert exit_code(record, interrupted=True) == INTERRUPTED
