"""What goes to the log of a run, and what to its caller."""

import io
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from runner.runs.output import as_before, heard_outside, note, notes_to, redirected


def everywhere(text: str) -> None:
    """Python's streams, and the descriptors, as code in C and children write to them."""
    print(text)
    print(text, file=sys.stderr)
    os.write(1, f"{text} 1\n".encode())
    os.write(2, f"{text} 2\n".encode())


def test_a_callback_prints_to_where_its_caller_does(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "runner.log"
    listener = heard_outside(everywhere)
    with redirected(log):
        everywhere("before")
        listener("heard")
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(listener, ["thread"] * 20))
        with as_before():
            listener("nested")
        everywhere("after")
    everywhere("outside")
    logged = log.read_text().split("\n")
    assert {line.partition(" ")[0] for line in logged} == {"before", "after", ""}
    assert len(logged) == 9
    out, err = capfd.readouterr()
    assert out.count("heard\n") == err.count("heard\n") == out.count("outside 1\n") == out.count("nested\n") == 1
    assert out.count("thread\n") == err.count("thread 2\n") == 20


def test_streams_without_a_descriptor_go_to_the_log_as_those_of_a_notebook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cell = io.StringIO()
    monkeypatch.setattr(sys, "stdout", cell)
    with redirected(tmp_path / "runner.log"):
        print("Ray")
        heard_outside(print)("event")
    print("last")
    assert cell.getvalue() == "event\nlast\n"
    assert (tmp_path / "runner.log").read_text() == "Ray\n"


def test_notes_go_to_a_listener_or_to_stderr(capfd: pytest.CaptureFixture[str]) -> None:
    heard: list[str] = []
    with notes_to(heard.append):
        note("one")
        with notes_to(None):
            note("two")
    note("three [bold]")
    assert heard == ["note: one"]
    assert capfd.readouterr() == ("", "note: three [bold]\n")
