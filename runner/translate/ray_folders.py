"""The folders of Ray's sessions, one for each start of Ray below its temporary folder. Ray itself removes none."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil  # type: ignore[import-untyped]

MARK = "runner.lock"
"""In the folder of a session that this program has started, locked as long as the process lives that started it."""

ENDED = "ended\n"
"""In the mark of a session whose run was not killed: what it left is no news."""


@contextmanager
def marked(session: Path) -> Iterator[None]:
    """Mark the session as ours. The kernel gives the lock back however the process ends."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    with (session / MARK).open("w") as mark:
        fcntl.flock(mark, fcntl.LOCK_EX)
        try:
            yield
        finally:
            mark.write(ENDED)


def remove_dead(sessions: Path) -> str:
    """Remove what dead runs of this user left below `sessions`; says what was removed of those that were killed."""
    if sys.platform == "win32":
        return ""
    ours = [folder for folder in sessions.glob("session_*") if _is_ours(folder)]
    used = _used(ours) if ours else set()
    sizes = [_remove(folder) for folder in ours if folder not in used]
    removed = [size for size in sizes if size is not None]
    runs = "a run that was killed" if len(removed) == 1 else f"{len(removed)} runs that were killed"
    return f"removed Ray's own files of {runs} ({sum(removed) / 1e6:.1f} MB in {sessions})" if removed else ""


def _is_ours(session: Path) -> bool:
    """Anybody may write into a folder of Ray: both the folder and the mark must be this user's."""
    mark, user = session / MARK, os.getuid()
    if session.is_symlink() or mark.is_symlink() or not mark.is_file():
        return False
    try:
        return session.stat().st_uid == user == mark.stat().st_uid
    except FileNotFoundError:  # another run that starts has removed it
        return False


def _used(sessions: list[Path]) -> set[Path]:
    """Those that a living process names in its command line or has a file open in: Ray's processes log there."""
    used = set()
    for process in psutil.process_iter():
        try:
            seen = [*process.cmdline(), *(file.path for file in process.open_files())]
        except psutil.Error:
            continue  # it has just ended, or is another user's
        used |= {session for session in sessions if any(session.name in text for text in seen)}
    return used


def _remove(session: Path) -> int | None:
    """The bytes that were removed of a run that was killed; None of one that ended by itself or still lives."""
    import fcntl

    try:
        mark = (session / MARK).open("r+")
    except FileNotFoundError:  # another run that starts has removed it
        return None
    with mark:
        try:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return None
        killed = mark.read() != ENDED
        size = sum(path.lstat().st_size for path in session.rglob("*"))
        shutil.rmtree(session, ignore_errors=True)
        return size if killed else None
