"""One experiment, checked, and a folder for its run."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from runner.checks import config_problems, machine_problems, point_problems, refuse, resource_problems
from runner.config.compose import Composed, compose_leniently
from runner.config.experiment import Experiment
from runner.config.hydra_loader import HydraLoader, resolve, search_path
from runner.config.read import read_leniently
from runner.config.secrets import without_environment
from runner.errors import ConfigError, Problem
from runner.runs.folder import RunFolder
from runner.runs.output import note


@dataclass(frozen=True)
class Job:
    """One experiment that can be read, and the overrides that made it."""

    experiment: Experiment
    overrides: tuple[str, ...]
    retry: tuple[str, ...] = ()
    """Trials of the run that failed and run again."""


def checked_job(composed: Composed) -> Job:
    """Read the experiment and check its config tier; note what is worth it. Raises ConfigError with every problem."""
    for text in composed.notes:
        note(text)
    return check(composed.config, composed.words, composed.problems)


def check(config: dict[str, Any], overrides: Sequence[str], wrong_overrides: Sequence[Problem] = ()) -> Job:
    """Read the experiment of a config that is not resolved, and check its config tier; note warnings.

    Raises ConfigError with every problem, those of `wrong_overrides` among them, without which it was composed.
    """
    job, warnings = judge(config, overrides, wrong_overrides)
    for warning in warnings:
        note(str(warning))
    return job


def judge(
    config: dict[str, Any], overrides: Sequence[str], wrong_overrides: Sequence[Problem] = ()
) -> tuple[Job, list[Problem]]:
    """As `check`, but returns the warnings."""
    experiment, problems = examine(config, wrong_overrides)
    warnings = refuse(problems)
    if experiment is None:
        raise ConfigError(problems)
    kept = without_environment(experiment.config, config)
    return Job(replace(experiment, config=kept), tuple(overrides)), warnings


def examine(config: dict[str, Any], wrong_overrides: Sequence[Problem] = ()) -> tuple[Experiment | None, list[Problem]]:
    """The experiment of a config that is not resolved, as far as it can be read, and all problems of its config tier.

    Raises ConfigError where the config cannot be resolved.
    """
    experiment, problems = read_leniently(resolve(config))
    # Below a group whose option is wrong stands another option than the one that was meant.
    wrong = {problem.where for problem in wrong_overrides}
    problems = [*wrong_overrides, *(p for p in problems if p.where.split(".")[0] not in wrong)]
    if experiment is not None:
        # A key that could not be read stands at its default: what a check says of that would mislead.
        known = {problem.where for problem in problems}
        problems += [
            problem
            for problem in config_problems(experiment)
            if problem.where not in known and problem.where.split(".")[0] not in wrong
        ]
    if any(problem.fatal and problem.where.startswith("trainable.") for problem in problems):
        # What a trainable reports is not known where the trainable itself is wrong.
        problems = [problem for problem in problems if problem.rule != "objective-auto"]
    return experiment, list(dict.fromkeys(problems))


def with_points(job: Job, project: Path) -> Job:
    """The job with the points that its searcher names by a file or an earlier run. Raises ConfigError."""
    from runner.translate.points import resolve_points

    experiment, notes = resolve_points(job.experiment, project)
    refuse(point_problems(experiment))
    for text in notes:
        note(text)
    return replace(job, experiment=experiment)


def refuse_machine(jobs: Sequence[Job], project: Path) -> None:
    """The machine tier of all jobs, before the first starts. Raises ConfigError."""
    _refuse(problem for job in jobs for problem in machine_problems(job.experiment, project))


def refuse_resources(jobs: Sequence[Job], available: Mapping[str, float]) -> None:
    """Whether every job's trials fit into what Ray has. Raises ConfigError."""
    _refuse(problem for job in jobs for problem in resource_problems(job.experiment, available))


def _refuse(problems: Iterable[Problem]) -> None:
    for warning in refuse(problems):
        note(str(warning))


def refuse_searcher(jobs: Sequence[Job]) -> None:
    """Build every job's searcher once: only its library knows what it takes. Raises ConfigError."""
    from runner.translate.search.build import build_search
    from runner.translate.search.quiet import quiet

    for job in jobs:
        try:
            with quiet():
                build_search(job.experiment).set_search_properties(None, None, {})
        except Exception as error:  # each library has errors of its own
            ours = isinstance(error, TypeError | ValueError)
            message = str(error) if ours else f"{job.experiment.searcher.name}: {type(error).__name__}: {error}"
            problem = Problem("searcher-options", "searcher", message, "change or remove that option")
            raise ConfigError([problem]) from error


def new_folder(job: Job, project: Path) -> RunFolder:
    """A run folder for a checked job, once the machine has been checked as well. Raises ConfigError."""
    refuse_machine([job], project)
    refuse_searcher([job])
    return RunFolder.create(project / job.experiment.output_dir, job.experiment.name, datetime.now())


def typed_job(overrides: Sequence[str], config_dir: str | Path | None, project: Path) -> Job:
    """The job of overrides, composed and checked, with its points. Raises ConfigError with every problem."""
    return with_points(checked_job(compose_leniently(overrides, loader(config_dir, project))), project)


def loader(config_dir: str | Path | None, project: Path) -> HydraLoader:
    """Presets and options of `config_dir`, of the project's conf/ and our own."""
    return HydraLoader(search_path(None if config_dir is None else Path(config_dir), project))
