"""Check: what is wrong with an experiment, before anybody runs it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from runner.api.support.job import Job, examine, loader, refuse_searcher, with_points
from runner.api.support.project import project_folder
from runner.checks import machine_problems
from runner.config.compose import Composed, compose_leniently, group_word
from runner.config.experiment import Experiment
from runner.config.hydra_loader import PRESET, HydraLoader
from runner.config.source import Source, place
from runner.config.validate import missing_values
from runner.errors import ConfigError, Problem
from runner.runs.output import notes_to
from runner.runs.wording import shown

STAND_INS = {"trainable.data": "path/to/data.yaml", "trainable.import_path": "package.module:function"}
"""For what a preset leaves to its user: values that no other rule of the config tier looks at."""


@dataclass(frozen=True)
class Finding:
    """A problem, and the file and line that it comes from where that is known."""

    problem: Problem
    file: Path | None = None
    line: int | None = None

    @property
    def located(self) -> Problem:
        """The problem with its place: its key, or else the file and line."""
        if self.problem.where or self.file is None:
            return self.problem
        line = f", line {self.line}" if self.line else ""
        return replace(self.problem, where=f"{shown(self.file)}{line}")


@dataclass(frozen=True)
class Result:
    """What was found in one preset, or in the overrides alone."""

    preset: str | None
    file: Path | None
    findings: list[Finding] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        return shown(self.file) if self.file else self.preset or "config"

    def fatal(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.problem.fatal]


def check(
    *overrides: str, config_dir: str | Path | None = None, project: str | Path | None = None, here: bool = False
) -> list[Problem]:
    """All that is wrong with an experiment; nothing starts. It would start where none of them is `fatal`.

    >>> [problem.where for problem in runner.check("experiment=quickstart", "budget.num_samples=0")]
    ['budget.num_samples']

    Args:
        overrides: "experiment=NAME" or "key=value", as on the command line.
        config_dir: a folder of presets and options that comes before the project's conf/.
        project: the folder in which relative paths begin; the current one if it is left out.
        here: look at this machine too: data, weights, logins, disk, and the searcher's own arguments.
    """
    folder, notes = project_folder(project), list[str]()
    with notes_to(notes.append):
        result = check_preset(None, overrides, loader(config_dir, folder), folder, here=here)
    lines = [*result.notes, *(line.removeprefix("note: ") for line in notes)]
    return [*(Problem("note", "", text, fatal=False) for text in lines), *(one.located for one in result.findings)]


def check_preset(
    preset: str | None, overrides: Sequence[str], loader: HydraLoader, project: Path, *, here: bool
) -> Result:
    """Check one preset with the overrides on top, or the overrides alone; `here`: this machine too."""
    typed = [f"{PRESET}={preset}", *overrides] if preset else list(overrides)
    try:
        composed = compose_leniently(typed, loader)
    except ConfigError as error:
        return Result(preset, _file(preset, loader), [_finding(problem, [], overrides) for problem in error.problems])
    chosen = preset or composed.choices.get(PRESET)
    missing = [problem.where for problem in missing_values(composed.config)]
    needs = _left_to_the_user(missing, _sources(composed, loader)) if preset and missing else []
    try:
        experiment, problems = examine(_filled(composed.config, needs), composed.problems)
    except ConfigError as error:
        experiment, problems = None, list(error.problems)
    problems = [p for p in problems if not (p.rule == "missing-value" and p.where in needs)]
    notes = list(composed.notes)
    if here and (experiment is None or needs or any(problem.fatal for problem in problems)):
        notes.append("this machine was not looked at: first the config must be whole")
    elif here and experiment:
        problems += _machine(experiment, composed, project)
    sources = _sources(composed, loader) if problems else []
    findings = [_finding(problem, sources, overrides) for problem in problems]
    return Result(chosen, _file(chosen, loader), findings, needs, notes)


def _file(preset: str | None, loader: HydraLoader) -> Path | None:
    return loader.file_of(f"{PRESET}/{preset}") if preset else None


def _sources(composed: Composed, loader: HydraLoader) -> list[Source]:
    """The files that somebody has chosen: config.yaml, which is always there, says what nobody has."""
    choices = {PRESET: None, **composed.choices}
    options = [group_word(group, choice) for group, choice in choices.items() if group in loader.groups]
    return [source for source in loader.sources(options) if source.file.parent not in loader.folders]


def _left_to_the_user(missing: Sequence[str], sources: Sequence[Source]) -> list[str]:
    """Of the keys without a value those for which a preset says ???; an option that nobody has set is a fault."""
    presets_of_it = [source for source in sources if source.package == ""]
    return [key for key in missing if any(source.line(key) is not None for source in presets_of_it)]


def _filled(config: dict[str, Any], needs: Sequence[str]) -> dict[str, Any]:
    """The config with the stand-ins of what is left to the user."""
    given = {key.removeprefix("trainable."): value for key, value in STAND_INS.items() if key in needs}
    return {**config, "trainable": {**config["trainable"], **given}} if given else config


def _machine(experiment: Experiment, composed: Composed, project: Path) -> list[Problem]:
    """Only where the config tier has nothing against it: the searcher is built, which imports Ray."""
    problems = machine_problems(experiment, project)
    try:
        refuse_searcher([with_points(Job(experiment, composed.words), project)])
    except ConfigError as error:
        problems += error.problems
    return problems


def _finding(problem: Problem, sources: Sequence[Source], overrides: Sequence[str]) -> Finding:
    in_file = re.fullmatch(r"(.+?\.yaml)(?:, line (\d+))?", problem.where)
    if in_file:
        return Finding(replace(problem, where=""), Path(in_file[1]), int(in_file[2]) if in_file[2] else None)
    if problem.rule == "missing-value":
        remedy = f"{problem.remedy}, or write ??? in a preset that leaves it to its user"
        return Finding(replace(problem, remedy=remedy))
    keys = [override.partition("=")[0].lstrip("+~") for override in overrides]
    if any(problem.where == key or problem.where.startswith(f"{key}.") for key in keys):
        return Finding(problem)
    found = place(problem.where, sources)
    return Finding(problem, *found) if found else Finding(problem)
