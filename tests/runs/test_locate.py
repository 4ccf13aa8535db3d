"""Run folders and trials as a user names them."""

import os
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from runner.errors import ConfigError
from runner.runs.folder import MultirunFolder, RunFolder
from runner.runs.locate import run_folder
from runner.runs.trial_name import trial_name

CONFIG: dict[str, Any] = {
    "name": "a", "objective": {"metrics": [{"metric": "score", "mode": "max"}]}, "budget": {"max_epochs": 1},
    "searcher": {"name": "random"}, "scheduler": {"name": "fifo"}, "search_space": None,
}  # fmt: skip


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two runs of `a`, and one of `b` that was refused before it started."""
    for name, second in (("a", 1), ("a", 2), ("b", 3)):
        run = RunFolder.create(tmp_path / "outputs", name, datetime(2026, 1, 2, 3, 4, second))
        if name == "a":
            run.write_config(CONFIG, [])
            run.history_csv.write_text("")
    return tmp_path


@pytest.mark.parametrize("name", ["outputs/a/2026-01-02_03-04-02", "outputs/a", "outputs", "latest"])
def test_a_run_is_a_folder_or_the_newest_below_it(project: Path, name: str) -> None:
    assert run_folder(name, project).root.name == "2026-01-02_03-04-02"
    assert run_folder(str(project / "outputs" / "a"), project / "elsewhere").root.name == "2026-01-02_03-04-02"


def test_the_newest_run_may_be_a_job_of_a_multirun(project: Path) -> None:
    job = MultirunFolder.create(project / "outputs", "a", datetime(2026, 1, 2, 4)).job(1)
    job.write_config(CONFIG, [])
    job.history_csv.write_text("")
    assert run_folder("latest", project) == job


def test_a_run_may_be_named_by_its_experiment(project: Path) -> None:
    """As `model.tune(name=..., resume=True)` does; a folder of that name without runs, as one of data, is not meant."""
    (project / "a").mkdir()
    assert run_folder("a", project).root.name == "2026-01-02_03-04-02"
    job = MultirunFolder.create(project / "outputs", "many", datetime(2026, 1, 2, 4)).job(1)
    job.write_config(CONFIG, [])
    job.history_csv.write_text("")
    assert run_folder("many", project) == job
    assert run_folder("2026-01-02_03-04-01", project).root.parent.name == "a"
    with pytest.raises(ConfigError, match=r"did you mean many\?.*experiments with runs: many, a; all runs: "):
        run_folder("mny", project)


def test_a_name_of_several_runs_says_which(project: Path) -> None:
    other = RunFolder.create(project / "outputs", "c", datetime(2026, 1, 2, 3, 4, 2))
    other.write_config(CONFIG, [])
    other.history_csv.write_text("")
    with pytest.raises(ConfigError, match="2 runs are in a folder of that name: outputs/a/2026-01-02_03"):
        run_folder("2026-01-02_03-04-02", project)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("outputs/a/2026-01-02_03-04-05", "did you mean outputs/a/2026-01-02_03-04-0"),
        ("outputs/b", "holds no run"),
        ("outputs/b/2026-01-02_03-04-03", "holds no run"),
        ("nothing", "there is no such folder"),
    ],
)
def test_what_is_no_run_says_which_there_are(project: Path, name: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says) as caught:
        run_folder(name, project)
    assert caught.value.exit_code == 2
    assert os.linesep in str(caught.value)


@pytest.mark.parametrize("content", ["", "- a", "name: other", "a: [", b"\xff"])
def test_a_config_that_no_run_wrote_is_told(project: Path, content: str | bytes) -> None:
    config = project / "outputs" / "a" / "2026-01-02_03-04-02" / "config.yaml"
    config.write_bytes(content if isinstance(content, bytes) else content.encode())
    os.utime(config, (2**32, 2**32))
    with pytest.raises(ConfigError, match=r"config\.yaml") as caught:
        run_folder("latest", project)
    assert caught.value.exit_code == 2


def test_a_trial_may_be_a_number() -> None:
    known = ["trial_000", "trial_001", "trial_010"]
    assert [trial_name(name, known) for name in ("trial_001", "1", "10", "000")] == [
        "trial_001", "trial_001", "trial_010", "trial_000",
    ]  # fmt: skip
    with pytest.raises(ConfigError, match="did you mean"):
        trial_name("trial_011", known)
