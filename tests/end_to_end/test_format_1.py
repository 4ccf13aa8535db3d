"""A run folder of format 1, which an earlier version wrote: two trials ended, one was stopped, two never started."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import runner
from runner.__main__ import main
from runner.errors import ConfigError

pytestmark = pytest.mark.slow
FOLDER = Path(__file__).parent / "format_1"
MINE = """
from ray import tune


def train(config):
    for step in range(1, 5):
        tune.report({"accuracy": config["lr"] * step + (0.1 if config["kind"] == "b" else 0)})
"""


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The run in a project of its own."""
    (tmp_path / "mine.py").write_text(MINE)
    shutil.copytree(FOLDER, tmp_path / "outputs" / "legacy")
    monkeypatch.chdir(tmp_path)
    return next((tmp_path / "outputs" / "legacy").iterdir())


def test_every_command_reads_it_and_resume_runs_the_rest(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Resumed in a process of its own, as Ray is started."""
    assert main(["why", "latest", "2"]) == 0
    told = capsys.readouterr().out
    assert "stopped by asha" in told
    assert main(["why", "latest"]) == main(["runs"]) == main(["report", "latest"]) == 0
    assert (kept / "report.html").is_file()
    assert main(["promote", "latest", "--name", "best"]) == 0
    preset = yaml.safe_load(Path("conf/experiment/best.yaml").read_text())
    assert preset["search_space"] == {"kind": "a", "lr": 0.8012744652063969, "pause": 0.0}
    before = runner.load("latest").history
    command = [sys.executable, "-m", "runner", "resume", "latest"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    run = runner.load("latest")
    assert [trial.state for trial in run.rows.values()][:3] == ["completed", "completed", "stopped"]
    assert [trial.state.ended_well for trial in run.rows.values()] == [True] * 5
    assert run.history[: len(before)].equals(before)
    assert run.winner is not None
    assert run.folder.config.read_text().startswith("# format: 2\n")


def test_a_run_of_a_later_version_is_refused_and_left_as_it_is(kept: Path) -> None:
    config = kept / "config.yaml"
    config.write_text(later := "# format: 3\nnodes: []\n")
    with pytest.raises(ConfigError, match="is of format 3, and this version of runner reads 1 to 2"):
        runner.load("latest")
    assert config.read_text() == later
