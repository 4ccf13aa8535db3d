"""With what a run was made: code, packages, machine, contents; and what of that has become another."""

import os
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from runner.errors import ConfigError
from runner.runs import lock
from runner.runs.folder import RunFolder
from runner.runs.git_state import MOST_CHARACTERS, GitState, git_state
from runner.runs.masking import masked
from tests.config.composing import experiment

NOW = datetime(2026, 1, 2, 3, 4, 5)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A working tree with one commit."""
    (tmp_path / "code.py").write_text("x = 1\n")
    who = ["-c", "user.name=a", "-c", "user.email=a@b"]
    for words in (["init", "-q", "-b", "trunk"], ["add", "."], [*who, "commit", "-qm", "first"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    return tmp_path


def test_git_tells_the_commit_and_what_is_not_committed(repository: Path) -> None:
    clean = git_state(repository)
    assert clean is not None
    assert (len(clean.commit), clean.branch, clean.diff, clean.untracked) == (40, "trunk", "", ())
    (repository / "code.py").write_text("x = 2\napi_key = 'abcdefgh1234'\n")
    (repository / "new.py").touch()
    state = git_state(repository)
    assert state is not None
    assert state.commit == clean.commit
    assert "+x = 2" in state.diff
    assert "+api_key = '***'" in state.diff
    assert state.untracked == ("new.py",)
    (repository / "code.py").write_text("y\n" * MOST_CHARACTERS)
    cut = git_state(repository)
    assert cut is not None
    assert len(cut.diff) < MOST_CHARACTERS + 100
    assert cut.diff.endswith("more characters are left out\n")


def test_a_folder_in_no_repository_has_no_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert git_state(tmp_path) is None


@pytest.mark.parametrize(
    "text",
    [
        "WANDB_API_KEY=0123456789secret", 'password: "hunter2hunter2"', "token = 'abcdef123456'",
        "https://user:secret123@host/x", "sk-abcdefghijklmnop1234", "hf_abcdefghijklmnopqrstu", "AKIAABCDEFGHIJKLMNOP",
        "0123456789abcdef0123456789abcdef01234567",
        "-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----",
        "client_secret=abcdef99", "printed by accident: of-the-environment",
    ],
)  # fmt: skip
def test_secrets_are_masked(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_TOKEN", "of-the-environment")
    kept = masked(text)
    assert "***" in kept
    for secret in ("secret123", "0123456789", "hunter2", "abc", "abcdef", "AKIA", "of-the-environment"):
        assert secret not in kept or secret not in text


@pytest.mark.parametrize(
    "text", ["sorted(rows, key=operator)", "max_tokens: 512000", "token = get_token()", "lr0=0.0021"]
)
def test_code_is_left_as_it_is(text: str) -> None:
    assert masked(text) == text


def locked(**changes: Any) -> dict[str, Any]:
    git = GitState("c" * 40, "main", "a diff\n", ())
    return {**lock.lock(experiment("experiment=quickstart"), Path.cwd(), git, NOW), **changes}


def test_a_lock_names_what_a_run_depends_on() -> None:
    found = locked()
    assert found["git"]["commit"] == "c" * 40
    assert found["git"]["diff"].startswith("sha256:")
    assert found["packages"]["ray"].startswith("2.")
    assert found["machine"]["cpus"] == os.cpu_count()
    assert found["contents"]["code"].startswith("sha256:")
    assert found["config"]["trainable"]["import_path"] == "runner.examples.quickstart:objective"
    assert found == yaml.safe_load(yaml.safe_dump(found))


def test_another_environment_is_added_and_told(run: RunFolder) -> None:
    git = GitState("c" * 40, "main", "a diff\n", ())
    first = locked()
    assert lock.keep(run, first, git) == []
    assert lock.keep(run, {**first, "time": "later", "config": {}}, git) == []
    assert run.lock_diff(1).read_text() == "a diff\n"
    assert lock.read(run) == first
    other = {**first, "python": "3.99", "packages": {**first["packages"], "ray": "9"}}
    found = lock.keep(run, other, git)
    assert [one.key for one in found] == ["python", "packages.ray"]
    assert str(found[0]).endswith("-> 3.99")
    assert lock.read(run) == other
    assert yaml.safe_load(run.lock.read_text())["packages"] == first["packages"]
    run.lock.write_text("later: 3")
    with pytest.raises(ConfigError, match=r"lock.yaml: is not as a run leaves it"):
        lock.read(run)
