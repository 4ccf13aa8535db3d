"""What check finds in one preset, and how it is told."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from runner.checks import machine_problems
from runner.commands.job import Job, examine, refuse_searcher, with_points
from runner.config.compose import Composed, compose_leniently, group_word
from runner.config.experiment import Experiment
from runner.config.hydra_loader import PRESET, HydraLoader
from runner.config.source import Source, place
from runner.config.validate import missing_values
from runner.errors import ConfigError, Problem
from runner.runs.wording import plural, shown

STAND_INS = {"trainable.data": "path/to/data.yaml", "trainable.import_path": "package.module:function"}
"""For what a preset leaves to its user: values that no other rule of the config tier looks at."""


@dataclass(frozen=True)
class Finding:
    """A problem, and the file and line that it comes from where that is known."""

    problem: Problem
    file: Path | None = None
    line: int | None = None


@dataclass(frozen=True)
class Result:
    """What was found in one preset, or in the words alone."""

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


def wrong(results: Sequence[Result]) -> list[Result]:
    """Those that would not start."""
    return [result for result in results if result.fatal()]


def check_preset(preset: str | None, words: Sequence[str], loader: HydraLoader, *, here: bool) -> Result:
    """Check one preset with the words on top, or the words alone; `here`: this machine too."""
    typed = [f"{PRESET}={preset}", *words] if preset else list(words)
    try:
        composed = compose_leniently(typed, loader)
    except ConfigError as error:
        return Result(preset, _file(preset, loader), [_finding(problem, [], words) for problem in error.problems])
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
        problems += _machine(experiment, composed)
    sources = _sources(composed, loader) if problems else []
    findings = [_finding(problem, sources, words) for problem in problems]
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


def _machine(experiment: Experiment, composed: Composed) -> list[Problem]:
    """Only where the config tier has nothing against it: the searcher is built, which imports Ray."""
    problems = machine_problems(experiment, Path.cwd())
    try:
        refuse_searcher([with_points(Job(experiment, composed.words), Path.cwd())])
    except ConfigError as error:
        problems += error.problems
    return problems


def _finding(problem: Problem, sources: Sequence[Source], words: Sequence[str]) -> Finding:
    in_file = re.fullmatch(r"(.+?\.yaml)(?:, line (\d+))?", problem.where)
    if in_file:
        return Finding(replace(problem, where=""), Path(in_file[1]), int(in_file[2]) if in_file[2] else None)
    if problem.rule == "missing-value":
        remedy = f"{problem.remedy}, or write ??? in a preset that leaves it to its user"
        return Finding(replace(problem, remedy=remedy))
    keys = [word.partition("=")[0].lstrip("+~") for word in words]
    if any(problem.where == key or problem.where.startswith(f"{key}.") for key in keys):
        return Finding(problem)
    found = place(problem.where, sources)
    return Finding(problem, *found) if found else Finding(problem)


def lines(result: Result) -> Iterator[str]:
    """A line a problem, beginning with the place as compilers write it."""
    for note in result.notes:
        yield f"{result.label}: note: {note}"
    for finding in result.findings:
        problem, said = finding.problem, ""
        line = f":{finding.line}" if finding.line and finding.file == result.file else ""
        if finding.file and finding.file != result.file:
            said = f" (said in {shown(finding.file)}{f':{finding.line}' if finding.line else ''})"
        where = f"{problem.where}: " if problem.where else ""
        kind = "" if problem.fatal else f"{problem.kind}: "
        remedy = f" -> {problem.remedy}" if problem.remedy else ""
        message = " ".join(problem.message.split())
        yield f"{result.label}{line}: {kind}{where}{message}{said}{remedy}"
    if not result.fatal():
        needs = f", needs {' '.join(f'{key}=...' for key in result.needs)}" if result.needs else ""
        yield f"{result.label}: ok{needs}"


def summary(results: Sequence[Result]) -> str:
    """The last line."""
    bad = wrong(results)
    kinds = Counter(finding.problem.kind for result in results for finding in result.findings)
    told = f"checked {plural(len(results), 'experiment')}: {len(results) - len(bad)} ok, {len(bad)} wrong"
    counts = [plural(kinds[noun], noun) for noun in ("problem", "warning") if kinds[noun]]
    return f"{told} ({', '.join(counts)})" if counts else told


def plain(result: Result) -> dict[str, Any]:
    """The result as --json has it."""
    return {
        "preset": result.preset,
        "file": str(result.file) if result.file else None,
        "ok": not result.fatal(),
        "needs": result.needs,
        "notes": result.notes,
        "problems": [
            {
                "rule": finding.problem.rule,
                "where": finding.problem.where,
                "message": finding.problem.message,
                "remedy": finding.problem.remedy,
                "fatal": finding.problem.fatal,
                "file": str(finding.file) if finding.file else None,
                "line": finding.line,
            }
            for finding in result.findings
        ],
    }
