"""A trial as a preset: a config that trains with its parameters, and the YAML of that."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from runner.api.support.training import OFF, without_search
from runner.config.experiment import SEED, Origin
from runner.config.hydra_loader import resolve
from runner.config.points import nested
from runner.config.read import read
from runner.config.seeds import seed_of, seeds_in_turn
from runner.errors import ConfigError, Problem
from runner.runs import lock
from runner.runs.plain_yaml import dump
from runner.runs.run import Run
from runner.runs.trial import DEFAULTS, Trial
from runner.runs.wording import shown

GROUPS = ("trainable", "search_space", "searcher", "scheduler", "stopper", "logger", "ray")
SEVERAL = ("stopper", "logger")


def target(name: str | None, project: Path, *, overwrite: bool) -> Path:
    """The file of the preset `name` in the user's project. Raises ConfigError."""
    if name is None or not re.fullmatch(r"\w[\w.-]{0,99}", name):
        message = "needs the name of the preset" if name is None else f"{name!r} is no single file name"
        raise ConfigError([Problem("preset-name", "--name", message, "type --name my_preset")])
    file = project / "conf" / "experiment" / f"{name}.yaml"
    if file.exists() and not overwrite:
        raise ConfigError([Problem("preset-taken", "--name", f"{shown(file)} is there already", "add --force")])
    return file


def promoted(earlier: Run, trial: Trial, name: str) -> dict[str, Any]:
    """The config of the run with the trial's parameters fixed and the search off. Raises ConfigError."""
    # Defaults need no line, and may be at odds with each other once they are written: optimizer=auto sets lr0 itself.
    own = trial.adjusted if trial.note == DEFAULTS else earlier.trained(trial)
    found = {**earlier.constants, **own}
    config = without_search(earlier.config)
    experiment = read(resolve(dict(earlier.config)))
    seed = seed_of(trial.name, experiment.seed, seeds_in_turn(experiment))
    config |= {"name": name, "seed": seed, "budget": {**config["budget"], "time_budget": None}}
    config["origin"] = _origin(earlier, trial).model_dump()
    home = experiment.trainable.fixes_in
    if home is None:
        return {**config, "search_space": nested(found)}
    trainable = config["trainable"]
    seed = found.pop(SEED, seed)
    fixed = {**(trainable[home] or {}), **nested(found)}
    return {**config, "seed": seed, "search_space": {}, "trainable": {**trainable, home: fixed}}


def preset(config: Mapping[str, Any], earlier: Run, trial: Trial) -> str:
    """The YAML of a config that `promoted` made, with where it comes from."""
    defaults = [{f"override /{group}": _option(config.get(group), group)} for group in GROUPS]
    nouns = {key: value for key, value in config.items() if key not in GROUPS}
    options = {group: _without_names(config.get(group), group) for group in GROUPS if group not in OFF}
    body = dump({"defaults": defaults}), dump({**nouns, **{group: node for group, node in options.items() if node}})
    head = ["# @package _global_", f"# python -m runner train experiment={config['name']}", "#"]
    return "\n".join([*head, *(f"# {line}" for line in _story(earlier, trial)), *body])


def _origin(earlier: Run, trial: Trial) -> Origin:
    run = earlier.folder
    locked = lock.read(run) or {}
    return Origin(run=shown(run.root), trial=trial.name, contents=locked.get("contents") or {})


def _story(earlier: Run, trial: Trial) -> Iterator[str]:
    run = earlier.folder
    objective = earlier.objective
    if trial.note == DEFAULTS:
        yield f"The trainable's defaults: of {', '.join(earlier.sampled(trial))} nothing is written."
    yield f"The parameters of {trial.name} of {shown(run.root)}, {trial.state.words}:"
    values: Mapping[str, float | None] = earlier.values(trial) if objective.several else {objective.label: trial.best}
    modes = {target.metric: target.mode for target in objective.targets}
    for name, value in values.items():
        yield f"  {name} = {value!r} at {earlier.unit} {trial.best_iteration} (mode {modes.get(name, objective.mode)})"
    git = (lock.read(run) or {}).get("git")
    if git:
        changes = " and changes that are not committed" if git["diff"] else ""
        yield f"  git commit {git['commit'] or 'none'}{changes}"


def _option(node: Any, group: str) -> Any:
    """The option of a group as a defaults list names it."""
    if group in SEVERAL:
        return list(node or {})
    return "none" if group == "search_space" else node["name"]


def _without_names(node: Any, group: str) -> Any:
    """The options of a node: its name stands in the defaults list."""
    if group == "search_space":
        return node
    if group in SEVERAL:
        rest = {name: _without_names(options, "") for name, options in (node or {}).items()}
        return {name: options for name, options in rest.items() if options}
    return {key: value for key, value in node.items() if key != "name"}
