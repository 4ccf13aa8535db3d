"""Confirm: the best trials of a run and the trainable's defaults, trained again beside each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runner.api.support.given_function import copy_function
from runner.api.support.job import Job, loader, new_folder
from runner.api.support.named_run import RunName, named_run, started_in
from runner.api.support.output import output_to
from runner.api.support.project import project_folder
from runner.api.support.run_job import run_in
from runner.api.support.training import with_seeds, without_search
from runner.config.compose import change
from runner.config.conditions import WHEN, among
from runner.config.experiment import SEED, Experiment
from runner.config.hydra_loader import HydraLoader, resolve
from runner.config.points import default_point, nested
from runner.config.read import read
from runner.config.read_search_space import read_search_space
from runner.config.seeds import seeds_in_turn
from runner.errors import ConfigError, Problem
from runner.runs.confirmation import Confirmation, Contender, write_plan
from runner.runs.damage import damaged
from runner.runs.folder import RunFolder
from runner.runs.kept_config import read_yaml
from runner.runs.output import Listener
from runner.runs.run import Run
from runner.runs.wording import shown

DECIDED = ("search_space", "searcher", "scheduler", "stopper", "seed", "budget.num_samples")
"""What confirm itself says of the config."""
DEFAULTS = "defaults"
TOP, SEEDS = 3, 3


@dataclass(frozen=True)
class Confirmed:
    """The run of a confirmation, and what came out."""

    run: Run
    confirmation: Confirmation


def confirm(
    run: RunName,
    *overrides: str,
    top: int | None = None,
    seeds: int | None = None,
    config_dir: str | Path | None = None,
    project: str | Path | None = None,
    on_event: Listener | None = None,
    view: bool = False,
) -> Confirmed:
    """Train the best trials of a run again, with seeds that its search did not use, beside the defaults.

    >>> print(runner.confirm("latest").confirmation.verdict)

    Args:
        run: a run, or its folder, "latest", or the name of an experiment. Of a run of `confirm` itself, as after a
            resume, the verdict is read, and nothing is trained.
        overrides: what to change, as "budget.max_epochs=100".
        top: how many of the best trials; 3.
        seeds: how often each is trained; 3.
        config_dir: a folder of presets and options that comes before the project's conf/.
        project: the folder in which `run` is looked for; the current one if it is left out.
        on_event: takes each line that a person would see.
        view: show the progress on the terminal, as the command does.

    Raises:
        ConfigError: it cannot start. Holds every problem.
        ExperimentFailed: no training came to a result; `run_folder` on it says where the run is.
        Interrupted: a KeyboardInterrupt. After `runner.resume(error.run_folder)`, `confirm` that folder.
    """
    with output_to(on_event, view=view) as output:
        earlier = named_run(run, project_folder(project))
        searched = earlier.folder
        if searched.confirm_yaml.is_file():
            if surplus := " ".join([*_given(top, seeds), *overrides]):
                message = "is the run of a confirmation itself, whose verdict is read as it is"
                remedy = f"leave out {surplus}, or name the search"
                raise ConfigError([Problem("confirm", str(run), message, remedy)])
            return _conclude(searched)
        place = started_in(searched, project_folder(project))
        found = contenders(earlier, read(resolve(dict(earlier.config))), top or TOP)
        job = contest(earlier, found, seeds or SEEDS, overrides, loader(config_dir, place))
        folder = new_folder(job, place)
        copy_function(searched, folder)
        write_plan(folder, shown(earlier.folder.root), found, DEFAULTS if found[-1].name == DEFAULTS else "")
        run_in(folder, job, place, output)
        return _conclude(folder)


def _given(top: int | None, seeds: int | None) -> list[str]:
    """The flags of the command that were given."""
    return [flag for flag, value in (("--top", top), ("--seeds", seeds)) if value is not None]


def _conclude(folder: RunFolder) -> Confirmed:
    """Read what came out of a confirmation, and write it."""
    try:
        confirmation = Confirmation.read(Run(folder), read_yaml(folder.confirm_yaml))
    except (KeyError, TypeError, AttributeError) as error:
        raise damaged(folder.confirm_yaml, f"is not as confirm leaves it: {error!r}") from error
    confirmation.write(folder)
    return Confirmed(Run(folder), confirmation)


def contenders(earlier: Run, experiment: Experiment, top: int) -> list[Contender]:
    """The best trials, each configuration once, and the defaults where there are any. Raises ConfigError."""
    if not set(experiment.search_space.searched()) - {SEED}:
        message = "searched nothing: there is nothing to confirm"
        raise ConfigError([Problem("confirm", shown(earlier.folder.root), message, "name a run that searched")])
    if earlier.objective.several:
        message = f"{earlier.objective} are several objectives, and the verdict of a confirmation is on one"
        remedy = "promote a trial of the front, then train it: python -m runner train experiment=NAME --seeds 3"
        raise ConfigError([Problem("confirm", shown(earlier.folder.root), message, remedy)])
    earlier.chosen(None)  # tells where no trial is worth training again
    told = experiment.trainable.defaults()
    defaults = None if told is None else _without_seed(default_point(experiment.search_space, told))
    found: list[Contender] = []
    for trial in earlier.ranked:
        point = _without_seed(earlier.point(trial))
        if len(found) < top and point not in [defaults, *(contender.parameters for contender in found)]:
            found.append(Contender(trial.name, trial.best, point))
    if defaults is not None:
        ran = (trial for trial in earlier.rows.values() if _without_seed(earlier.point(trial)) == defaults)
        objective = next((trial.best for trial in ran), None)
        found.append(Contender(DEFAULTS, objective, defaults))
    return found


def contest(earlier: Run, found: Sequence[Contender], seeds: int, overrides: Sequence[str], loader: HydraLoader) -> Job:
    """The experiment with what `overrides` change in it. Raises ConfigError.

    The rules for a config that a person writes are not asked: the defaults may break them, as optimizer=auto does.
    """
    for text in overrides:
        key = text.lstrip("~+").partition("=")[0]
        if any(key == decided or key.startswith(f"{decided}.") for decided in DECIDED):
            raise ConfigError([Problem("confirm", text, "confirm decides that itself", "leave it out")])
    config = _config(earlier, found, seeds)
    changed = change(config, overrides, loader)
    return Job(read(resolve(changed)), ("confirm", *overrides))


def _config(earlier: Run, found: Sequence[Contender], seeds: int) -> dict[str, Any]:
    """Every contender as a point of a space that holds their values alone, times a grid of seeds."""
    config = without_search(earlier.config)
    values = {key: _values(key, found) for contender in found for key in contender.parameters}
    everywhere = {key for key in values if all(key in contender.parameters for contender in found)}
    searched = {key: several for key, several in values.items() if len(several) > 1 or key not in everywhere}
    for key, several in searched.items():
        if any(isinstance(value, list | dict) for value in several):
            message = "takes lists or mappings, and Ray's random search takes none as a value of a point"
            raise ConfigError([Problem("confirm-value", f"search_space.{key}", message, "promote and train each")])
    points = [nested({k: v for k, v in contender.parameters.items() if k in searched}) for contender in found]
    conditions = {} if everywhere == set(values) else _conditions(earlier, searched)
    space = {
        **_without_seed(earlier.constants),
        **{key: several[0] for key, several in values.items() if key not in searched},
        **{
            key: {"distribution": "choice", "categories": several, **conditions.get(key, {})}
            for key, several in searched.items()
        },
    }
    config |= {
        "name": f"{config['name']}_confirm",
        "search_space": nested(space),
        "searcher": {**config["searcher"], "points_to_evaluate": points if searched else []},
        "budget": {**config["budget"], "num_samples": len(points), "time_budget": None},
    }
    # The search chose its winner by the seeds that it trained with.
    used = min(seeds_in_turn(read(resolve(dict(earlier.config)))), len(earlier.rows))
    first = int(config["seed"]) + used
    return with_seeds(config, range(first, first + seeds))


def _values(key: str, found: Sequence[Contender]) -> list[Any]:
    """The values of a parameter, each once; 1 and True are two."""
    values: list[Any] = []
    for contender in found:
        if key in contender.parameters and not among(contender.parameters[key], tuple(values)):
            values.append(contender.parameters[key])
    return values


def _conditions(earlier: Run, searched: Mapping[str, list[Any]]) -> dict[str, Any]:
    """Those of the search, as far as the contenders' values bear on them, by which each has its own keys alone."""
    space, _ = read_search_space(earlier.config["search_space"])
    asked = {
        key: {parent: [v for v in searched[parent] if among(v, allowed)] for parent, allowed in condition.items()
              if parent in searched}
        for key, condition in space.conditions.items()
    }  # fmt: skip
    return {key: {WHEN: condition} for key, condition in asked.items() if condition}


def _without_seed(point: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in point.items() if key != SEED}
