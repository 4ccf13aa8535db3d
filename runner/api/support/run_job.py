"""Run a checked experiment on Ray, into its folder."""

import shlex
import threading
import time
import traceback
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from rich.console import Console

from runner.api.support.job import Job, refuse_resources
from runner.api.support.next_commands import next_commands
from runner.api.support.output import Output
from runner.config.experiment import Experiment
from runner.errors import FAILED, INTERRUPTED, OK, ConfigError, ExperimentFailed, Interrupted, Problem
from runner.runs import lock
from runner.runs.best_file import BestFile
from runner.runs.comparison import JobResult
from runner.runs.driver import working_on
from runner.runs.folder import RunFolder
from runner.runs.full_disk import full_disk
from runner.runs.gain import gain
from runner.runs.git_state import git_state
from runner.runs.journal import Event, Journal, seconds_spent
from runner.runs.output import redirected
from runner.runs.progress import Progress
from runner.runs.record import Record
from runner.runs.run import Run
from runner.runs.summary import NextSteps, exit_code, summary
from runner.runs.user_traceback import user_traceback
from runner.runs.wording import duration, shown

MOST_DIFFERENCES = 4
"""Of the environment, in a note."""


def run_in(folder: RunFolder, job: Job, project: Path, output: Output) -> Run:
    """Run a checked job into its new folder, which is removed where it cannot start.

    Raises ConfigError, ExperimentFailed, Interrupted.
    """
    try:
        return run_on_ray(folder, job, project, output)
    except ConfigError:
        folder.discard()  # also where data that was fetched for the run proved wrong: no trial has started
        raise
    except KeyboardInterrupt:
        if not folder.config.exists():
            folder.discard()
        raise


def run_on_ray(folder: RunFolder, job: Job, project: Path, output: Output) -> Run:
    """Start Ray for a job whose machine has been checked, new or resumed, and run it.

    Raises ConfigError, ExperimentFailed, Interrupted.
    """
    from runner.translate.ray_session import ray_session
    from runner.translate.signals import ending_as_interrupt

    if threading.current_thread() is not threading.main_thread():
        message = "a run needs the main thread, which alone hears of Ctrl-C"
        raise ConfigError([Problem("main-thread", "", message, "call it from there, or start a process")])
    console = output.console
    console.print(f"starting Ray ({job.experiment.ray.name})")
    with ending_as_interrupt(), redirected(folder.log), ray_session(job.experiment.ray, console.print) as available:
        refuse_resources([job], available)
        result = run_job(job, folder, project, available, console)
    show_time(console, output.began)
    return _run(result)


def show_time(console: Console, began: float) -> None:
    """Print how long the whole command took: longer than its trials, as Python and Ray start and end too."""
    console.print(f"the command took {duration(time.monotonic() - began)}")


def _run(result: JobResult) -> Run:
    """The run of a result. Raises ExperimentFailed and Interrupted, which name the run folder."""
    if result.exit_code == INTERRUPTED:
        raise Interrupted(
            f"{result.error or 'interrupted'}; go on: runner.resume({str(result.folder)!r})", result.folder
        )
    if result.exit_code != OK:
        error = result.error or "no trial completed with a finite objective"
        raise ExperimentFailed(f"{error}; see {shown(result.folder)}", result.folder)
    return Run(RunFolder(result.folder))


