"""Mistakes that nobody thought of: presets and overrides with parts replaced by something else."""

import contextlib
import copy
import io
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from runner.api.check import check_preset
from runner.api.support.job import examine
from runner.commands.findings import lines
from runner.config.hydra_loader import HydraLoader, packaged_conf
from runner.errors import RunnerError

pytestmark = pytest.mark.slow

SEED = 10
LONGEST = 6000
"""Characters of all that is printed of one mistake."""

ODD: list[Any] = [
    None, True, False, 0, -1, 1.5, 10**30, float("nan"), float("inf"), -0.0, "", " ", "a", "???", "${nope}", "${name}",
    "auto", "é\u2028", "x" * 5000, "a/b", "../x", "~", "uniform(0,1)", "uniform(0,", "choice()", "interval(0,1)",
    "loguniform(0,0)", "randint('a','b')", "grid([[1],{}])", [], [None], [1, "a"], [[1]], {}, {"a": 1}, {"": ""},
    {"name": "x"}, {"distribution": 3}, {"distribution": "uniform", "lower": [], "upper": {}}, {"when": 3},
    {"distribution": "choice", "categories": [{}, [], None]}, {"distribution": "randint", "lower": 1, "upper": 2.5},
    {"when": {"a": {"b": 3}}}, {"a.b": {"c": 1}}, {1: 2},
]  # fmt: skip
"""What takes the place of a value."""

PRESETS = ("shapes", "digits", "forest", "pbt_digits", "quickstart", "yolo11_seg_guide")
CHOICES = ("trainable", "search_space", "searcher", "scheduler", "stopper", "logger", "ray")


def _places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield (*path, key)
        yield from _places(value, (*path, key))


def _mutated(config: dict[str, Any], draw: random.Random) -> dict[str, Any]:
    """A config with one to three of its parts removed, renamed or replaced."""
    changed = copy.deepcopy(config)
    for _ in range(draw.randint(1, 3)):
        places = list(_places(changed))
        if not places:
            break
        *above, last = draw.choice(places)
        node: Any = changed
        for key in above:
            node = node[key]
        kind = draw.random()
        if kind < 0.15:
            del node[last]
        elif kind < 0.3 and isinstance(node, dict):
            node[draw.choice(["x", "name", "when", 3, "a.b", f"{last}_"])] = node.pop(last)
        else:
            node[last] = copy.deepcopy(draw.choice(ODD))
    return changed


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "conf" / "experiment").mkdir(parents=True)
    return tmp_path


@pytest.fixture
def loader(folder: Path) -> HydraLoader:
    return HydraLoader([folder / "conf", packaged_conf()])


def told(preset: str | None, words: list[str], loader: HydraLoader) -> str:
    """What check prints. Whatever is no RunnerError ends the test."""
    printed = io.StringIO()
    try:
        with contextlib.redirect_stderr(printed):
            return "\n".join(lines(check_preset(preset, words, loader, Path.cwd(), here=False))) + printed.getvalue()
    except RunnerError as error:
        assert error.exit_code == 2
        return str(error) + printed.getvalue()


def problems(config: dict[str, Any]) -> str:
    """What the checks say of a composed config. Whatever is no RunnerError ends the test."""
    try:
        return "\n".join(map(str, examine(config)[1])) or "ok"
    except RunnerError as error:
        assert error.exit_code == 2
        return str(error)


def test_a_preset_with_parts_replaced_is_answered(folder: Path, loader: HydraLoader) -> None:
    draw = random.Random(SEED)
    bases = {name: loader.compose([f"experiment={name}"])[0] for name in PRESETS}
    for number in range(100):
        config = _mutated(bases[draw.choice(PRESETS)], draw)
        answers = [problems(config)]
        if number % 12 == 0:  # composing takes ten times as long as the checks
            text = "# @package _global_\n" + yaml.safe_dump(config)
            (folder / "conf" / "experiment" / f"m{number}.yaml").write_text(text, encoding="utf-8")
            answers.append(told(f"m{number}", [], loader))
        assert all(0 < len(answer) < LONGEST for answer in answers), config


def test_overrides_with_odd_values_are_answered(loader: HydraLoader) -> None:
    draw = random.Random(SEED)
    bases = {
        name: [".".join(map(str, path)) for path in _places(loader.compose([f"experiment={name}"])[0])]
        for name in PRESETS
    }
    for _ in range(12):
        preset = draw.choice(PRESETS)
        words = [f"experiment={preset}"]
        for _ in range(draw.randint(1, 4)):
            key = draw.choice(bases[preset]) if draw.random() < 0.8 else draw.choice(CHOICES)
            text = yaml.safe_dump(draw.choice(ODD), default_flow_style=True, width=10**6).removesuffix("...\n").strip()
            words.append(f"{draw.choice(['', '', '', '+', '++', '~'])}{key}={text}")
        assert 0 < len(told(None, words, loader)) < LONGEST, words
