"""Read: a plain config becomes an `Experiment`, or a list of everything that is wrong with it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel

from runner.config.experiment import Budget, Choice, Experiment, Origin, Resources, TrialSeeds
from runner.config.habits import TOP
from runner.config.objective import OBJECTIVE, Objective, Target
from runner.config.read_objective import read_objective
from runner.config.read_search_space import read_search_space
from runner.config.registry import LOGGERS, RAY, SCHEDULERS, SEARCHERS, STOPPERS, TRAINABLES, Plugin, Registry
from runner.config.search_space import SearchSpace
from runner.config.suggest import did_you_mean
from runner.config.trainable import Trainable
from runner.config.unknown_option import unknown_option
from runner.config.validate import missing_values, unknown_key, validate, without_unusable
from runner.errors import ConfigError, Problem

KEYS = (
    "name", "seed", "trial_seeds", "output_dir", "report", "objective", "budget", "resources", "trainable",
    "search_space", "searcher", "scheduler", "stopper", "logger", "ray", "origin",
)  # fmt: skip


_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def read(config: Mapping[str, Any]) -> Experiment:
    """The experiment of a resolved config. Raises ConfigError with every problem."""
    experiment, problems = read_leniently(config)
    if problems or experiment is None:
        raise ConfigError(problems)
    return experiment


def read_leniently(config: Mapping[str, Any]) -> tuple[Experiment | None, list[Problem]]:
    """The experiment as far as it can be read, with every problem found.

    A key that is wrong is left at its default, so that the checks of all other keys can be told in the same breath;
    with a problem in the list the experiment is good for nothing else. None where a whole node cannot be read.
    """
    problems: list[Problem] = list(missing_values(config))
    unusable: list[Problem] = []
    values = {key: without_unusable(config.get(key), key, unusable) for key in KEYS}
    problems += _names(values["name"], values["seed"], values["output_dir"])
    problems += _trial_seeds(values["trial_seeds"])
    problems += _report(values["report"])
    budget = validate(Budget, values["budget"], "budget", problems)
    resources = validate(Resources, values["resources"], "resources", problems)
    space = _space(values["search_space"], problems)
    trainable = _trainable(values["trainable"], problems)
    problems[:0] = _unknown_keys(config, trainable)
    objective = read_objective(values["objective"], trainable, problems)
    searcher = _choice(SEARCHERS, values["searcher"], "searcher", problems)
    scheduler = _choice(SCHEDULERS, values["scheduler"], "scheduler", problems)
    stoppers = _choices(STOPPERS, values["stopper"], problems)
    loggers = _choices(LOGGERS, values["logger"], problems)
    ray = _choice(RAY, values["ray"], "ray", problems)
    origin = None if values["origin"] is None else validate(Origin, values["origin"], "origin", problems)
    told = tuple(problem.where for problem in unusable)
    problems = list(dict.fromkeys([*unusable, *(problem for problem in problems if problem.where not in told)]))
    if objective is None and trainable is not None:
        objective = Objective((Target(trainable.default_metric() or OBJECTIVE, "max"),))
    if not (budget and resources and trainable and objective and searcher and scheduler and ray):
        return None, problems
    experiment = Experiment(
        name=str(values["name"]), seed=values["seed"] or 0, objective=objective, budget=budget, resources=resources,
        trainable=trainable, search_space=space, searcher=searcher,
        scheduler=scheduler, stoppers=stoppers, loggers=loggers, ray=ray, output_dir=str(values["output_dir"]),
        report=values["report"] is not False,
        trial_seeds=values["trial_seeds"] or "auto",
        config=_canonical(config, objective),
        origin=origin,
    )  # fmt: skip
    return experiment, problems


def _canonical(config: Mapping[str, Any], objective: Objective) -> dict[str, Any]:
    """The config as it is kept: the objective in its one long form."""
    targets = [
        {"metric": t.metric, "mode": t.mode} | ({"weight": t.weight} if t.weight else {}) for t in objective.targets
    ]
    return {**config, "objective": {"metrics": targets}}


def _unknown_keys(config: Mapping[str, Any], trainable: Trainable | None) -> Iterator[Problem]:
    fixed = trainable.defaults() or {} if trainable and trainable.fixes_in else {}
    for key in config:
        if key == "experiment":
            message = "what a preset says must lie at the top of the config"
            remedy = "open the file of the preset with the line: # @package _global_"
            yield Problem("preset-package", key, message, remedy)
        elif TOP.get(key, "").startswith("trainable.") and not hasattr(trainable, TOP[key].partition(".")[2]):
            yield Problem("unknown-key", key, "unknown key", did_you_mean(key, (*KEYS, "experiment")))
        elif key in fixed and key not in KEYS and key not in TOP and trainable:
            yield Problem("one-home", key, "is not said here", f"say it once, as trainable.{trainable.fixes_in}.{key}")
        elif key not in KEYS:
            yield unknown_key(str(key), str(key), (*KEYS, "experiment"))


def _names(name: Any, seed: Any, output_dir: Any) -> Iterator[Problem]:
    if not isinstance(name, str) or not re.fullmatch(r"[\w][\w.\- ]{0,99}", name) or name.endswith((" ", ".")):
        remedy = "use up to 100 letters, digits, '-', '_' and '.', as in name=my_experiment"
        yield Problem("name", "name", f"{name!r} is no single file name", remedy)
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**32:
        yield Problem("type", "seed", f"{seed!r} is no whole number from 0 to 2**32 - 1", "type seed=0")
    if not isinstance(output_dir, str) or not output_dir:
        yield Problem("type", "output_dir", f"{output_dir!r} is no folder", "type output_dir=outputs")
    elif _URI.match(output_dir):
        remedy = "type output_dir=FOLDER; a bucket must be mounted as a folder first"
        yield Problem("output-dir", "output_dir", f"{output_dir} is an address, and runs are kept in a folder", remedy)


def _trial_seeds(value: Any) -> Iterator[Problem]:
    # A config of an earlier version has no such key.
    if value is not None and value not in get_args(TrialSeeds):
        remedy = "type trial_seeds=same or trial_seeds=different"
        yield Problem("type", "trial_seeds", f"{value!r} is none of {', '.join(get_args(TrialSeeds))}", remedy)


def _report(value: Any) -> Iterator[Problem]:
    # A config that was kept before there were reports has no such key.
    if not isinstance(value, bool | None):
        yield Problem("type", "report", f"{value!r} is neither true nor false", "type report=true or report=false")


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


def _plugin(registry: Registry[Any], node: Any, where: str, problems: list[Problem]) -> tuple[str, Plugin[Any]] | None:
    name = node.get("name") if isinstance(node, Mapping) else None
    if not isinstance(name, str):
        remedy = f"type {registry.group}=..., one of {', '.join(registry.names())}"
        problems.append(Problem("option-name", where, f"no {registry.group} is chosen", remedy))
        return None
    if name not in registry.names():
        problems.append(unknown_option(f"{where}.name", registry.group, name, registry.names()))
        return None
    return name, registry.get(name)


def _choice(registry: Registry[Any], node: Any, where: str, problems: list[Problem]) -> Choice | None:
    found = _plugin(registry, node, where, problems)
    if found is None:
        return None
    name, plugin = found
    options = validate(plugin.options, without_name(node), where, problems, plugin.redirects)
    return None if options is None else Choice(name, plain_options(options))


def plain_options(options: BaseModel) -> dict[str, Any]:
    """The fields as they were validated, without turning nested values into something else."""
    return {name: getattr(options, name) for name in type(options).model_fields}


def without_name(node: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in node.items() if key != "name"}


def _in_defaults(group: str) -> str:
    return f"type {group}=[NAME], or in the defaults list of a preset write - override /{group}: [NAME]"


def _choices(registry: Registry[Any], node: Any, problems: list[Problem]) -> tuple[Choice, ...]:
    """The options of a group of several, each below its own name."""
    if node is None:
        return ()
    if not isinstance(node, Mapping):
        problems.append(Problem("type", registry.group, f"{node!r} is no mapping", _in_defaults(registry.group)))
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
            problems.append(unknown_option(where, registry.group, key, registry.names()))
    return tuple(chosen)


def _trainable(node: Any, problems: list[Problem]) -> Trainable | None:
    found = _plugin(TRAINABLES, node, "trainable", problems)
    if found is None:
        return None
    _, plugin = found
    options = validate(plugin.options, without_name(node), "trainable", problems, plugin.redirects)
    trainable: Trainable | None = None if options is None else plugin.build(**plain_options(options))
    return trainable
