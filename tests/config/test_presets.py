"""Every preset in conf/experiment: it reads, passes the config checks, and meets every searcher and scheduler."""

from collections.abc import Iterator
from typing import Any

import pytest
from omegaconf import OmegaConf

from runner.errors import Problem
from tests.config.composing import CONF, experiment, names, problems


def asked(preset: str) -> list[str]:
    """What a preset asks of its user: the dotted keys that are ??? in its file."""
    return list(_open(OmegaConf.to_container(OmegaConf.load(CONF / "experiment" / f"{preset}.yaml"), resolve=False)))


def _open(node: Any, path: str = "") -> Iterator[str]:
    for key, value in node.items() if isinstance(node, dict) else ():
        if value == "???":
            yield f"{path}{key}"
        else:
            yield from _open(value, f"{path}{key}.")


def fatal(*words: str) -> list[Problem]:
    return [problem for problem in problems(*words) if problem.fatal]


def words(preset: str) -> tuple[str, ...]:
    return (f"experiment={preset}", *(f"{key}=path/to/data.yaml" for key in asked(preset)))


@pytest.mark.parametrize("preset", names("experiment"))
def test_a_preset_reads_and_passes_the_config_checks(preset: str) -> None:
    assert fatal(*words(preset)) == []
    assert experiment(*words(preset)).name == preset


@pytest.mark.parametrize("preset", [preset for preset in names("experiment") if asked(preset)])
def test_what_a_preset_leaves_to_its_user_is_asked_for(preset: str) -> None:
    found = fatal(f"experiment={preset}")
    assert [(problem.rule, problem.where) for problem in found] == [("missing-value", key) for key in asked(preset)]


@pytest.mark.parametrize("preset", names("experiment"))
def test_a_preset_opens_with_its_package_and_the_command_that_runs_it(preset: str) -> None:
    first, second = (CONF / "experiment" / f"{preset}.yaml").read_text(encoding="utf-8").splitlines()[:2]
    assert first == "# @package _global_"
    assert second.startswith(f"# python -m runner experiment={preset}")


NO_CHECKPOINTS = {"digits", "forest", "gridworld", "iris", "keras_digits", "quickstart"}
"""Their functions report none."""
REPORT_ONCE = {"forest", "iris", "quickstart"}


def refusing(preset: str, searcher: str, scheduler: str) -> set[str]:
    """The rules that refuse a preset with these options; each has its own test in tests/checks."""
    rules = set()
    if preset == "quickstart" and searcher != "random":
        rules.add("searcher-distribution")  # a grid
    if searcher == "bayesopt" and preset in {"forest", "iris", "keras_digits", "yolo11_seg_guide"}:
        rules.add("searcher-distribution")  # categories
    if preset == "iris" and searcher not in {"hyperopt", "optuna", "random"}:
        rules.add("searcher-conditions")
    if preset == "forest":
        rules |= {"searcher-objectives"} if searcher not in {"optuna", "random"} else set()
        rules |= {"rule-objectives"} if scheduler not in {"fifo", "pbt_replay"} else set()
    if scheduler in {"bohb", "hyperband", "pb2", "pbt"} and preset in NO_CHECKPOINTS:
        rules.add("needs-checkpoints")
    if scheduler in {"pb2", "pbt"} and preset in REPORT_ONCE:
        rules.add("grace-period")
    if (preset, scheduler) in {("quickstart", "pb2"), ("iris", "pb2"), ("iris", "pbt")}:
        rules.add("mutation")  # it changes no grid, no choice and nothing conditional
    if (preset, scheduler) == ("pbt_function", "pb2"):
        rules |= {"mutation", "needs-checkpoints"}  # its space has no range, and pb2's interval is another one
    if preset == "gridworld":
        rules |= {"repeat"} if searcher == "bohb" else set()
        rules |= {"scheduler-repeat"} if scheduler in {"pb2", "pbt"} else set()
    return rules | ({"missing-value"} if scheduler == "pbt_replay" else set())


@pytest.mark.slow
@pytest.mark.parametrize("preset", names("experiment"))
def test_a_preset_with_any_searcher_or_scheduler_is_valid_or_refused_by_a_named_rule(preset: str) -> None:
    pairs = [(searcher, "bohb" if searcher == "bohb" else "fifo") for searcher in names("searcher")]
    pairs += [("random", scheduler) for scheduler in names("scheduler") if scheduler != "bohb"]
    for searcher, scheduler in pairs:
        found = problems(*words(preset), f"searcher={searcher}", f"scheduler={scheduler}")
        assert all(problem.rule and problem.where and problem.remedy for problem in found)
        rules = {problem.rule for problem in found if problem.fatal} - {"package"}
        assert rules == refusing(preset, searcher, scheduler), (searcher, scheduler)


def test_a_preset_with_the_option_that_it_names_itself_is_unchanged() -> None:
    assert experiment("experiment=digits", "searcher=optuna", "scheduler=asha").scheduler == (
        experiment("experiment=digits").scheduler
    )
