"""Folders of Ray's sessions: only those are removed that are ours and dead."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.translate import ray_folders
from runner.translate.ray_folders import MARK, marked, remove_dead

HOLDING = """
import sys
from pathlib import Path
from runner.translate.ray_folders import marked

with marked(Path(sys.argv[1])):
    print("marked", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def sessions(tmp_path: Path) -> Path:
    folder = tmp_path / "ray"
    folder.mkdir()
    return folder


def session(sessions: Path, name: str, *, mark: bool = True, killed: bool = True) -> Path:
    folder = sessions / f"session_{name}"
    (folder / "logs").mkdir(parents=True)
    (folder / "logs" / "raylet.out").write_bytes(bytes(1_000_000))
    if mark:
        with marked(folder):
            pass
        if killed:
            (folder / MARK).write_text("")
    return folder


@pytest.fixture
def holding(sessions: Path) -> Iterator["subprocess.Popen[str]"]:
    """A process that has marked a session."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(session(sessions, "held", mark=False))],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "marked\n"
        yield process
        process.kill()


def names(sessions: Path) -> list[str]:
    return sorted(path.name for path in sessions.iterdir())


def test_sessions_of_dead_runs_are_removed_and_told(sessions: Path) -> None:
    session(sessions, "a")
    session(sessions, "of_another_program", mark=False)
    (sessions / "session_latest").symlink_to(sessions / "session_a")
    assert remove_dead(sessions) == f"removed Ray's own files of a run that was killed (1.0 MB in {sessions})"
    assert names(sessions) == ["session_latest", "session_of_another_program"]
    assert remove_dead(sessions) == ""
    session(sessions, "b")
    session(sessions, "c")
    session(sessions, "ended", killed=False)
    assert "of 2 runs that were killed (2.0 MB" in remove_dead(sessions)
    assert names(sessions) == ["session_latest", "session_of_another_program"]


def test_a_session_stays_while_the_process_lives_that_started_it(
    sessions: Path, holding: "subprocess.Popen[str]", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runner.translate.ray_folders._used", lambda sessions: set())
    assert remove_dead(sessions) == ""
    holding.kill()
    holding.wait()
    assert "a run that was killed" in remove_dead(sessions)
    assert names(sessions) == []


def test_a_session_stays_while_one_of_its_processes_lives(sessions: Path) -> None:
    log = session(sessions, "a") / "logs" / "raylet.out"
    with log.open("a"):
        assert remove_dead(sessions) == ""
    assert "a run that was killed" in remove_dead(sessions)


def test_what_is_not_this_users_stays(sessions: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = session(sessions, "a", mark=False)
    (folder / MARK).symlink_to(folder / "logs" / "raylet.out")
    session(sessions, "b")
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000)
    assert remove_dead(sessions) == ""
    monkeypatch.undo()
    remove_dead(sessions)
    assert names(sessions) == ["session_a"]


def test_two_runs_that_start_together_may_remove_the_same_folder(
    sessions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session(sessions, "dead")

    def removed_meanwhile(folders: list[Path]) -> set[Path]:
        for folder in folders:
            shutil.rmtree(folder)
        return set()

    monkeypatch.setattr(ray_folders, "_used", removed_meanwhile)
    assert remove_dead(sessions) == ""
