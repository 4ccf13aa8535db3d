"""Read: a plain config becomes an `Experiment`, or a list of everything that is wrong with it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from runner.config.experiment import Budget, Choice, Experiment, Resources
from runner.config.objective import Objective, Target
from runner.config.registry import LOGGERS, RAY, SCHEDULERS, SEARCHERS, STOPPERS, TRAINABLES, Plugin, Registry

from runner.config.search_space import SearchSpace, read_search_space
from runner.config.suggest import did_you_mean
from runner.config.trainable import Trainable
from runner.errors import ConfigError, Problem

KEYS = (
    "name", "seed", "output_dir", "objective", "budget", "resources", "trainable", "search_space", "searcher",
    "scheduler", "stopper", "logger", "ray",
)  # fmt: skip
MISSING = "???"
_Model = TypeVar("_Model", bound=BaseModel)

HOMES = {
    "num_samples": "budget.num_samples",
    "iterations": "budget.num_samples",
    "max_samples": "budget.num_samples",
    "max_t": "budget.max_epochs",
    "max_epochs": "budget.max_epochs",
    "epochs": "budget.max_epochs",
    "time_budget": "budget.time_budget",
    "time_budget_s": "budget.time_budget",
    "max_concurrent": "budget.max_concurrent",
    "max_concurrent_trials": "budget.max_concurrent",
    "metric": "objective.metric",
    "mode": "objective.mode",
    "seed": "seed",
    "random_state_seed": "seed",
    "gpu_per_trial": "resources.gpu",
    "resources_per_trial": "resources",
}
"""Keys that users look for elsewhere, and the one place where each is said."""


def read(config: Mapping[str, Any]) -> Experiment:
    """The experiment of a resolved config. Raises ConfigError with every problem."""
    problems: list[Problem] = [*_unknown_keys(config), *_missing(config)]
    values = {key: config.get(key) for key in KEYS}
    name, seed, output_dir = values["name"], values["seed"], values["output_dir"]
    problems += _names(name, seed, output_dir)
    budget = _noun(Budget, values["budget"], "budget", problems)
    resources = _noun(Resources, values["resources"], "resources", problems)
    space = _space(values["search_space"], problems)
    trainable, trainable_name = _trainable(values["trainable"], problems)
    objective = _objective(values["objective"], trainable, problems)
    searcher = _choice(SEARCHERS, values["searcher"], "searcher", problems)
    scheduler = _choice(SCHEDULERS, values["scheduler"], "scheduler", problems)
    stoppers = _choices(STOPPERS, values["stopper"], problems)
    loggers = _choices(LOGGERS, values["logger"], problems)
    ray = _choice(RAY, values["ray"], "ray", problems)
    if problems or not (objective and budget and resources and searcher and scheduler and ray) or trainable is None:
        raise ConfigError(_once(problems))
    return Experiment(
        name=str(name), seed=int(seed), objective=objective, budget=budget, resources=resources,
        trainable=trainable, trainable_name=trainable_name, search_space=space, searcher=searcher,
        scheduler=scheduler, stoppers=stoppers, loggers=loggers, ray=ray, output_dir=str(output_dir),
        config=_canonical(config, objective),
    )  # fmt: skip


def _once(problems: Iterable[Problem]) -> list[Problem]:
    return list(dict.fromkeys(problems))


def _canonical(config: Mapping[str, Any], objective: Objective) -> dict[str, Any]:
    """The config as it is kept: the objective in its one long form."""
    targets = [
        {"metric": t.metric, "mode": t.mode} | ({"weight": t.weight} if t.weight else {}) for t in objective.targets
    ]
    return {**config, "objective": {"metrics": targets}}


def _unknown_keys(config: Mapping[str, Any]) -> Iterator[Problem]:
    for key in config:
        if key not in KEYS:
            yield unknown_key(str(key), str(key), (*KEYS, "experiment"))


def unknown_key(where: str, key: str, known: Iterable[str], elsewhere: Mapping[str, str] | None = None) -> Problem:
    """The problem of a key that its node does not have: its home where it has one, else the nearest known key."""
    known = list(known)
    home = {**HOMES, **(elsewhere or {})}.get(key)
    if home is not None:
        return Problem(
            "one-home", where, "is not said here", f"say it once, as {home}" if "." in home or home in KEYS else home
        )
    return Problem("unknown-key", where, "unknown key", did_you_mean(key, known))


def _missing(node: Any, path: str = "") -> Iterator[Problem]:
    items = node.items() if isinstance(node, Mapping) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        here = f"{path}.{key}" if path else str(key)
        if value == MISSING:
            yield Problem("missing-value", here, "has no value yet", f"type {here}=...")
        else:
            yield from _missing(value, here)


def _names(name: Any, seed: Any, output_dir: Any) -> Iterator[Problem]:
    if not isinstance(name, str) or not re.fullmatch(r"[\w][\w.\- ]{0,99}", name) or name.endswith((" ", ".")):
        remedy = "use up to 100 letters, digits, '-', '_' and '.', as in name=my_experiment"
        yield Problem("name", "name", f"{name!r} is no single file name", remedy)
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**32:
        yield Problem("type", "seed", f"{seed!r} is no whole number from 0 to 2**32 - 1", "type seed=0")
    if not isinstance(output_dir, str) or not output_dir:
        yield Problem("type", "output_dir", f"{output_dir!r} is no folder", "type output_dir=outputs")


def _space(node: Any, problems: list[Problem]) -> SearchSpace:
    if node is None:
        node = {}
    if not isinstance(node, Mapping):
        problems.append(
            Problem("type", "search_space", f"{node!r} is no mapping", "write hyperparameter: distribution")
        )
        return SearchSpace({})
    space, wrong = read_search_space(node)
    problems += wrong
    return space


def _noun(model: type[_Model], node: Any, where: str, problems: list[Problem]) -> _Model | None:
    return _validate(model, node, where, problems, {})


def _validate(
    model: type[_Model], node: Any, where: str, problems: list[Problem], elsewhere: Mapping[str, str]
) -> _Model | None:
    """Validate a node by its model; every violation becomes a problem."""
    if not isinstance(node, Mapping):
        problems.append(
            Problem(
                "type", where, f"{node!r} is no mapping of options", f"set its keys: {', '.join(model.model_fields)}"
            )
        )
        return None
    given = {key: value for key, value in node.items() if value != MISSING}
    try:
        return model.model_validate(given)
    except ValidationError as error:
        for violation in error.errors(include_url=False):
            path = [str(part) for part in violation["loc"]]
            here = f"{where}.{path[0]}" if path else where
            if violation["type"] == "extra_forbidden":
                problems.append(unknown_key(here, path[-1], model.model_fields, elsewhere))
            elif violation["type"] == "missing":
                problems.append(Problem("missing-value", here, "has no value yet", f"type {here}=..."))
            else:
                problems.append(_wrong_value(here, violation, model))
        return None


def _wrong_value(where: str, violation: Any, model: type[BaseModel]) -> Problem:
    message = violation["msg"].removeprefix("Value error, ")
    message = message[0].lower() + message[1:]
    value = violation["input"]
    allowed = did_you_mean(value, re.findall(r"'([^']*)'", message)) if violation["type"] == "literal_error" else ""
    return Problem("value", where, f"{value!r}: {message}", allowed or _type_remedy(where, value, violation["type"]))


def _type_remedy(where: str, value: Any, kind: str) -> str:
    if isinstance(value, str) and kind in {"float_type", "int_type"} and re.fullmatch(r"[\d.]+e[+-]?\d+", value):
        return "write the number without quotes; in a YAML that is not read by Hydra, with a point: 1.0e-5"
    return f"set {where} to such a value"


def _plugin(registry: Registry, node: Any, where: str, problems: list[Problem]) -> tuple[str, Plugin] | None:
    name = node.get("name") if isinstance(node, Mapping) else None
    if not isinstance(name, str):
        remedy = f"type {registry.group}=..., one of {', '.join(registry.names())}"
        problems.append(Problem("option-name", where, f"no {registry.group} is chosen", remedy))
        return None
    if name not in registry.names():
        problems.append(
            Problem(
                "unknown-option",
                f"{where}.name",
                f"there is no {registry.group} {name}",
                did_you_mean(name, registry.names()),
            )
        )
        return None
    return name, registry.get(name)


def _choice(registry: Registry, node: Any, where: str, problems: list[Problem]) -> Choice | None:
    found = _plugin(registry, node, where, problems)
    if found is None:
        return None
    name, plugin = found
    options = _validate(plugin.options, _without_name(node), where, problems, plugin.elsewhere)
    return None if options is None else Choice(name, plain_options(options))


def plain_options(options: BaseModel) -> dict[str, Any]:
    """The fields as they were validated, without turning nested values into something else."""
    return {name: getattr(options, name) for name in type(options).model_fields}


def _without_name(node: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in node.items() if key != "name"}


def _choices(registry: Registry, node: Any, problems: list[Problem]) -> tuple[Choice, ...]:
    """The options of a group of several, each below its own name."""
    if node is None:
        return ()
    if not isinstance(node, Mapping):
        problems.append(Problem("type", registry.group, f"{node!r} is no mapping", f"type {registry.group}=[...]"))
        return ()
    chosen = []
    for key, child in node.items():
        where = f"{registry.group}.{key}"
        if isinstance(child, Mapping) and child.get("name") == key:
            choice = _choice(registry, child, where, problems)
            if choice is not None:
                chosen.append(choice)
        elif key in registry.names():
            names = ",".join([*(k for k in node if k != key), key])
            problems.append(
                Problem(
                    "not-chosen", where, f"the {registry.group} {key} is not chosen", f"add {registry.group}=[{names}]"
                )
            )
        else:
            problems.append(
                Problem(
                    "unknown-option",
                    where,
                    f"there is no {registry.group} {key}",
                    did_you_mean(str(key), registry.names()),
                )
            )
    return tuple(chosen)


def _trainable(node: Any, problems: list[Problem]) -> tuple[Trainable | None, str]:
    found = _plugin(TRAINABLES, node, "trainable", problems)
    if found is None:
        return None, ""
    name, plugin = found
    options = _validate(plugin.options, _without_name(node), "trainable", problems, plugin.elsewhere)
    return (None if options is None else plugin.build(**plain_options(options))), name


class _Target(BaseModel, extra="forbid", strict=True):
    metric: str
    mode: str | None = None
    weight: float | None = None


def _objective(node: Any, trainable: Trainable | None, problems: list[Problem]) -> Objective | None:
    """The objective in its long form; `objective.metric` and `objective.mode` speak for a list of one."""
    where = "objective"
    if not isinstance(node, Mapping):
        problems.append(Problem("type", where, f"{node!r} is no mapping", "write objective: {metric: ..., mode: max}"))
        return None
    before = len(problems)
    problems += [
        unknown_key(f"{where}.{key}", str(key), ("metrics", "metric", "mode"))
        for key in node
        if key not in {"metrics", "metric", "mode"}
    ]
    entries = node.get("metrics")
    if not isinstance(entries, list) or not entries:
        entries = [{"metric": "auto"}] if entries is None else None
    if entries is None:
        problems.append(
            Problem(
                "type",
                f"{where}.metrics",
                "must be a list of {metric, mode, weight}",
                "write metrics: [{metric: ..., mode: max}]",
            )
        )
        return None
    short = {key: node[key] for key in ("metric", "mode") if node.get(key) is not None}
    if short and len(entries) > 1:
        key = next(iter(short))
        problems.append(
            Problem(
                "one-home",
                f"{where}.{key}",
                f"speaks for a list of one, and objective.metrics has {len(entries)}",
                "change the list",
            )
        )
        return None
    if "metric" in short and isinstance(entries[0], Mapping):
        # Another metric does not inherit the direction of the one that it replaces.
        entries = [{"metric": short["metric"], **({"mode": short["mode"]} if "mode" in short else {})}]
    elif short and isinstance(entries[0], Mapping):
        entries = [{**entries[0], **short}]
    targets = [
        _target(entry, f"{where}.metrics.{n}", len(entries), trainable, problems) for n, entry in enumerate(entries)
    ]
    known = [target for target in targets if target is not None]
    return Objective(tuple(known)) if len(problems) == before and known else None


def _target(entry: Any, where: str, count: int, trainable: Trainable | None, problems: list[Problem]) -> Target | None:
    model = _validate(_Target, entry, where, problems, {})
    if model is None or trainable is None:
        return None
    metric, mode = model.metric, model.mode
    if count > 1 and model.weight is None:
        remedy = "add weight: to each entry for a weighted sum"
        problems.append(
            Problem("objective-weights", where, "several metrics without weights are no single objective", remedy)
        )
    if count == 1 and model.weight is not None:
        problems.append(Problem("objective-weights", f"{where}.weight", "one metric needs no weight", "leave it out"))
    if model.weight is not None and model.weight <= 0:
        problems.append(
            Problem("value", f"{where}.weight", f"{model.weight:g} is not above 0", "turn a direction with mode")
        )
    if metric == "auto":
        default = trainable.default_metric()
        if default is None:
            problems.append(
                Problem(
                    "objective-auto",
                    "objective.metric",
                    "this trainable has no metric of its own",
                    "type objective.metric=... objective.mode=max",
                )
            )
            return None
        metric = default
    known = trainable.metrics()
    if known is not None and metric not in known:
        problems.append(
            Problem(
                "unknown-metric",
                "objective.metric",
                f"{metric} is not reported by the trainable",
                did_you_mean(metric, known),
            )
        )
        return None
    mode = mode or (known or {}).get(metric)
    if mode is None:
        problems.append(
            Problem(
                "objective-mode",
                "objective.mode",
                f"which direction of {metric} is better is not known",
                "type objective.mode=max or objective.mode=min",
            )
        )
        return None
    if mode not in {"max", "min"}:
        problems.append(
            Problem("value", "objective.mode", f"{mode!r} is neither max nor min", did_you_mean(mode, ["max", "min"]))
        )
        return None
    return Target(metric, "max" if mode == "max" else "min", model.weight)
