"""Compose: config groups, a preset and the command line become one plain config."""

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from runner.config.hydra_loader import PRESET, HydraLoader
from runner.config.overrides import SEVERAL, SPACE, Assignment, GroupChoice, HydraWord, Word, read_word
from runner.config.search_space import call_to_mapping, is_call
from runner.errors import ConfigError, Problem


@dataclass(frozen=True)
class Composed:
    """A config before it is resolved, with what the user should be told about how it came to be."""

    config: dict[str, Any]
    choices: dict[str, Any]
    words: tuple[str, ...]
    notes: tuple[str, ...]
    problems: tuple[Problem, ...] = ()
    """Words that are wrong: the config is composed without them, so that its other problems can be told as well."""


def compose(words: Sequence[str], loader: HydraLoader, *, with_hydra: bool = False) -> Composed:
    """Compose the config of one job. Raises ConfigError with every word that is wrong."""
    composed = compose_leniently(words, loader, with_hydra=with_hydra)
    if composed.problems:
        raise ConfigError(composed.problems)
    return composed


def compose_leniently(words: Sequence[str], loader: HydraLoader, *, with_hydra: bool = False) -> Composed:
    """Compose the config of one job without the words that are wrong.

    Raises ConfigError where the preset or the trainable is among them: the rest says nothing without these.
    """
    read, problems = _read_words(words, loader)
    if any(problem.where in {PRESET, "trainable"} for problem in problems):
        raise ConfigError(problems)
    for_hydra = [word.text for word in read if not isinstance(word, Assignment)]
    config, choices, wrong = _compose_without_wrong_options(for_hydra, loader, with_hydra=with_hydra)
    problems += wrong
    notes = _drop_replaced(config, choices, read, loader)
    for word in read:
        if isinstance(word, Assignment):
            problems += _assign(config, word, choices)
    return Composed(config, choices, tuple(words), tuple(notes), tuple(problems))


def change(config: Mapping[str, Any], words: Sequence[str], loader: HydraLoader) -> dict[str, Any]:
    """A config that was composed before, with what `words` say set anew. Raises ConfigError with every wrong word."""
    read, problems = _read_words(words, loader)
    changed = deepcopy(dict(config))
    choices = dict.fromkeys(loader.groups, True)
    for word in read:
        if isinstance(word, Assignment):
            problems += _assign(changed, word, choices)
        elif isinstance(word, GroupChoice) and word.group != PRESET:
            fresh, _ = _compose([f"~{PRESET}", word.text], loader)
            changed[word.group] = fresh.get(word.group)
        else:
            message = "cannot be told to a config that was composed before"
            problems.append(Problem("override", word.text, message, "write key=value, or GROUP=OPTION"))
    if problems:
        raise ConfigError(problems)
    return changed


def _compose_without_wrong_options(
    words: Sequence[str], loader: HydraLoader, *, with_hydra: bool
) -> tuple[dict[str, Any], dict[str, Any], list[Problem]]:
    """Where a preset names an option that does not exist, fall back to the default option of its group.

    Hydra stops at the first such name, and then tells nothing else of the file. Raises ConfigError for the rest.
    """
    words, problems = list(words), list[Problem]()
    while True:
        try:
            return *_compose(words, loader, with_hydra=with_hydra), problems
        except ConfigError as error:
            problem = error.problems[0]
            replaced = {PRESET, "trainable", *(known.where for known in problems)}
            if problem.rule != "unknown-option" or problem.where in replaced or problem.where not in loader.groups:
                raise ConfigError([*problems, *error.problems]) from error
            _, plain = _compose([f"~{PRESET}"], loader)
            if problem.where not in plain:  # a group of the user's own, for which nothing else stands
                raise ConfigError([*problems, *error.problems]) from error
            problems.append(problem)
            words.append(group_word(problem.where, plain[problem.where]))


