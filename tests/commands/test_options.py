"""options: what there is to choose, on a page and for machines."""

import json
from pathlib import Path
from typing import Any

import pytest

from runner.__main__ import main
from runner.config.registry import REGISTRIES
from tests.config.composing import CONF, names


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["options", *words]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    assert "\x1b" not in captured.out, "no colour in a pipe"
    return captured.out


def plain(text: str) -> str:
    """One line without the gaps of the columns."""
    return " ".join(text.split())


def data(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    return json.loads(printed(capsys, *words, "--json"))


def test_every_group_and_option_has_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys)
    lines = text.splitlines()
    for group in ("experiment", "search_space", *REGISTRIES):
        start = next(n for n, line in enumerate(lines) if line.startswith((f"{group}=NAME", f"{group}=[NAME")))
        end = next((n for n in range(start, len(lines)) if not lines[n].strip()), len(lines))
        shown = [line.split()[0] for line in lines[start + 3 : end] if not line.startswith(" ")]
        assert shown == names(group)
    assert all(word in text for word in ("budget", "max_concurrent", "resources"))
    assert max(map(len, lines)) <= 80


def test_what_an_option_needs_is_said_with_the_version_or_how_to_get_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import importlib.metadata

    assert f"optuna {importlib.metadata.version('optuna')}" in printed(capsys)

    def missing(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", missing)
    assert "pip install optuna" in printed(capsys)
    assert data(capsys, "searcher", "optuna")["searcher"][0]["requires"] == {"optuna": None}


@pytest.mark.parametrize("width", ["80", "120"])
@pytest.mark.parametrize(("group", "name"), [(g, n) for g, r in REGISTRIES.items() for n in r.names()])
def test_an_option_shows_every_key_with_its_whole_meaning(
    group: str, name: str, width: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    [option] = data(capsys, group, name)[group]
    assert [key["name"] for key in option["keys"]] == list(REGISTRIES[group].get(name).options.model_fields)
    assert all(key["meaning"] and key["type"] and key["default"] for key in option["keys"])
    text = printed(capsys, group, name)
    assert max(map(len, text.splitlines())) <= int(width)
    cells = [line.split("  ") for line in text.splitlines()]
    words = {word for line in cells for cell in line for word in cell.split()}
    for key in option["keys"]:
        assert {key["name"], *key["meaning"].split()} <= words
    assert printed(capsys, group)


def test_types_and_defaults_come_from_the_signature(capsys: pytest.CaptureFixture[str]) -> None:
    keys = {key["name"]: key for key in data(capsys, "stopper", "plateau")["stopper"][0]["keys"]}
    assert (keys["std"]["type"], keys["std"]["default"]) == ("number above 0", "0.01")
    assert keys["num_results"]["type"] == "whole number from 2"
    assert keys["mode"]["type"] == "max, min or null"
    [yolo] = data(capsys, "trainable", "yolo")["trainable"]
    assert {key["name"]: key["default"] for key in yolo["keys"]}["train_args"] == "{}"
    assert {key["name"]: key["default"] for key in yolo["keys"]}["model"] == "???"
    assert data(capsys, "logger", "wandb")["logger"][0]["keys"][0]["default"] == "${name}"


def test_what_is_said_elsewhere_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    text = plain(printed(capsys, "scheduler", "asha"))
    assert "time_attr is no key of it: leave it out" in text
    assert "model is no key of it" not in printed(capsys, "trainable", "yolo")


def test_nodes_without_options_have_their_keys(capsys: pytest.CaptureFixture[str]) -> None:
    text = plain(printed(capsys, "budget"))
    assert "num_samples whole number from 1 10 configurations to try" in text
    assert "max_concurrent" in text


def test_presets_and_spaces_tell_what_their_files_say(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    text = plain(printed(capsys, "experiment"))
    assert "python -m runner experiment=quickstart" in text
    assert "minimise a**2 + b" in text
    assert "The optimizer alone: a first search on a data set of one's own." in plain(printed(capsys, "search_space"))
    own = folder / "conf" / "experiment" / "mine.yaml"
    own.parent.mkdir(parents=True)
    own.write_text("# @package _global_\n# Parts on a belt. At night.\nname: mine\n")
    [mine] = data(capsys, "experiment", "mine")["experiment"]
    assert (mine["summary"], mine["about"], mine["command"]) == (
        "Parts on a belt.", "Parts on a belt. At night.", "",
    )  # fmt: skip
    assert mine["file"] == str(own.resolve())


def test_every_preset_and_space_of_ours_has_a_summary(capsys: pytest.CaptureFixture[str]) -> None:
    found = data(capsys)
    assert all(option["summary"] for group in found.values() for option in group)
    assert all(Path(option["file"]).is_relative_to(CONF) for option in found["experiment"])


def test_the_matrix_says_what_does_not_go_together_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, "matrix")
    row = next(line for line in text.splitlines() if line.startswith("grid"))
    assert row.split() == ["grid", "random"]
    assert next(line for line in text.splitlines() if line.startswith("choice")).split("choice")[1].strip() == (
        "all but bayesopt"
    )
    assert "it draws its values itself -> type searcher=random" in plain(text)
    found = {(pair["searcher"], pair["name"]): pair["goes"] for pair in data(capsys, "matrix")}
    assert (found["optuna", "normal"], found["random", "normal"]) == (False, True)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["schedulr"], "did you mean scheduler"),
        (["optuna"], "type python -m runner options searcher optuna"),
        (["searcher", "optna"], "did you mean optuna?"),
        (["matrix", "optuna"], "type python -m runner options matrix"),
        (["a", "b", "c"], "does not take c"),
        (["seed=1"], "takes no configuration"),
        (["--config-dir", "nowhere"], "nowhere is not a folder"),
    ],
)
def test_a_wrong_word_says_what_to_type(words: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["options", *words]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert says in captured.err
