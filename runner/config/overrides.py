"""The words of the command line that are configuration: group choices, values, and their sweeps.

Hydra's grammar refuses much of what users type (`lr0=loguniform(1e-5,1e-1)`, `metric=metrics/mAP50(M)`), so each word
is read here first: Hydra's grammar where it takes the word, else YAML.
"""

import itertools
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from runner.config.habits import hydra_remedy
from runner.config.hydra_loader import HydraLoader, read_yaml_value
from runner.config.search_space import ALIASES, KINDS, is_call
from runner.config.suggest import did_you_mean
from runner.config.unknown_option import unknown_option
from runner.errors import UNPRINTABLE, ConfigError, Problem

SPACE = "search_space"
SEVERAL = ("stopper", "logger")
"""Groups of which several options may be chosen at once."""
NEEDED = ("trainable", "searcher", "scheduler", "ray")
"""Groups of which one option must be chosen."""
_CALL_IN_MAPPING = re.compile(rf"(?<![\w.'\"])(?:tune\.)?(?:{'|'.join((*KINDS, *ALIASES))})\([^()]*\)(?!['\"])")
"""`{lr0: loguniform(1e-5, 1e-1)}`: YAML would end the text at the comma, so calls within a mapping are quoted first."""
_PAIRS = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True)
class GroupChoice:
    """`scheduler=asha`, `logger=[csv,wandb]`: given to Hydra as it is."""

    group: str
    options: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Assignment:
    """`search_space.lr0.upper=0.01`: set by us in the composed config."""

    key: str
    value: Any


@dataclass(frozen=True)
class HydraWord:
    """A word that only Hydra reads: a deletion or a `group@package` choice."""

    text: str


Word = GroupChoice | Assignment | HydraWord


def read_word(text: str, loader: HydraLoader) -> Word:
    """Read one word. Raises ConfigError with what to type instead."""
    unprintable = UNPRINTABLE.search(text)
    if unprintable:
        message = f"holds the character {unprintable[0]!r}"
        raise ConfigError([Problem("override", text.partition("=")[0], message, "remove it")])
    if text.startswith("~"):
        return HydraWord(text)
    key, separator, value = text.partition("=")
    if not separator:
        raise ConfigError([_no_value(text, loader)])
    name = key.lstrip("+")
    if name.startswith(("hydra.", "hydra/")):
        raise ConfigError([Problem("hydra", text, "is a setting of Hydra's own", hydra_remedy(name, value))])
    if "@" in name:
        return HydraWord(text)
    if name in loader.groups and not value.lstrip().startswith("{"):
        return _group_choice(name, value, loader)
    if not all(name.split(".")):
        raise ConfigError([Problem("override", text, f"{name!r} is not a dotted key", "write key=value, as in seed=1")])
    return Assignment(name, read_value(name, value, loader))


def _no_value(text: str, loader: HydraLoader) -> Problem:
    groups = loader.groups
    owner = next((group for group, options in groups.items() if text in options), None)
    if owner is not None:
        return Problem("override", text, "is not key=value", f"type {owner}={text}")
    return Problem("override", text, f"is not key=value; {did_you_mean(text, groups)}", "write key=value, as in seed=1")


def _group_choice(group: str, value: str, loader: HydraLoader) -> GroupChoice:
    parsed = loader.parse(f"{group}={value}")
    if parsed is not None and parsed.is_sweep_override():
        raise ConfigError([_sweep_problem(group, value, list_allowed=group in SEVERAL)])
    chosen = parsed.value() if parsed is not None else value
    options = chosen if isinstance(chosen, list) else [] if chosen is None else [chosen]
    _check_count(group, options, value, loader)
    problems = [
        unknown_option(group, group, option, loader.groups[group])
        for option in options
        if not isinstance(option, str) or not loader.has_option(group, option)
    ]
    if problems:
        raise ConfigError(problems)
    if chosen is None:
        # Hydra's word for "none of this group"; its grammar reads group=null and then fails on it.
        return GroupChoice(group, (), f"{group}=[]" if group in SEVERAL else f"~{group}")
    return GroupChoice(group, tuple(options), f"{group}={value}")


def _check_count(group: str, options: Sequence[Any], value: str, loader: HydraLoader) -> None:
    """Hydra would merge several options of a group of one, and answer none of it with an option of its own choice."""
    if group in NEEDED and not options:
        remedy = f"type {group}=..., one of {', '.join(loader.groups[group])}"
        raise ConfigError([Problem("option-count", group, f"{group}={value}: a {group} is needed", remedy)])
    if len(options) > 1 and group not in SEVERAL:
        remedy = f"name one, or add -m and type {group}={','.join(map(str, options))} to run one job for each"
        raise ConfigError([Problem("option-count", group, f"{group}={value}: one {group} at a time", remedy)])


def _sweep_problem(key: str, value: str, *, list_allowed: bool = True) -> Problem:
    a_list = f", or write [{value}] for a list" if list_allowed else ""
    return Problem("sweep", key, f"{value} holds several values", f"add -m to run one job for each{a_list}")


def read_value(key: str, text: str, loader: HydraLoader) -> Any:
    """The value of an assignment as plain data. Raises ConfigError."""
    if _is_distribution(key, text):
        return text.strip()
    if key.split(".", maxsplit=1)[0] == SPACE:
        text = _CALL_IN_MAPPING.sub(lambda match: json.dumps(match[0]), text)
    parsed = loader.parse(f"{key}={text}")
    if parsed is not None:
        if parsed.is_sweep_override():
            raise ConfigError([_sweep_problem(key, text)])
        return parsed.value()
    if len(split_top_level(text)) > 1:
        raise ConfigError([_sweep_problem(key, text)])
    try:
        return read_yaml_value(text)
    except ValueError:
        problem = Problem("override", key, f"cannot read {text!r} as a value", f"quote it: '{key}=\"{text}\"'")
        raise ConfigError([problem]) from None


def _is_distribution(key: str, text: str) -> bool:
    return key.split(".", maxsplit=1)[0].lstrip("+") == SPACE and is_call(text) and len(split_top_level(text)) == 1


def split_top_level(text: str) -> list[str]:
    """Split at the commas that lie outside of brackets and quotes."""
    parts, closing, quote, start = [], [], "", 0
    for position, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in _PAIRS:
            closing.append(_PAIRS[char])
        elif closing and char == closing[-1]:
            closing.pop()
        elif char == "," and not closing:
            parts.append(text[start:position])
            start = position + 1
    return [*parts, text[start:]]


def expand(words: Sequence[str], loader: HydraLoader) -> list[list[str]]:
    """The jobs of a multirun: every combination of the words' sweeps, the last word varying fastest."""
    return [list(job) for job in itertools.product(*(list(_sweep(word, loader)) for word in words))]


def _sweep(word: str, loader: HydraLoader) -> Iterator[str]:
    key, separator, value = word.partition("=")
    if not separator or word.startswith("~"):
        yield word
        return
    ours = key.split(".", maxsplit=1)[0].lstrip("+") == SPACE and is_call(split_top_level(value)[0])
    parsed = None if ours else loader.parse(word)
    if parsed is None:
        yield from (f"{key}={part.strip()}" for part in split_top_level(value))
    elif parsed.is_sweep_override() and parsed.is_discrete_sweep():
        yield from (f"{key}={part}" for part in parsed.sweep_string_iterator())
    elif parsed.is_sweep_override():
        remedy = "list the values, or search it: search_space.KEY=uniform(LOWER,UPPER)"
        raise ConfigError([Problem("sweep", key, f"{value} is not a list of values", remedy)])
    else:
        yield word
