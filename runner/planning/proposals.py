"""The configurations that the searcher of an experiment will propose first."""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from runner.config.experiment import Experiment
from runner.config.points import default_point, flat, listed
from runner.translate.search.build import build_search, translated_search
from runner.translate.search.quiet import quiet
from runner.translate.tuning import TrialNames, trials_expected

Origin = Literal["defaults", "given", "drawn"]


@dataclass(frozen=True)
class Proposal:
    """What one trial will be given: the defaults of the trainable, a point that was given, or a draw."""

    trial: str
    origin: Origin
    config: dict[str, Any]


@dataclass(frozen=True)
class Proposals:
    """The first ones, and how many of all trials' no result can change."""

    first: tuple[Proposal, ...]
    foreseeable: int
    trials: int


def proposals(experiment: Experiment, most: int) -> Proposals:
    """Ask a searcher as the run will, for at most `most` configurations; no Ray is started.

    The others depend on results, and so on which trial ends first.
    """
    from ray import tune
    from ray.tune import Trainable
    from ray.tune.experiment import Experiment as RayExperiment
    from ray.tune.search import SearchGenerator

    from runner.translate.search.journaled_search import as_written

    trials = trials_expected(experiment)
    foreseeable = translated_search(experiment).foreseeable
    foreseeable = trials if foreseeable is None else min(trials, foreseeable * experiment.searcher.options["repeat"])
    search, names = SearchGenerator(build_search(experiment)), TrialNames(trials)
    tune.register_trainable("plan", Trainable)
    with tempfile.TemporaryDirectory() as folder, quiet():
        search.set_search_properties(None, None, {})
        search.add_configurations(
            RayExperiment(
                "plan",
                "plan",
                num_samples=trials,
                storage_path=folder,
                trial_name_creator=names,
            )
        )
        asked = [search.next_trial() for _ in range(min(most, foreseeable))]
    configs = [(str(trial), as_written(trial.config)) for trial in asked]
    origins = _origins(experiment, [config for _, config in configs])
    first = (Proposal(name, origin, config) for (name, config), origin in zip(configs, origins, strict=True))
    return Proposals(tuple(first), foreseeable, trials)


def _origins(experiment: Experiment, configs: list[dict[str, Any]]) -> Iterator[Origin]:
    """A point that leaves keys of a grid open is behind several proposals."""
    space, options = experiment.search_space, experiment.searcher.options
    points = [flat(point, space) for point in listed(options["points_to_evaluate"])]
    defaults = default_point(space, experiment.trainable.defaults() or {}) if options["defaults_first"] else None
    for number, config in enumerate(configs):
        values = flat(config, space)
        if number < options["repeat"] and defaults is not None and _holds(values, defaults):
            yield "defaults"
        else:
            yield "given" if any(_holds(values, point) for point in points) else "drawn"


def _holds(values: Mapping[str, Any], point: Mapping[str, Any]) -> bool:
    return all(key in values and values[key] == value for key, value in point.items())
