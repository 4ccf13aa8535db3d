"""The commit that a command is typed on, and what differs from it."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from runner.runs.masking import masked

MOST_CHARACTERS = 200_000
MOST_NAMES = 50


@dataclass(frozen=True)
class GitState:
    """The state of a working tree.

    Attributes:
        commit, branch: empty where there is none, as on a detached head.
        diff: of the tracked files against the commit, secrets out, cut off where it is longer than MOST_CHARACTERS.
        untracked: files that git neither tracks nor ignores, MOST_NAMES at most.
    """

    commit: str
    branch: str
    diff: str
    untracked: tuple[str, ...]


def git_state(folder: Path) -> GitState | None:
    """Of the repository that `folder` lies in; None where it lies in none, or git is not installed."""
    if _git(folder, "rev-parse", "--show-toplevel") is None:
        return None
    commit = (_git(folder, "rev-parse", "--verify", "--quiet", "HEAD") or "").strip()
    branch = (_git(folder, "branch", "--show-current") or "").strip()
    diff = _git(folder, "diff", "--no-color", "--no-ext-diff", *(["HEAD"] if commit else [])) or ""
    names = (_git(folder, "ls-files", "--others", "--exclude-standard", "--directory") or "").splitlines()
    told = [*names[:MOST_NAMES], f"and {len(names) - MOST_NAMES} more"] if len(names) > MOST_NAMES else names
    return GitState(commit, branch, _cut(masked(diff)), tuple(told))


def _cut(diff: str) -> str:
    left = len(diff) - MOST_CHARACTERS
    return diff if left <= 0 else f"{diff[:MOST_CHARACTERS]}\n# {left} more characters are left out\n"


def _git(folder: Path, *words: str) -> str | None:
    """What git prints; None where it fails or is not there."""
    try:
        done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, check=False)
    except FileNotFoundError:
        return None
    return done.stdout.decode(errors="replace") if done.returncode == 0 else None
