"""One experiment from its words to its result: what tune does once and a multirun many times."""

import shlex
import time
import traceback
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from runner import STARTED
from runner.checks import config_problems, machine_problems, point_problems, refuse, resource_problems
from runner.config.compose import Composed
from runner.config.experiment import SEED, Experiment
from runner.config.hydra_loader import resolve
from runner.config.read import read_leniently
from runner.config.registry import cannot_resume
from runner.config.secrets import without_environment
from runner.errors import FAILED, INTERRUPTED, OK, ConfigError, ExperimentFailed, Problem
from runner.runs import lock
from runner.runs.best_file import BestFile
from runner.runs.comparison import JobResult
from runner.runs.decisions import FUNCTION_ERROR, MAX_FAILED_TRIALS, STALL
from runner.runs.driver import working_on
from runner.runs.folder import RunFolder
from runner.runs.full_disk import full_disk
from runner.runs.gain import gain, nothing_learned
from runner.runs.git_state import git_state
from runner.runs.journal import Event, Journal, seconds_spent
from runner.runs.output import redirected, tell, terminal
from runner.runs.progress import Progress
from runner.runs.record import Record
from runner.runs.summary import NextSteps, exit_code, summary
from runner.runs.user_traceback import user_traceback
from runner.runs.wording import duration, shown

MOST_TOLD = 4
"""Differences of the environment in a note."""


@dataclass(frozen=True)
class Job:
    """One experiment that can be read, with the words of the command line that made it."""

    experiment: Experiment
    words: tuple[str, ...]
    retry: tuple[str, ...] = ()
    """Trials of the run that failed and run again."""


def checked_job(composed: Composed) -> Job:
    """Read the experiment and check its config tier; tell notes and warnings. Raises ConfigError with every problem."""
    for note in composed.notes:
        tell(note)
    return check(composed.config, composed.words, composed.problems)


def check(config: dict[str, Any], words: Sequence[str], wrong_words: Sequence[Problem] = ()) -> Job:
    """Read the experiment of a config that is not resolved, and check its config tier; tell warnings.

    Raises ConfigError with every problem, those of `wrong_words` among them, without which it was composed.
    """
    job, warnings = judge(config, words, wrong_words)
    for warning in warnings:
        tell(str(warning))
    return job


def judge(
    config: dict[str, Any], words: Sequence[str], wrong_words: Sequence[Problem] = ()
) -> tuple[Job, list[Problem]]:
    """As `check`, but gives the warnings back and tells none."""
    experiment, problems = examine(config, wrong_words)
    warnings = refuse(problems)
    if experiment is None:
        raise ConfigError(problems)
    kept = without_environment(experiment.config, config)
    return Job(replace(experiment, config=kept), tuple(words)), warnings


def examine(config: dict[str, Any], wrong_words: Sequence[Problem] = ()) -> tuple[Experiment | None, list[Problem]]:
    """The experiment of a config that is not resolved, as far as it can be read, and all problems of its config tier.

    Raises ConfigError where the config cannot be resolved.
    """
    experiment, problems = read_leniently(resolve(config))
    # Below a group whose option is wrong stands another option than the one that was meant.
    wrong = {problem.where for problem in wrong_words}
    problems = [*wrong_words, *(p for p in problems if p.where.split(".")[0] not in wrong)]
    if experiment is not None:
        # A key that could not be read stands at its default: what a check says of that would mislead.
        told = {problem.where for problem in problems}
        problems += [
            problem
            for problem in config_problems(experiment)
            if problem.where not in told and problem.where.split(".")[0] not in wrong
        ]
    if any(problem.fatal and problem.where.startswith("trainable.") for problem in problems):
        # What a trainable reports is not known where the trainable itself is wrong.
        problems = [problem for problem in problems if problem.rule != "objective-auto"]
    return experiment, list(dict.fromkeys(problems))


