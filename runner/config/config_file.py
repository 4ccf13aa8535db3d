"""One YAML file of a config as it is read: its encoding, its aliases, and what of Hydra's own it must not set."""

import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import yaml
from omegaconf import DictConfig, OmegaConf
from yaml.error import MarkedYAMLError

from runner.config.habits import hydra_remedy
from runner.config.nested import flat
from runner.config.search_space import ALIASES, KINDS
from runner.config.source import Source
from runner.errors import ConfigError, Problem

MOST_NODES = 100_000
"""Values of a file, those that an alias repeats counted each time."""
_CALL_WITH_BRACES = re.compile(rf"\b(?:{'|'.join((*KINDS, *ALIASES))})\([^'\"]*\{{")


def read_text(file: Path) -> str:
    """The text of a file, without the byte order mark that some editors put first. Raises ConfigError."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        problem = Problem("encoding", str(file), f"is not written in UTF-8: {error.reason}", "save it as UTF-8")
        raise ConfigError([problem]) from error


def load(text: str, file: Path) -> Any:
    """The content with OmegaConf's reading of numbers (1e-5 is one). Raises ConfigError."""
    stream = StringIO(text)
    stream.name = str(file)
    try:
        if "&" in text and "*" in text:
            _refuse_bombs(text, file)
        return OmegaConf.load(stream)
    except RecursionError as error:
        problem = Problem("yaml", str(file), "is nested too deeply", "write lists and mappings of fewer levels")
        raise ConfigError([problem]) from error
    except yaml.YAMLError as error:
        raise ConfigError([_yaml_problem(error, text)]) from error


def _refuse_bombs(text: str, file: Path) -> None:
    """A few lines of aliases of aliases hold more values than any memory."""
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    nodes = _expanded(node, {}) if node else 0
    if nodes > MOST_NODES:
        message = f"its aliases (*name) stand for more than {MOST_NODES} values"
        raise ConfigError([Problem("yaml", str(file), message, "write out what is meant")])


def _expanded(node: yaml.Node, known: dict[int, int]) -> int:
    """How many values a node stands for; one that holds itself, for endlessly many."""
    if id(node) not in known:
        known[id(node)] = MOST_NODES + 1
        children: list[yaml.Node] = []
        if isinstance(node, yaml.SequenceNode):
            children = node.value
        elif isinstance(node, yaml.MappingNode):
            children = [child for pair in node.value for child in pair]
        known[id(node)] = 1 + sum(_expanded(child, known) for child in children)
    return known[id(node)]


def _yaml_problem(error: yaml.YAMLError, text: str) -> Problem:
    if not isinstance(error, MarkedYAMLError) or error.problem_mark is None:
        return Problem("yaml", "", str(error))
    mark = error.problem_mark
    message = error.problem or error.context or "cannot be read as YAML"
    line = (*text.splitlines(), "", "")[mark.line]
    remedy = "put the call in quotes, '...'" if _CALL_WITH_BRACES.search(line) else "correct that line"
    return Problem("yaml", f"{mark.name}, line {mark.line + 1}", message, remedy)


def hydra_settings(config: DictConfig, file: Path) -> Iterator[Problem]:
    """What a preset sets of Hydra itself, which runner does not follow."""
    plain = OmegaConf.to_container(config, resolve=False)
    content = dict(plain) if isinstance(plain, dict) else {}
    source = Source(file, "")
    settings = content.get("hydra")
    for key, value in flat({"hydra": settings}).items() if settings is not None else ():
        message = f"{key} is a setting of Hydra's own"
        yield Problem("hydra", f"{file}, line {source.line(key)}", message, hydra_remedy(key, value))
    defaults = content.get("defaults")
    for number, entry in enumerate(defaults if isinstance(defaults, list) else ()):
        for key, value in entry.items() if isinstance(entry, dict) else ():
            group = str(key).removeprefix("override ").lstrip("/")
            if group.startswith("hydra/"):
                where = f"{file}, line {source.line(f'defaults.{number}')}"
                yield Problem("hydra", where, f"{group} is a setting of Hydra's own", hydra_remedy(group, value))
