"""A built wheel carries the presets and works from any folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]


def test_a_wheel_works_from_any_folder(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    wheels, site, folder = tmp_path / "wheels", tmp_path / "site", tmp_path / "folder"
    (folder / "conf" / "experiment").mkdir(parents=True)
    preset = "# @package _global_\ndefaults:\n  - quickstart\n  - _self_\nname: mine\n"
    (folder / "conf" / "experiment" / "mine.yaml").write_text(preset)
    build = ["wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(wheels), str(ROOT)]
    subprocess.run([*pip, *build], check=True, cwd=tmp_path)
    wheel = next(wheels.glob("runner-*.whl"))
    subprocess.run([*pip, "install", "--no-deps", "--target", str(site), str(wheel)], check=True)
    environment = {**os.environ, "PYTHONPATH": str(site)}

    def output(*command: str) -> str:
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert str(site) in output(sys.executable, "-c", "import runner; print(runner.__file__)")
    assert "name: mine" in output(sys.executable, "-m", "runner", "--cfg", "job", "experiment=mine")
    assert "quickstart" in output(str(site / "bin" / "runner"), "--help")
    assert {path.name for path in (site / "runner" / "reporting").glob("page.*")} >= {"page.css", "page.js"}