def with_points(job: Job, project: Path) -> Job:
    """The job with the points that its searcher names by a file or an earlier run. Raises ConfigError."""
    from runner.translate.points import settle_points

    experiment, notes = settle_points(job.experiment, project)
    refuse(point_problems(experiment))
    for note in notes:
        tell(note)
    return replace(job, experiment=experiment)


def refuse_machine(jobs: Sequence[Job], project: Path) -> None:
    """The machine tier of all jobs, before the first starts. Raises ConfigError."""
    _refuse(problem for job in jobs for problem in machine_problems(job.experiment, project))


def refuse_resources(jobs: Sequence[Job], available: Mapping[str, float]) -> None:
    """Whether every job's trials fit into what Ray has. Raises ConfigError."""
    _refuse(problem for job in jobs for problem in resource_problems(job.experiment, available))


def _refuse(problems: Iterable[Problem]) -> None:
    for warning in refuse(problems):
        tell(str(warning))


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
            told = str(error) if ours else f"{job.experiment.searcher.name}: {type(error).__name__}: {error}"
            problem = Problem("searcher-options", "searcher", told, "change or remove that option")
            raise ConfigError([problem]) from error


def new_folder(job: Job, project: Path) -> RunFolder:
    """A run folder for a checked job, once the machine has been checked as well. Raises ConfigError."""
    refuse_machine([job], project)
    refuse_searcher([job])
    return RunFolder.create(project / job.experiment.output_dir, job.experiment.name, datetime.now())


def run_in(folder: RunFolder, job: Job, project: Path) -> JobResult:
    """Start Ray and run a checked job into its new folder, which goes where it cannot start. Raises ConfigError."""
    try:
        return run_on_ray(folder, job, project)
    except ConfigError:
        folder.discard()  # also where data that was fetched for the run proved wrong: no trial has started
        raise
    except KeyboardInterrupt:
        if not folder.config.exists():
            folder.discard()
        raise


def run_on_ray(folder: RunFolder, job: Job, project: Path) -> JobResult:
    """Start Ray for a job whose machine has been checked, new or taken up, and run it. Raises ConfigError."""
    from runner.translate.ray_session import ray_session
    from runner.translate.signals import ending_as_interrupt

    console = terminal()
    console.print(f"starting Ray ({job.experiment.ray.name})")
    with ending_as_interrupt(), redirected(folder.log), ray_session(job.experiment.ray, console.print) as available:
        refuse_resources([job], available)
        result = run_job(job, folder, project, available, console)
    tell_time(console)
    return result


def tell_time(console: Console) -> None:
    """Print how long the whole command took: longer than its trials, as Python and Ray start and end too."""
    console.print(f"the command took {duration(time.monotonic() - STARTED)}")


def run_job(job: Job, run: RunFolder, project: Path, available: Mapping[str, float], console: Console) -> JobResult:
    """Run a checked job into its folder, on a Ray that has started, and print its summary.

    Where the folder holds a run already, that is taken up.
    """
    from runner.translate.resources import settle
    from runner.translate.signals import reason
    from runner.translate.tuning import run_trials, trials_expected

    experiment, note = settle(job.experiment, available)
    if note:
        console.print(f"note: {note}", markup=False, soft_wrap=True)
    budget = experiment.budget
    journal = Journal(run.journal)
    earlier = journal.events()
    journal.write(Event("began", path=str(project)))
    again = [Event("retried", name) for name in job.retry]
    for event in again:
        journal.write(event)
    run.write_config(experiment.config, job.words)
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
        record.take_up(configs, retry=job.retry)
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
    told = summary(record, run, max_epochs=budget.max_epochs, seconds=seconds)
    console.print(told, soft_wrap=True)
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
        told = "\n".join([f"traceback of {failed[-1].name}, its last lines:", *lines])
        console.print(told, markup=False, soft_wrap=True)


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
    from runner.runs.read_run import Run

    try:
        write_report(Run(run), run.report, run.plots)
        told = f"report        {shown(run.report)}"
    except KeyboardInterrupt:
        told = f"report: interrupted; draw it with python -m runner report {shlex.quote(shown(run.root))}"
    except Exception as error:  # noqa: BLE001 - the run is over and its results are kept
        traceback.print_exc()
        told = f"report: not drawn, {error!r}; see {shown(run.log)}"
    console.print(told, markup=False, soft_wrap=True)


