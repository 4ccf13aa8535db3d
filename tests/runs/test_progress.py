import io

import pytest
from rich.console import Console, ConsoleDimensions

from runner.config.experiment import Budget
from runner.runs.decisions import Decision
from runner.runs.live import LiveView, choose
from runner.runs.progress import Progress
from runner.runs.record import Record, TrialState

from .conftest import Clock, Play

TRACEBACK = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\n    boom()\nValueError: no such class\n'


def a_run_half_way(play: Play) -> None:
    play.trial("t1", [0.1, 0.4321, 0.3], lr0=0.0021, momentum=0.91)
    play.end("t1", TrialState.STOPPED, "asha")
    play.trial("t2", [0.25], lr0=0.1, momentum=0.6)
    play.end("t2", TrialState.FAILED, "error", TRACEBACK)
    play.trial("t3", [0.2, 0.3], lr0=0.01, momentum=0.7)
    play.trial("t4", [], lr0=0.02, momentum=0.8)


def draw(record: Record, width: int, height: int = 24) -> list[str]:
    console = Console(file=io.StringIO(), force_terminal=True, width=width, height=height, color_system=None)
    with console.capture() as capture:
        console.print(LiveView(record, title="shapes", time_budget=None))
    return capture.get().splitlines()


@pytest.mark.parametrize("width", [80, 140])
def test_the_view_says_how_things_stand(record: Record, play: Play, width: int) -> None:
    a_run_half_way(play)
    lines = draw(record, width)
    text = "\n".join(lines)
    assert max(map(len, lines)) <= width
    assert lines[0].startswith("shapes")
    assert "6s, about" in lines[0]
    assert "trials  0 completed, 1 stopped, 1 failed, 2 running of 6" in text
    assert "epochs  6 of at most 60" in text
    assert "best    0.4321 accuracy, t1, epoch 2" in text
    assert "        lr0=0.0021 momentum=0.91" in text
    [t1] = [line for line in lines if line.startswith("t1")]
    assert t1.split()[:5] == ["t1", "stopped", "3/10", "0.3", "0.4321"]
    assert "ended by asha" in t1
    assert ("lr0=0.0021" in t1) == (width == 140)
    order = [line.split()[0] for line in lines if line.startswith("t") and line[1].isdigit()]
    assert order == ["t4", "t3", "t2", "t1"]


@pytest.mark.parametrize(("width", "height"), [(80, 24), (80, 12), (140, 24), (40, 11)])
def test_the_view_is_less_high_than_the_terminal(record: Record, play: Play, width: int, height: int) -> None:
    for number in range(50):
        play.trial(f"a_rather_long_name_of_a_trial_{number:05}", [0.1, 0.2], **{f"parameter_{n}": n for n in range(20)})
        if number % 2:
            play.end(f"a_rather_long_name_of_a_trial_{number:05}")
    lines = draw(record, width, height)
    assert len(lines) < height
    assert max(map(len, lines)) <= width
    assert "more running, 25 more ended" in lines[-2]
    assert lines[-1] == "", "for the cursor"


@pytest.mark.parametrize("width", [80, 100, 120])
def test_why_a_trial_ended_is_readable(record: Record, play: Play, width: int) -> None:
    reason = "0.02593 is below 0.2274, the cut-off of the rung at iteration 4 (the best 1/2 of 5 earlier trials)"
    play.trial("trial_000", [0.1, 0.02593], lr0=0.01)
    decision = Decision("trial_000", 2, "asha", 0.02593, 0.2274, reason)
    record.ended("trial_000", TrialState.STOPPED, decision)
    play.trial("trial_001", [0.2], lr0=0.02)
    lines = draw(record, width)
    assert max(map(len, lines)) <= width
    [first] = [place for place, line in enumerate(lines) if line.startswith("trial_000")]
    column = lines[first].index("0.02593 is below")
    shown = [lines[first][column:], *(line[column:] for line in lines[first + 1 : first + 4])]
    assert " ".join(" ".join(shown).split()) == reason


def test_the_view_before_the_first_trial(record: Record) -> None:
    text = "\n".join(draw(record, 80))
    assert "best    none yet" in text
    assert "waiting for the first trial" in text


def test_running_trials_come_first_then_the_latest(record: Record, play: Play) -> None:
    a_run_half_way(play)
    rows = list(record.rows.values())
    assert [row.name for row in choose(rows, 9)[0]] == ["t4", "t3", "t2", "t1"]
    chosen, hidden = choose(rows, 1)
    assert [row.name for row in chosen] == ["t4"]
    assert hidden == "1 more running, 2 more ended"


def test_the_view_may_be_drawn_while_a_trial_starts(record: Record) -> None:
    """Live draws in a thread of its own: the rows that it goes through must stay as they are."""
    record.started("t1", {})
    seen = iter(record.rows.values())
    record.started("t2", {})
    assert [row.name for row in seen] == ["t1"]


