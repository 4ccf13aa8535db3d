"""--help, --version, --cfg and --info: looking without running."""

import re
from pathlib import Path

import pytest
import yaml

from runner import __version__
from runner.__main__ import main
from tests.config.composing import names


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the command is typed; nothing may be left in it."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def shown(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    assert main(argv) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out


def test_help_names_every_group_option_and_flag(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    text = shown(capsys, "--help")
    for group in ("experiment", "trainable", "search_space", "searcher", "scheduler", "stopper", "logger", "ray"):
        listed = re.search(rf"^  {group} ((?:.*\n)(?:    .*\n)*)", text, re.MULTILINE)
        assert listed is not None
        assert listed[1].split() == names(group)
    for flag in ("--multirun", "--cfg", "--info", "--config-dir", "--shell-completion", "--help", "--version"):
        assert flag in text
    assert text == shown(capsys, "-h")
    assert "Hydra" not in text
    assert max(map(len, text.splitlines())) <= 120
    assert not list(folder.iterdir())


def test_help_lists_a_users_own_options(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    (folder / "conf" / "experiment").mkdir(parents=True)
    (folder / "conf" / "experiment" / "mine.yaml").write_text("", encoding="utf-8")
    assert " mine " in shown(capsys, "--help")


def test_the_examples_of_the_help_text_compose(capsys: pytest.CaptureFixture[str]) -> None:
    import shlex

    lines = [line.split("tune YOLO11")[0] for line in shown(capsys, "--help").splitlines()]
    examples = [shlex.split(line)[3:] for line in lines if line.startswith("  python -m runner")]
    assert len(examples) >= 5
    for words in examples:
        if "-m" not in words:
            shown(capsys, "--cfg", "job", *words)


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys, "--version") == f"runner {__version__}\n"


def test_cfg_prints_the_config_as_yaml(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    config = yaml.safe_load(shown(capsys, "experiment=digits", "seed=7", "--cfg", "job"))
    assert (config["name"], config["seed"], config["scheduler"]["grace_period"]) == ("digits", 7, 2)
    assert config["search_space"]["epochs"] == "${budget.max_epochs}"
    assert "hydra" not in config
    assert not list(folder.iterdir())


def test_cfg_resolves_where_it_is_asked_to(capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(capsys, "experiment=digits", "--cfg", "job", "--resolve", "budget.max_epochs=9")
    assert yaml.safe_load(text)["search_space"]["epochs"] == 9


def test_cfg_tells_what_a_swap_dropped(capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(capsys, "experiment=digits", "scheduler=fifo", "--cfg", "job")
    assert text.startswith("# note: scheduler=fifo replaces")
    assert yaml.safe_load(text)["scheduler"] == {"name": "fifo"}


def test_cfg_of_a_node(capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(capsys, "experiment=digits", "--cfg", "job", "--package", "search_space.lr")
    assert yaml.safe_load(text) == {"distribution": "loguniform", "lower": 1e-4, "upper": 1e-2}
    assert main(["--cfg", "job", "--package", "nope"]) == 2
    assert "is no node of the config" in capsys.readouterr().err


def test_cfg_hydra_and_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(yaml.safe_load(shown(capsys, "--cfg", "hydra"))) == ["hydra"]
    assert {"hydra", "budget"} <= set(yaml.safe_load(shown(capsys, "--cfg", "all")))


@pytest.mark.parametrize("what", ["defaults", "defaults-tree", "searchpath"])
def test_info_tells_how_the_config_came_to_be(capsys: pytest.CaptureFixture[str], what: str, folder: Path) -> None:
    text = shown(capsys, "--info", what, "experiment=digits", "seed=3")
    assert "conf" in text if what == "searchpath" else "scheduler" in text
    assert not list(folder.iterdir())