def _compose(
    words: Sequence[str], loader: HydraLoader, *, with_hydra: bool = False
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Hydra's composition; it does not tell which options of a group of several were chosen, their nodes do."""
    config, choices = loader.compose(words, with_hydra=with_hydra)
    return config, choices | {group: _chosen(config.get(group)) for group in SEVERAL}


def _chosen(node: Any) -> list[str]:
    """The options that have their name; without it a node is only what a preset set for an option replaced since."""
    nodes = node.items() if isinstance(node, dict) else ()
    return [name for name, options in nodes if isinstance(options, dict) and options.get("name") == name]


def _read_words(words: Sequence[str], loader: HydraLoader) -> tuple[list[Word], list[Problem]]:
    read: list[Word] = []
    problems: list[Problem] = []
    for text in words:
        try:
            read.append(read_word(text, loader))
        except ConfigError as error:
            problems += error.problems
    return read, problems


def _drop_replaced(
    config: dict[str, Any], choices: dict[str, Any], words: Sequence[Word], loader: HydraLoader
) -> list[str]:
    """Where the command line replaces an option that the preset had chosen, drop what the preset had set for it.

    The replaced node is taken from a second composition without the preset. Returns a line for each node changed.
    """
    picked = [word for word in words if isinstance(word, GroupChoice) and word.group != PRESET]
    if not picked or choices.get(PRESET) is None:
        return []
    preset_word = f"{PRESET}={choices[PRESET]}"
    _, preset_choices = _compose([preset_word], loader)
    swapped = [word for word in picked if _names(preset_choices.get(word.group)) != list(word.options)]
    if not swapped:
        return []
    kept = [group_word(g, o) for g, o in choices.items() if g in loader.groups and g != PRESET]
    plain, _ = _compose([*kept, f"~{PRESET}", *(w.text for w in words if isinstance(w, HydraWord))], loader)
    notes = []
    for word in swapped:
        before = _names(preset_choices.get(word.group))
        dropped = _replace_node(config, plain, word, keep=set(before) & set(word.options))
        if dropped:
            notes.append(
                f"{word.text} replaces the {word.group} of experiment={choices[PRESET]}"
                f" ({', '.join(before) or 'none'}): what the preset had set for it no longer applies"
                f" ({', '.join(dropped)})"
            )
    return notes


def _names(choice: Any) -> list[str]:
    return [] if choice is None else [str(name) for name in choice] if not isinstance(choice, str) else [choice]


def group_word(group: str, choice: Any) -> str:
    """A choice as Hydra takes it on the command line: scheduler=asha, logger=[csv,json], ~search_space for none."""
    if choice is None:
        return f"~{group}"
    return f"{group}={choice}" if isinstance(choice, str) else f"{group}=[{','.join(map(str, choice))}]"


def _replace_node(config: dict[str, Any], plain: dict[str, Any], word: GroupChoice, keep: set[str]) -> list[str]:
    """Take the node of `word.group` from `plain`; keys that all options of a group share stay as they were set.

    In a group of several, options in `keep` stay. Returns what went.
    """
    old, new = config.get(word.group) or {}, plain.get(word.group) or {}
    if word.group in SEVERAL:
        new = {**new, **{name: old[name] for name in keep if name in old}}
    else:
        new = {**new, **{key: old[key] for key in _shared(word.group) if key in old}}
    config[word.group] = new
    after = dict(_flat(new))
    return sorted(path for path, value in _flat(old) if after.get(path) != value and path != "name")


def _shared(group: str) -> Iterable[str]:
    """The keys that all options of `group` have."""
    from runner.config.registry import REGISTRIES  # with pydantic, which a config without a swapped option needs not

    registry = REGISTRIES.get(group)
    return registry.shared.model_fields if registry and registry.shared else ()


def _flat(node: Any, prefix: str = "") -> Iterable[tuple[str, str]]:
    if not isinstance(node, dict):
        return
    for key, value in node.items():
        if isinstance(value, dict) and value and "distribution" not in value:
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", repr(value)


def _assign(config: dict[str, Any], word: Assignment, choices: dict[str, Any]) -> list[Problem]:
    """Set one value. A new key is set as well: whether it may exist is judged when the experiment is read."""
    *parents, last = word.key.split(".")
    group = parents[0] if parents else last
    named = word.value if [*parents, last] == [group, "name"] else _get(word.value, "name") if not parents else None
    if group in choices and named is not None and group != SPACE:
        return [Problem("option-name", f"{group}.name", "an option is chosen by its group", f"type {group}={named}")]
    node: Any = config
    for depth, part in enumerate(parents, start=1):
        here = ".".join(parents[:depth])
        child = _child(node, part)
        if parents[0] == SPACE and isinstance(child, str) and is_call(child):
            try:
                child = call_to_mapping(child)
            except ValueError as error:
                return [Problem("space-distribution", here, str(error))]
            node[part] = child
        elif child is None and isinstance(node, dict):
            child = node[part] = {}
        if not isinstance(child, dict | list):
            return [Problem("override", word.key, f"{here} is {child!r} and has no keys", f"set {here} itself")]
        node = child
    if isinstance(node, list):
        place = _place(node, last)
        if place is None:
            where = ".".join(parents)
            return [Problem("override", word.key, f"{where} is a list of {len(node)}", f"set {where} as a whole")]
        node[place] = word.value
    else:
        node[last] = _merged(node.get(last), word.value)
    return []


def _get(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


def _child(node: Any, part: str) -> Any:
    if isinstance(node, list):
        place = _place(node, part)
        return "" if place is None else node[place]
    return node.get(part)


def _place(node: list[Any], part: str) -> int | None:
    """The place in a list that a part of a dotted key names, or None where the list has none of that number."""
    return next((place for place in range(len(node)) if str(place) == part), None)


def _merged(old: Any, new: Any) -> Any:
    """A mapping given for a mapping adds to it, as in Hydra; a distribution replaces what was there."""
    if isinstance(old, dict) and isinstance(new, dict) and "distribution" not in {*old, *new}:
        return {**old, **{key: _merged(old.get(key), value) for key, value in new.items()}}
    return new