def run_job(job: Job, run: RunFolder, project: Path, available: Mapping[str, float], console: Console) -> JobResult:
    """Run a checked job into its folder, on a Ray that has started, and print its summary.

    Where the folder holds a run already, that is resumed.
    """
    from runner.translate.resources import resolve_resources
    from runner.translate.signals import reason
    from runner.translate.tuning import run_trials, trials_expected

    experiment, note = resolve_resources(job.experiment, available)
    if note:
        console.print(f"note: {note}", markup=False, soft_wrap=True)
    budget = experiment.budget
    journal = Journal(run.journal)
    earlier = journal.events()
    journal.write(Event("began", path=str(project)))
    again = [Event("retried", name) for name in job.retry]
    for event in again:
        journal.write(event)
    run.write_config(experiment.config, job.overrides)
    record = Record(
        run, experiment.objective, expected_trials=trials_expected(experiment), max_epochs=budget.max_epochs,
        unit=experiment.unit, keep_best=experiment.trainable.keep_best,
        ending_seconds=experiment.trainable.ending_seconds,
        repeat=experiment.searcher.options["repeat"],
        defaults_first=experiment.searcher.options["defaults_first"],
        best_file=_best_file(experiment, project),
        seconds_before=seconds_spent(earlier),
    )  # fmt: skip
    if earlier:
        configs = {event.trial: event.config or {} for event in earlier if event.kind == "proposed"}
        record.resume(configs, retry=job.retry)
    console.print(f"log: {shown(run.log)} (what Ray and the trials print)", markup=False, soft_wrap=True)
    started = time.monotonic()
    interrupted, failure = False, ""
    try:
        experiment.trainable.prepare(experiment, run.root.resolve(), project)
        _lock(experiment, run, project, console)
        with working_on(run), Progress(record, console, budget=budget, title=experiment.name) as progress:
            interrupted = run_trials(
                experiment, run, record, project, progress.update, progress.event, journal, [*earlier, *again]
            )
    except KeyboardInterrupt:
        interrupted, failure = True, reason()
    except (ExperimentFailed, OSError) as error:
        full = full_disk(error, run.root)
        if isinstance(error, OSError) and not full:
            raise
        interrupted, failure = bool(full), full or str(error)
    finally:
        full = _close(record, journal, run)
    if full:
        interrupted, failure = True, full
    seconds = time.monotonic() - started + seconds_spent(earlier)
    code = FAILED if failure and not interrupted else exit_code(record, interrupted)
    console.print(summary(record, run, max_epochs=budget.max_epochs, seconds=seconds), soft_wrap=True)
    if failure:
        console.print(f"error: {failure}", markup=False, soft_wrap=True)
    if code == FAILED:
        _show_traceback(record, console)
    if experiment.report and code != INTERRUPTED:
        _report(run, console)
    console.print(NextSteps(next_commands(job, run, record, project, code)), soft_wrap=True)
    return _result(job, run, record, seconds, code, failure)


def _best_file(experiment: Experiment, project: Path) -> BestFile:
    trainable = experiment.trainable
    return BestFile(
        tuple(experiment.search_space.searched()),
        lambda parameters, folder: trainable.retraining(parameters, folder, project),
    )


def _show_traceback(record: Record, console: Console) -> None:
    """The last lines of the newest failure's traceback: what to mend where the experiment has failed."""
    failed = [row for row in record.ended_rows if row.error]
    if failed and (lines := user_traceback(failed[-1].error)):
        text = "\n".join([f"traceback of {failed[-1].name}, its last lines:", *lines])
        console.print(text, markup=False, soft_wrap=True)


def _close(record: Record, journal: Journal, run: RunFolder) -> str:
    """Write the end of the run; says where the disk is too full for that: a resume finds what was written before."""
    try:
        record.close()
        journal.write(Event("left"))
    except OSError as error:
        full = full_disk(error, run.root)
        if not full:
            raise
        return full
    return ""


def _report(run: RunFolder, console: Console) -> None:
    """Draw the report of a run that ended. Whatever goes wrong there takes nothing from the run, and is one line."""
    from runner.reporting.report import write_report

    try:
        write_report(Run(run), run.report, run.plots)
        text = f"report        {shown(run.report)}"
    except KeyboardInterrupt:
        text = f"report: interrupted; draw it with python -m runner report {shlex.quote(shown(run.root))}"
    except Exception as error:  # noqa: BLE001 - the run is over and its results are kept
        traceback.print_exc()
        text = f"report: not drawn, {error!r}; see {shown(run.log)}"
    console.print(text, markup=False, soft_wrap=True)


def _lock(experiment: Experiment, run: RunFolder, project: Path, console: Console) -> None:
    """Write lock.yaml, and note what has changed in the environment since the run began."""
    git = git_state(project)
    found = lock.keep(run, lock.lock(experiment, project, git, datetime.now().astimezone()), git)
    if found:
        text = "; ".join(map(str, found[:MOST_DIFFERENCES]))
        more = (
            f"; and {len(found) - MOST_DIFFERENCES} more, in {shown(run.lock)}" if len(found) > MOST_DIFFERENCES else ""
        )
        console.print(f"note: the run goes on in another environment: {text}{more}", markup=False, soft_wrap=True)


def _result(job: Job, run: RunFolder, record: Record, seconds: float, code: int, failure: str) -> JobResult:
    failed = [row for row in record.rows.values() if row.error]
    gained = gain(record)
    return JobResult(
        job=0,
        overrides=job.overrides,
        folder=run.root,
        best=record.best_value,
        gain=None if gained is None else gained.value,
        objective=job.experiment.objective.label,
        mode=job.experiment.objective.mode,
        trials=len(record.rows),
        epochs=sum(row.iterations for row in record.rows.values()),
        seconds=seconds,
        exit_code=code,
        error=failure or (failed[0].reason if failed and code else ""),
        unit=record.unit,
        front=len(record.front) if record.objective.several else None,
    )
