"""config.yaml and overrides.yaml of a run folder, read back."""

import re
from pathlib import Path
from typing import Any

import yaml

from runner.config.objective import Objective
from runner.config.read_search_space import read_search_space
from runner.errors import ConfigError, Problem
from runner.runs.damage import damaged
from runner.runs.folder import FORMAT, RunFolder
from runner.runs.wording import shown

KEYS = {"name", "objective", "budget", "searcher", "scheduler", "search_space"}
"""Of a run's configuration, which commands on a run look up."""


_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The one in C, where PyYAML was built with it: a list of runs reads hundreds."""


def read_config(run: RunFolder) -> dict[str, Any]:
    """The resolved configuration. Raises ConfigError where it is not as a run leaves it."""
    config = read_yaml(run.config)
    refuse_newer(run.config)
    wrong = fault(config)
    if wrong:
        raise damaged(run.config, wrong, remedy="name the folder of a run, or put back the file that the run wrote")
    found: dict[str, Any] = config
    return found


def refuse_newer(path: Path) -> None:
    """Raise ConfigError where a later version, with another format of files, has written this config.yaml."""
    with path.open(encoding="utf-8", errors="replace") as file:
        named = re.match(r"# format: (\d+)$", file.readline())
    if named and int(named[1]) > FORMAT:
        message = f"is of format {named[1]}, and this version of runner reads 1 to {FORMAT}"
        raise ConfigError([Problem("run-format", shown(path), message, "install the version that wrote the run")])


def read_words(run: RunFolder) -> list[str]:
    """What was typed behind `python -m runner`; nothing where that was not kept. Raises ConfigError."""
    words = read_yaml(run.overrides) if run.overrides.is_file() else []
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise damaged(run.overrides, "is no list of what was typed", remedy=f"remove it: rm {run.overrides}")
    return words


def read_yaml(path: Path) -> Any:
    """Plain data. Raises ConfigError with the line where that is known."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except FileNotFoundError as error:
        raise damaged(path, "is not there") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or str(error).partition("\n")[0]
        raise damaged(path, f"is not YAML: {what}", mark and mark.line + 1) from error


def fault(config: Any) -> str:
    """Why this is not the configuration of a run, or an empty text."""
    if not isinstance(config, dict) or not config.keys() >= KEYS:
        return f"lacks some of {', '.join(sorted(KEYS))}"
    nodes = ("objective", "budget", "searcher", "scheduler")
    wrong = [key for key in nodes if not isinstance(config[key], dict)]
    wrong += [
        key for key in ("searcher", "scheduler") if key not in wrong and not isinstance(config[key].get("name"), str)
    ]
    if wrong:
        return f"{wrong[0]} is {config[wrong[0]]!r:.60}"
    max_epochs = config["budget"].get("max_epochs", "missing")
    if not isinstance(max_epochs, int | None):
        return f"budget.max_epochs is {max_epochs!r:.60}"
    repeat = config["searcher"].get("repeat")
    if not isinstance(repeat, int | None):
        return f"searcher.repeat is {repeat!r:.60}"
    try:
        targets = Objective.of(config).targets
        read_search_space(config["search_space"] or {})
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        return f"is not as a run leaves it: {error!r}"
    sound = targets and all(isinstance(target.metric, str) and target.mode in {"max", "min"} for target in targets)
    return "" if sound else f"objective is {config['objective']!r:.60}"
