"""lock.yaml: with what a run was made, beside what its config says."""

import hashlib
import importlib.metadata
import os
import platform
import subprocess
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from runner.config.experiment import Experiment
from runner.runs.atomic import replacing
from runner.runs.damage import damaged
from runner.runs.differences import Difference, differences
from runner.runs.folder import RunFolder
from runner.runs.git_state import GitState
from runner.runs.kept_config import read_yaml
from runner.runs.plain_yaml import dump, plain

LATER = "later"
NO_ENVIRONMENT = ("time", "config", LATER)
"""What two locks of one environment may have apart."""


def lock(experiment: Experiment, project: Path, git: GitState | None, now: datetime) -> dict[str, Any]:
    """All that a run depends on, as plain data, without starting Ray or importing what it runs on.

    Args:
        project: the folder in which the command is typed.
        git: its state in git, None where it is in no repository.
    """
    locked: dict[str, Any] = plain(
        {
            "time": now.isoformat(timespec="seconds"),
            "git": git and _git(git),
            "python": platform.python_version(),
            "system": platform.platform(),
            "machine": machine(),
            "contents": experiment.trainable.fingerprint(project),
            "seed": experiment.seed,
            "packages": packages(),
            "config": experiment.config,
        }
    )
    return locked


def packages() -> dict[str, str]:
    """Every installed distribution with its version."""
    found = {found.metadata["Name"]: found.version for found in importlib.metadata.distributions()}
    return dict(sorted(found.items(), key=lambda item: item[0].lower()))


def machine() -> dict[str, Any]:
    """CPUs, memory in GB, and the GPUs by name, of this machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {"cpus": os.cpu_count(), "memory_gb": round(memory / 1e9, 1), "gpus": gpus()}


def gpus() -> list[str]:
    """Name, memory and driver of each GPU, as nvidia-smi tells them; nothing where that is not installed."""
    query = ["nvidia-smi", "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"]
    try:
        done = subprocess.run(query, capture_output=True, check=False, text=True, timeout=20)
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return []
    return done.stdout.splitlines() if done.returncode == 0 else []


def environment(locked: Mapping[str, Any]) -> dict[str, Any]:
    """Of a lock what is not the experiment itself."""
    return {key: value for key, value in locked.items() if key not in NO_ENVIRONMENT}


def read(run: RunFolder) -> dict[str, Any] | None:
    """The lock of the environment in which a run was worked on last; None: it has none. Raises ConfigError."""
    if not run.lock.is_file():
        return None
    first = read_yaml(run.lock)
    later = first.get(LATER, []) if isinstance(first, dict) else None
    latest: Any = first if later == [] else later[-1] if isinstance(later, list) else None
    if not isinstance(latest, dict) or not isinstance(latest.get("git"), dict | None):
        raise damaged(run.lock, "is not as a run leaves it", remedy="put it back, or remove it")
    return latest


def keep(run: RunFolder, locked: Mapping[str, Any], git: GitState | None) -> list[Difference]:
    """Write the lock of a run that begins, or add that of another environment in which it is resumed.

    The diff of git lies beside it. Returns what the environment has become. Raises ConfigError.
    """
    before = read(run)
    if before is None:
        _write(run, locked, git, number=1)
        return []
    found = differences(environment(before), environment(locked))
    if found:
        whole = yaml.safe_load(run.lock.read_text(encoding="utf-8"))
        later = [*whole.get(LATER, []), dict(locked)]
        _write(run, {**whole, LATER: later}, git, number=len(later) + 1)
    return found


def _write(run: RunFolder, content: Mapping[str, Any], git: GitState | None, *, number: int) -> None:
    if git and git.diff:
        run.lock_diff(number).write_text(git.diff, encoding="utf-8")
    with replacing(run.lock) as draft:
        draft.write_text(dump(content), encoding="utf-8")


def _git(git: GitState) -> dict[str, Any]:
    diff = f"sha256:{hashlib.sha256(git.diff.encode()).hexdigest()}" if git.diff else None
    return {"commit": git.commit, "branch": git.branch, "diff": diff, "untracked": list(git.untracked)}