def _lock(experiment: Experiment, run: RunFolder, project: Path, console: Console) -> None:
    """Keep with what the run is made, and tell where that is another than before."""
    git = git_state(project)
    found = lock.keep(run, lock.lock(experiment, project, git, datetime.now().astimezone()), git)
    if found:
        told = "; ".join(map(str, found[:MOST_TOLD]))
        more = f"; and {len(found) - MOST_TOLD} more, in {shown(run.lock)}" if len(found) > MOST_TOLD else ""
        console.print(f"note: the run goes on in another environment: {told}{more}", markup=False, soft_wrap=True)


def next_commands(job: Job, run: RunFolder, record: Record, project: Path, code: int) -> tuple[str, ...]:
    """Commands for what people do next."""
    folder = shlex.quote(shown(run.root))
    commands = []
    lost = any(cannot_resume(job.experiment.config))
    if code == INTERRUPTED and lost:
        commands.append(_begin_again(job, run))
    elif code == INTERRUPTED:
        commands.append(f"python -m runner resume {folder}")
    else:
        commands.append(f"python -m runner why {folder}")
    if record.ended_by in (STALL, FUNCTION_ERROR, MAX_FAILED_TRIALS):
        again = " --retry-failed" if record.ended_by == MAX_FAILED_TRIALS else ""
        commands.append(f"python -m runner resume {folder}{again}")
    budget = job.experiment.budget
    tuned = set(job.experiment.search_space.searched()) - {SEED} and not run.confirm_yaml.is_file()
    learned = not nothing_learned(run, record.objective, record.repeat)
    if code == OK and tuned and learned:
        trial = f"{record.front[0].name} " if len(record.front) > 1 else ""
        commands.append(f"python -m runner promote {folder} {trial}--name {shlex.quote(f'{job.experiment.name}_best')}")
    if code == OK and not lost and record.ended_by == "budget.time_budget" and budget.time_budget is not None:
        commands.append(f"python -m runner resume {folder} budget.time_budget={2 * budget.time_budget:g}s")
    elif code == OK and tuned and not lost:
        commands.append(f"python -m runner extend {folder} budget.num_samples=+{budget.num_samples}")
    chosen = {choice.name for choice in job.experiment.loggers}
    if "tensorboard" in chosen:
        commands.append(f"tensorboard --logdir {folder}")
    if "wandb" in chosen and list(run.root.glob("wandb/offline-run-*")):
        commands.append(f"wandb sync {shlex.quote(shown(run.root / 'wandb'))}/offline-run-*")
    outputs = shlex.quote(shown(project / job.experiment.output_dir))
    if "mlflow" in chosen and (project / job.experiment.output_dir / "mlflow.db").is_file():
        commands.append(f"mlflow ui --backend-store-uri sqlite:///{outputs}/mlflow.db")
    if "comet" in chosen and list(run.root.glob("comet/*.zip")):
        commands.append(f"comet upload {shlex.quote(shown(run.root / 'comet'))}/*.zip")
    if "aim" in chosen and (project / job.experiment.output_dir / ".aim").is_dir():
        commands.append(f"aim up --repo {outputs}")
    return tuple(commands)


def _begin_again(job: Job, run: RunFolder) -> str:
    """The same experiment as a run of its own, which tries first what this one has found."""
    words = [word for word in job.words if not word.startswith("searcher.warm_start")]
    found = [f"searcher.warm_start={shown(run.root)}"] if job.experiment.search_space.searched() else []
    return shlex.join(["python", "-m", "runner", *words, *found])


def _result(job: Job, run: RunFolder, record: Record, seconds: float, code: int, failure: str) -> JobResult:
    failed = [row for row in record.rows.values() if row.error]
    gained = gain(run, record.objective, record.repeat, record.unit)
    return JobResult(
        job=0,
        overrides=job.words,
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
