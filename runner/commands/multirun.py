"""-m: one job for each combination of values, on one Ray, with a comparison at the end."""

import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from textwrap import shorten

from rich.console import Console

from runner.api.support.job import (
    Job,
    checked_job,
    refuse_machine,
    refuse_resources,
    refuse_searcher,
    with_points,
)
from runner.api.support.run_job import run_job, show_time
from runner.commands.arguments import Arguments
from runner.config.compose import compose_leniently
from runner.config.hydra_loader import HydraLoader, search_path
from runner.config.overrides import expand
from runner.errors import FAILED, INTERRUPTED, OK, ConfigError, Problem, RunnerError
from runner.runs.comparison import JobResult, table, write
from runner.runs.folder import MultirunFolder, RunFolder
from runner.runs.locate import is_run
from runner.runs.output import redirected, terminal
from runner.runs.wording import shown


def multirun(arguments: Arguments) -> int:
    """Run every job in turn; a job that fails does not hide the others. Returns the exit code."""
    project, began = Path.cwd(), time.monotonic()
    loader = HydraLoader(search_path(arguments.config_folder, project))
    jobs = _read_jobs(arguments.words, loader, project)
    _refuse_several_rays(jobs)
    refuse_machine(jobs, project)
    refuse_searcher(jobs)

    from runner.translate.ray_session import ray_session
    from runner.translate.signals import ending_as_interrupt

    first = jobs[0].experiment
    folder = MultirunFolder.create(project / first.output_dir, first.name, datetime.now())
    console = terminal()
    console.print(f"starting Ray ({first.ray.name})")
    try:
        with ending_as_interrupt(), redirected(folder.log), ray_session(first.ray, console.print) as available:
            refuse_resources(jobs, available)
            results = _run_all(jobs, folder, project, available, console)
    except (ConfigError, KeyboardInterrupt):
        if not folder.has_jobs():
            folder.discard()
        raise
    console.print()
    console.print(table(results))
    console.print(f"comparison: {shown(folder.comparison)}", markup=False, soft_wrap=True)
    code = _exit_code(results)
    if code != INTERRUPTED and any(job.experiment.report for job in jobs):
        with redirected(folder.log):
            _report(folder, results, console)
    show_time(console, began)
    return code


def _report(folder: MultirunFolder, results: Sequence[JobResult], console: Console) -> None:
    """Draw the comparison of the jobs whose trials were started; what goes wrong there is one line."""
    from runner.reporting.comparison import write_comparison
    from runner.runs.run import Run

    runs = {
        f"{result.job}: {shorten(' '.join(result.overrides), 60)}".removesuffix(": "): Run(RunFolder(result.folder))
        for result in results
        if is_run(result.folder)
    }
    if not runs:
        return
    try:
        write_comparison(runs, folder.report, folder.plots, f"{folder.root.parent.name}, {folder.root.name}")
        told = f"report: {shown(folder.report)}"
    except Exception as error:  # noqa: BLE001 - the jobs are over and their results are kept
        traceback.print_exc()
        told = f"report: not drawn, {error!r}; see {shown(folder.log)}"
    console.print(told, markup=False, soft_wrap=True)


def _read_jobs(words: Sequence[str], loader: HydraLoader, project: Path) -> list[Job]:
    """Every job composed, read and checked. Raises ConfigError with the problems of all, each told with its job."""
    jobs, problems = [], []
    expanded = expand(words, loader)
    if not expanded:
        raise ConfigError([Problem("sweep", " ".join(words), "names no job at all", "list the values")])
    for number, job_words in enumerate(expanded):
        try:
            jobs.append(with_points(checked_job(compose_leniently(job_words, loader)), project))
        except ConfigError as error:
            label = f"job {number} ({' '.join(job_words)})"
            problems += [replace(problem, where=f"{label}: {problem.where}") for problem in error.problems]
    if problems:
        raise ConfigError(problems)
    return jobs


def _refuse_several_rays(jobs: Sequence[Job]) -> None:
    if any(job.experiment.ray != jobs[0].experiment.ray for job in jobs):
        remedy = "run them one after the other, each with its ray="
        raise ConfigError([Problem("multirun-ray", "ray", "jobs differ in it, and Ray starts once for all", remedy)])


def _run_all(
    jobs: Sequence[Job], folder: MultirunFolder, project: Path, available: Mapping[str, float], console: Console
) -> list[JobResult]:
    results: list[JobResult] = []
    apart = _apart([job.overrides for job in jobs])
    for number, job in enumerate(jobs):
        console.print(
            f"\njob {number} ({number + 1} of {len(jobs)}): {' '.join(job.overrides)}", markup=False, soft_wrap=True
        )
        results.append(_run_one(number, job, apart[number], folder.job(number), project, available, console))
        write(folder.comparison, results)
        if results[-1].exit_code == INTERRUPTED:
            left = len(jobs) - number - 1
            if left:
                console.print(f"interrupted: {left} of {len(jobs)} jobs were not started")
            break
    return results


def _run_one(
    number: int,
    job: Job,
    apart: Sequence[str],
    run: RunFolder,
    project: Path,
    available: Mapping[str, float],
    console: Console,
) -> JobResult:
    with redirected(run.log):
        try:
            return replace(run_job(job, run, project, available, console), job=number, overrides=apart)
        except RunnerError as error:
            console.print(f"job {number} failed: {error}", markup=False, soft_wrap=True)
            return _failed(number, apart, job, run, error.exit_code, str(error))
        except Exception as error:  # noqa: BLE001 - whatever broke one job must not hide the others
            traceback.print_exc()
            console.print(f"job {number} failed: {error!r}; see {shown(run.log)}", markup=False, soft_wrap=True)
            return _failed(number, apart, job, run, FAILED, repr(error))


def _apart(words: Sequence[Sequence[str]]) -> list[list[str]]:
    """Of each job's words those that not every job has; all of them where there is one job only."""
    common = set(words[0]).intersection(*words) if len(words) > 1 else set()
    return [[word for word in job_words if word not in common] for job_words in words]


def _failed(number: int, apart: Sequence[str], job: Job, run: RunFolder, code: int, error: str) -> JobResult:
    """The result of a job that broke before it could tell its own."""
    objective = job.experiment.objective
    return JobResult(
        job=number, overrides=apart, folder=run.root, best=None, objective=objective.label, mode=objective.mode,
        trials=0, epochs=0, seconds=0.0, exit_code=code, error=error, unit=job.experiment.unit,
    )  # fmt: skip


def _exit_code(results: Sequence[JobResult]) -> int:
    codes = {result.exit_code for result in results}
    return INTERRUPTED if INTERRUPTED in codes else FAILED if codes - {OK} else OK
