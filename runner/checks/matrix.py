"""Which searcher goes with which distribution, space, scheduler and objective: each pair put before the rules."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from typing import Any

from runner.checks import config_problems
from runner.config.conversion import conversion
from runner.config.read import read_leniently
from runner.config.registry import SCHEDULERS, SEARCHERS
from runner.config.search_space import KINDS, Distribution
from runner.errors import Problem

_EXAMPLES = {"lower": 1, "upper": 8, "q": 1, "categories": [1, 2]}
_CONDITIONAL = {
    "n": {"distribution": "randint", "lower": 1, "upper": 8},
    "x": {"distribution": "uniform", "lower": 0, "upper": 1, "when": {"n": 1}},
}
_FITTING: Mapping[str, Mapping[str, Any]] = {
    "pbt_replay": {"scheduler": {"policy_file": "policy.txt"}, "budget": {"num_samples": 1}, "search_space": {}},
}
"""What a scheduler needs beside a plain experiment."""

_OBJECTIVES = {
    "one metric, max": [{"metric": "a", "mode": "max"}],
    "one metric, min": [{"metric": "a", "mode": "min"}],
    "weighted sum": [{"metric": "a", "mode": "max", "weight": 0.5}, {"metric": "b", "mode": "min", "weight": 0.5}],
    "several objectives": [{"metric": "a", "mode": "max"}, {"metric": "b", "mode": "min"}],
}


@dataclass(frozen=True)
class Pair:
    """A searcher and what it is paired with.

    Attributes:
        kind: distribution, search space, scheduler or objective.
        name: of that kind.
        searcher: with its options where it is not as by default: optuna, optuna sampler=cmaes.
        problems: what the rules say of the two; none: they go together.
        drawn: what is done to a draw of a distribution that the searcher does not have itself.
    """

    kind: str
    name: str
    searcher: str
    problems: tuple[Problem, ...]
    drawn: str = ""

    @property
    def goes(self) -> bool:
        return not any(problem.fatal for problem in self.problems)


def matrix() -> list[Pair]:
    """Every pair of searcher and partner; with other options of the searcher where the rules say more of these."""
    pairs = []
    for kind, name, config in _partners():
        for searcher in SEARCHERS.names():
            node = {"name": searcher, **_needed(searcher)}
            plain = {**_paired(searcher), **config}
            drawn = _drawn(name, searcher) if kind == "distribution" else ""
            usual = Pair(kind, name, searcher, _problems({**plain, "searcher": node}), drawn)
            pairs.append(usual)
            for options in _variants(searcher):
                found = _problems({**plain, "searcher": {**node, **options}})
                new = tuple(problem for problem in found if problem not in usual.problems)
                if new:
                    told = " ".join(f"{key}={value}" for key, value in options.items())
                    pairs.append(Pair(kind, name, f"{searcher} {told}", new))
    return pairs


def _partners() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for kind in KINDS.values():
        yield "distribution", kind.name, {"search_space": {"x": _example(kind)}}
    yield "search space", "with conditions", {"search_space": _CONDITIONAL}
    for name in SCHEDULERS.names():
        fitting = _FITTING.get(name, {})
        yield "scheduler", name, {**fitting, "scheduler": {"name": name, **fitting.get("scheduler", {})}}
    for name, metrics in _OBJECTIVES.items():
        yield "objective", name, {"objective": {"metrics": metrics}}


def _drawn(name: str, searcher: str) -> str:
    kind = KINDS[name]
    arguments = {f.name: _EXAMPLES[f.name] for f in fields(kind) if f.default is MISSING}
    example = kind(**{key: tuple(v) if isinstance(v, list) else v for key, v in arguments.items()})
    found = conversion(example, SEARCHERS.get(searcher).traits.supported)
    return found.words if found else ""


def _example(kind: type[Distribution]) -> dict[str, Any]:
    needed = {f.name: _EXAMPLES[f.name] for f in fields(kind) if f.default is MISSING}
    return {"distribution": kind.name, **needed}


def _needed(searcher: str) -> dict[str, Any]:
    """Numbers for the options that must be given: those are amounts of trials."""
    return dict.fromkeys(SEARCHERS.get(searcher).options.model_json_schema().get("required", ()), 8)


def _paired(searcher: str) -> dict[str, Any]:
    """The scheduler of a searcher that goes with no other."""
    pairs = {SCHEDULERS.get(name).traits.searcher: name for name in SCHEDULERS.names()}
    return {"scheduler": {"name": pairs[searcher]}} if searcher in pairs else {}


def _variants(searcher: str) -> Iterator[Mapping[str, Any]]:
    """Each other value of each option that is one of a list."""
    for key, schema in SEARCHERS.get(searcher).options.model_json_schema()["properties"].items():
        values: Sequence[Any] = schema.get("enum", ())
        yield from ({key: value} for value in values if value != schema.get("default"))


def _problems(config: Mapping[str, Any]) -> tuple[Problem, ...]:
    """What the rules say of a plain experiment with these nodes; a package that is not installed is another matter."""
    plain = {
        "name": "matrix", "seed": 0, "output_dir": "outputs", "objective": {"metrics": _OBJECTIVES["one metric, max"]},
        "budget": {"max_epochs": 8}, "resources": {}, "stopper": {}, "logger": {}, "ray": {"name": "local"},
        "trainable": {"name": "function", "import_path": "package.module:function", "checkpoint_every": 1},
        "search_space": {"x": {"distribution": "uniform", "lower": 0, "upper": 1}}, "scheduler": {"name": "fifo"},
    }  # fmt: skip
    experiment, problems = read_leniently({**plain, **config})
    found = [*problems, *(config_problems(experiment) if experiment else ())]
    return tuple(problem for problem in found if problem.rule not in {"package", "missing-value"})
