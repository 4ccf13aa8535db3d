import subprocess
import sys
from datetime import datetime
from pathlib import Path

import yaml
from omegaconf import OmegaConf

from runner.runs.folder import RunFolder

CREATE = """
import sys, time
from datetime import datetime
from pathlib import Path
from runner.runs.folder import RunFolder
print("ready", flush=True)
sys.stdin.readline()
for _ in range(50):
    print(RunFolder.create(Path(sys.argv[1]), "digits", datetime(2026, 1, 2)).root.name)
"""


def test_a_run_has_its_own_folder_named_by_its_start(run: RunFolder, tmp_path: Path) -> None:
    assert run.root == tmp_path / "outputs" / "digits" / "2026-01-02_03-04-05"
    assert run.trials.is_dir()
    assert run.best.is_dir()


def test_runs_of_one_second_get_a_suffix(run: RunFolder, tmp_path: Path) -> None:
    names = [RunFolder.create(tmp_path / "outputs", "digits", datetime(2026, 1, 2, 3, 4, 5)).root.name for _ in "ab"]
    assert names == ["2026-01-02_03-04-05-2", "2026-01-02_03-04-05-3"]


def test_two_processes_never_share_a_folder(tmp_path: Path) -> None:
    command = [sys.executable, "-c", CREATE, str(tmp_path)]
    processes = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    # Both are told to go before either is waited for.
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    names = [name for process in processes for name in process.communicate()[0].split()]
    assert len(names) == len(set(names)) == 100


def test_the_config_reads_back_the_same_with_every_yaml_reader(run: RunFolder) -> None:
    shared = {"categories": ["AdamW", "SGD"]}
    config = {
        "name": "digits",
        "lr": 1e-05,
        "big": 3e20,
        "text": "1e-5",
        "answer": "no",
        "date": "2026-01-02",
        "nothing": None,
        "first": shared,
        "second": shared,
        "umlaut": "größer",
        "long": "word " * 60,
    }
    run.write_config(config, ["lr=1e-05", "text='1e-5'"])
    assert yaml.safe_load(run.config.read_text()) == config
    assert OmegaConf.to_container(OmegaConf.load(run.config)) == config
    assert yaml.safe_load(run.overrides.read_text()) == ["lr=1e-05", "text='1e-5'"]
    text = run.config.read_text()
    assert "&" not in text
    assert "categories: [AdamW, SGD]" in text
