import math
from pathlib import Path

import pytest

from runner.runs.wording import duration, error_line, flat, number, parameters, roughly, said, shown, wrapped


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.43214, "0.4321"),
        (0.00002101, "2.101e-05"),
        (1.0, "1"),
        (12345.678, "1.235e+04"),
        (100, "100"),
        (None, "-"),
        (math.nan, "nan"),
        (-math.inf, "-inf"),
    ],
)
def test_numbers_have_four_significant_digits(value: float | None, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.4, "0s"),
        (59.4, "59s"),
        (59.6, "1m 00s"),
        (83, "1m 23s"),
        (3599.7, "1h 00m"),
        (7500, "2h 05m"),
        (97200, "1d 03h"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(("seconds", "text"), [(8, "8s"), (100, "2m"), (3599.4, "60m"), (7500, "2h 05m")])
def test_estimates_are_rough(seconds: float, text: str) -> None:
    assert roughly(seconds) == text


def test_nested_parameters_have_dotted_keys() -> None:
    config = {"lr0": 0.00210001, "optim": {"name": "SGD", "nesterov": True}, "layers": [1, 2], "empty": {}}
    assert parameters(config) == "lr0=0.0021 optim.name=SGD optim.nesterov=True layers=[1, 2] empty={}"
    assert list(flat(config)) == ["lr0", "optim.name", "optim.nesterov", "layers", "empty"]


def test_paths_are_relative_below_the_current_folder_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert shown(tmp_path / "here" / "outputs" / "x") == str(Path("outputs") / "x")
    assert shown(Path("outputs")) == "outputs"
    assert shown(tmp_path / "there") == str(tmp_path / "there")


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (
            'Traceback (most recent call last):\n  File "a.py", line 1, in f\n    boom()\nValueError: no\n',
            "ValueError: no",
        ),
        (
            'ray.exceptions.RayTaskError(KeyError): ray::f()\n  File "a.py", line 1, in f\nKeyError: 1\nmore\n',
            "KeyError: 1",
        ),
        ("\nthe process was killed\nsignal 9\n", "the process was killed"),
        ("  indented only\n", "indented only"),
        ("", ""),
    ],
)
def test_the_line_that_says_what_went_wrong(error: str, line: str) -> None:
    assert error_line(error) == line


def test_lines_break_between_words_only() -> None:
    text = "a path/that-is/much-longer/than-the-line/can-hold.yaml and more"
    assert wrapped(text, 30, indent=2).splitlines() == [
        "a",
        "  path/that-is/much-longer/than-the-line/can-hold.yaml",
        "  and more",
    ]


def test_an_error_is_said_without_the_module_of_its_class() -> None:
    lines = {
        "runner.translate.internals.reporting_trainable.ReportError: the report lacks x": "the report lacks x",
        "torch.OutOfMemoryError: CUDA out of memory": "OutOfMemoryError: CUDA out of memory",
        "mine.errors.Wrong": "Wrong",
        "ValueError: a.b: c": "ValueError: a.b: c",
        "data/a.yaml: no such file": "data/a.yaml: no such file",
    }
    assert {line: said(line) for line in lines} == lines