def test_a_terminal_is_left_clean(record: Record, play: Play) -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=80, height=24, color_system=None)
    with Progress(record, console, budget=Budget(), title="shapes") as progress:
        a_run_half_way(play)
        progress.update()
        progress.event("label caches built")
    text = out.getvalue()
    assert "label caches built" in text
    assert "waiting for the first trial" in text
    assert "t4" in text
    # The view is erased, line by line, and the cursor is back.
    assert text.rindex("\x1b[2K") > text.rindex("t4")
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")


def plain(record: Record, out: io.StringIO, seldom: float = 30.0) -> Progress:
    console = Console(file=out, width=80, force_terminal=False)
    return Progress(record, console, budget=Budget(), title="shapes", seldom=seldom)


def test_a_pipe_gets_a_line_a_trial(record: Record, play: Play, clock: Clock) -> None:
    out = io.StringIO()
    with plain(record, out) as progress:
        progress.event("label caches built")
        play.trial("t1", [0.1, 0.4321, 0.3], lr0=0.0021)
        progress.update()
        play.end("t1", TrialState.STOPPED, "asha")
        progress.update()
        play.trial("t2", [0.1] * 10, lr0=0.0021)
        play.end("t2")
        progress.update()
        play.trial("t3", [0.2], lr0=0.0021)
        play.end("t3", TrialState.FAILED, "error", TRACEBACK)
        progress.update()
        play.trial("t4", [0.3, 0.2], lr0=0.0021)
        play.end("t4", TrialState.COMPLETED, "patience")
        progress.update()
    text = out.getvalue()
    assert "\x1b" not in text
    # Nothing is broken within a word, a path either.
    assert max(len(line) for line in text.splitlines() if str(record.folder.root) not in line) <= 80
    assert " ".join(text.split()) == (
        f"[0s] shapes: 6 trials of at most 10 epochs, in {record.folder.root} [0s] label caches built "
        "[3s] t1 stopped after 3 epochs of 10, best 0.4321 at epoch 2: ended by asha "
        "[13s] t2 completed after 10 epochs, best 0.1 at epoch 1 "
        "[14s] t3 failed after 1 epoch of 10, best 0.2 at epoch 1: ValueError: no such class "
        "[16s] t4 completed after 2 epochs of 10, best 0.3 at epoch 1: ended by patience"
    )


def test_a_pipe_hears_seldom_how_things_stand(record: Record, play: Play, clock: Clock) -> None:
    out = io.StringIO()
    with plain(record, out, seldom=30) as progress:
        record.started("t1", {})
        for epoch in range(1, 11):
            clock.now += 10
            record.reported("t1", epoch, {"objective": epoch / 20})
            progress.update()
            progress.update()
    lines = out.getvalue().splitlines()
    assert [line for line in lines if line.startswith("[")][1:] == [
        "[30s] trials: 1 running of 6; 3 epochs; best 0.15 (t1); about 10m left",
        "[1m 00s] trials: 1 running of 6; 6 epochs; best 0.3 (t1); about 9m left",
        "[1m 30s] trials: 1 running of 6; 9 epochs; best 0.45 (t1); about 8m left",
    ]


def test_many_short_trials_are_told_together(record: Record, play: Play) -> None:
    record.expected_trials, record.max_epochs = 40, None
    out = io.StringIO()
    with plain(record, out) as progress:
        for number in range(40):
            play.trial(f"t{number}", [number], seconds=0.12)
            progress.update()
            play.end(f"t{number}")
            progress.update()
    lines = [line for line in out.getvalue().splitlines() if line.startswith("[")]
    assert lines[0].startswith("[0s] shapes: 40 trials, in")
    assert len(lines) <= 6
    assert "40 completed of 40; 40 epochs; best 39 (t39)" in lines[-1]


def test_the_first_failure_is_told_at_once(record: Record, play: Play) -> None:
    out = io.StringIO()
    with plain(record, out) as progress:
        play.trial("t1", [0.5], seconds=0.1)
        play.end("t1")
        progress.update()
        for number in range(2, 5):
            play.trial(f"t{number}", [0.5], seconds=0.1)
            play.end(f"t{number}", TrialState.FAILED, "error", TRACEBACK)
            progress.update()
        assert out.getvalue().count("ValueError") == 1
    assert "3 failed" in out.getvalue()


def test_a_resized_terminal_is_drawn_anew(record: Record, play: Play) -> None:
    """It has wrapped the lines of the view, which could not be erased one by one."""
    console = Console(file=io.StringIO(), force_terminal=True, width=80, height=24)
    with console.capture() as capture, Progress(record, console, budget=Budget(), title="shapes") as progress:
        play.trial("t1", [0.1], lr0=0.0021)
        progress.update()
        console.size = ConsoleDimensions(60, 24)
        progress.update()
        progress.update()
    assert capture.get().count("\x1b[2J") == 1
    opening, _, again = capture.get().partition("\x1b[2J")
    assert "shapes: 6 trials" in opening
    assert "shapes: 6 trials" in again
