"""Read: the node of the search space becomes a `SearchSpace`, or a list of everything that is wrong with it."""

from collections.abc import Iterator, Mapping
from typing import Any

from runner.config.conditions import WHEN, Condition, both, read_when, with_parents
from runner.config.hydra_sweeps import translation
from runner.config.search_space import (
    BROKEN_CALL,
    KINDS,
    Choice,
    Distribution,
    Grid,
    SearchSpace,
    call_to_mapping,
    is_call,
    read_distribution,
)
from runner.config.suggest import did_you_mean
from runner.errors import Problem


def read_search_space(node: Mapping[str, Any], where: str = "search_space") -> tuple[SearchSpace, list[Problem]]:
    """Read the plain node of the config at `where`; everything wrong is in the list."""
    reader = _Reader()
    reader.mapping(node, where, (), {})
    space = reader.space()
    return space, list(dict.fromkeys(reader.problems))


class _Reader:
    """Puts the leaves of a node into one tree, and finds under which condition each is there.

    Attributes:
        conditions: dotted key to its own condition, with those of the mappings around it.
        places: dotted key to where in the config it stands.
        asked: what the conditions ask for: where, the key and its values.
    """

    def __init__(self) -> None:
        self.tree: dict[str, Any] = {}
        self.conditions: dict[str, Condition] = {}
        self.places: dict[str, str] = {}
        self.asked: list[tuple[str, str, tuple[Any, ...]]] = []
        self.problems: list[Problem] = []

    def mapping(self, node: Mapping[Any, Any], where: str, path: tuple[str, ...], condition: Condition) -> None:
        """A mapping whose keys land below `path`; `when` among them holds for all of them."""
        condition = both(condition, self._condition_of_all(node, where))
        if self._branch(path, where) is None:
            return
        for key, value in node.items():
            here = f"{where}.{key}"
            if not isinstance(key, str):
                self._wrong("space-key", here, f"the key {key!r} is not text", "put it in quotes")
            elif key != WHEN:
                self._child(value, here, (*path, key), condition)
        for parent, option, brought in _options(node):
            here = f"{where}.{WHEN}.{parent}"
            if isinstance(brought, Mapping):
                self.asked.append((here, parent, (option,)))
                self.mapping(brought, f"{here}.{option}", path, both(condition, {parent: (option,)}))
            else:
                message = f"{option}: {brought!r} is no mapping of the parameters that {parent}={option} brings"
                remedy = f"write {option}: {{KEY: ...}}; for the key {option} of {parent} write {parent}.{option}: ..."
                self._wrong("space-when", here, message, remedy)

    def space(self) -> SearchSpace:
        """What was read, and checked as a whole."""
        leaves = {".".join(path): leaf for path, leaf in SearchSpace(self.tree).leaves().items()}
        for where, parent, values in self.asked:
            if parent not in leaves:
                message = f"there is no {parent} in the search space; {did_you_mean(parent, leaves)}"
                remedy = f"add {parent} to the search space, or take the condition away"
                self._wrong("space-when", where, message, remedy)
            elif fault := _never(parent, leaves[parent], values):
                self._wrong("space-when", where, *fault)
        conditions, circle = with_parents(self.conditions)
        if circle:
            message = f"each of {', '.join(circle)} is there only where another of them is"
            self._wrong("space-when", f"{self.places[circle[0]]}.{WHEN}", message, "take one of the conditions away")
            return SearchSpace(self.tree)
        for key, condition in conditions.items():
            self._check(key, leaves[key], condition)
        return SearchSpace(self.tree, conditions)

    def _wrong(self, rule: str, where: str, message: str, remedy: str) -> None:
        self.problems.append(Problem(rule, where, message, remedy))

    def _condition_of_all(self, node: Mapping[Any, Any], where: str) -> Condition:
        """What the `when` of a mapping asks for; options that bring parameters stand there too, and are left out."""
        if WHEN not in node:
            return {}
        when = node[WHEN]
        if not isinstance(when, Mapping):
            return self._condition(when, where)
        asked = {parent: value for parent, value in when.items() if not isinstance(value, Mapping)}
        return self._condition(asked, where) if asked or not when else {}

    def _condition(self, when: Any, where: str) -> Condition:
        try:
            condition = read_when(when)
        except ValueError as error:
            self._wrong("space-when", f"{where}.{WHEN}", str(error), "write it as in when: {optimizer: SGD}")
            return {}
        self.asked += [(f"{where}.{WHEN}.{parent}", parent, values) for parent, values in condition.items()]
        return condition

    def _child(self, value: Any, where: str, path: tuple[str, ...], condition: Condition) -> None:
        if isinstance(value, str) and is_call(value):
            try:
                value = call_to_mapping(value)
            except ValueError as error:
                exact = translation(value)
                message = f"{value} is a sweep of Hydra's" if exact else str(error)
                remedy = f"write {exact}" if exact else "for the text itself as a constant write choice(['...'])"
                self._wrong("space-distribution", where, message, remedy)
                self._leaf(None, where, path, condition)
                return
        if isinstance(value, Mapping) and "distribution" in value:
            own = self._condition(value[WHEN], where) if WHEN in value else {}
            self._leaf(read_distribution(value, where, self.problems), where, path, both(condition, own))
        elif isinstance(value, Mapping):
            stray = sorted({"lower", "upper", "q", "categories", "sd"} & set(value))
            if stray:
                message = f"has {', '.join(stray)} but no distribution"
                remedy = f"add distribution: to it, one of {', '.join(KINDS)}"
                self._wrong("space-distribution", where, message, remedy)
            else:
                self.mapping(value, where, path, condition)
        elif isinstance(value, str) and BROKEN_CALL.match(value):
            message = f"{value!r} begins as a call and does not end with its bracket"
            remedy = "write it as in loguniform(1e-5, 1e-1), and in quotes where it stands between { and } of a YAML"
            self._wrong("space-distribution", where, message, remedy)
        else:
            # A constant that is there only at times is drawn, from one value: constants() are in every trial.
            self._leaf(Choice((value,)) if condition else value, where, path, condition)

    def _leaf(self, value: Any, where: str, path: tuple[str, ...], condition: Condition) -> None:
        branch, key = self._branch(path[:-1], where), ".".join(path)
        if branch is None:
            return
        if path[-1] in branch:
            self._twice(key, where)
            return
        branch[path[-1]] = value
        self.places[key] = where
        if condition:
            self.conditions[key] = condition

    def _branch(self, path: tuple[str, ...], where: str) -> dict[str, Any] | None:
        """The mapping at `path`, made where there is none; None where something else is there."""
        node = self.tree
        for depth, part in enumerate(path, start=1):
            child = node.setdefault(part, {})
            if not isinstance(child, dict):
                self._twice(".".join(path[:depth]), where)
                return None
            node = child
        return node

    def _twice(self, key: str, where: str) -> None:
        there = self.places.get(key, "keys below it")
        message = f"{key} is there already, by {there}: a key has one distribution, whatever the condition"
        remedy = f"write it once, beside a when: that lists all values which bring {key}; or rename one of both"
        self._wrong("space-twice", where, message, remedy)

    def _check(self, key: str, leaf: Any, condition: Condition) -> None:
        where = f"{self.places[key]}.{WHEN}"
        if isinstance(leaf, Grid):
            remedy = f"write it as {str(leaf).replace('grid', 'choice', 1)}"
            self._wrong("space-when", where, "every sample takes all values of a grid, and so it has no `when`", remedy)
        torn = [parent for parent, values in condition.items() if not values]
        if torn:
            message = f"never holds: {', '.join(torn)} would have to be two things at once"
            self._wrong("space-when", where, message, "change one of the conditions")


def _options(node: Mapping[Any, Any]) -> Iterator[tuple[str, Any, Any]]:
    """The options of other keys that bring parameters, each with its mapping."""
    when = node.get(WHEN)
    for parent, options in when.items() if isinstance(when, Mapping) else ():
        if isinstance(options, Mapping):
            yield from ((str(parent), option, brought) for option, brought in options.items())


def _never(parent: str, leaf: Any, values: tuple[Any, ...]) -> tuple[str, str] | None:
    """Why a parent cannot have one of the values, and what to do. A constant may be changed, and is no fault."""
    if not isinstance(leaf, Distribution):
        return None
    if leaf.values() is None and not getattr(leaf, "integer", False):
        return f"{parent} is {leaf}: a condition is on listed values or whole numbers", f"make {parent} a choice"
    never = [value for value in values if not leaf.contains(value)]
    if not never:
        return None
    told = " or ".join(map(repr, never))
    return f"{parent}={told} cannot be", f"it is {leaf}: add the value there, or change the condition"
