"""Resume and extend: read a run from its folder, change what is safe to change, and go on."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from runner.api.support.job import Job, check, examine, loader, refuse_machine, refuse_searcher
from runner.api.support.named_run import RunName, named_run, started_in
from runner.api.support.output import Output, output_to
from runner.api.support.project import project_folder
from runner.api.support.run_job import run_on_ray
from runner.checks import changes
from runner.checks.changes import Change, ChangePolicy
from runner.config.compose import change
from runner.config.registry import STOPPERS, cannot_resume
from runner.errors import ConfigError, Problem
from runner.runs.decisions import is_over
from runner.runs.driver import refuse_taken
from runner.runs.folder import RunFolder
from runner.runs.history import History
from runner.runs.journal import Event, read, seconds_spent
from runner.runs.output import Listener
from runner.runs.run import Run
from runner.runs.trial import TrialState
from runner.runs.trial_name import trial_name
from runner.runs.wording import plural, shown

MORE = re.compile(r"budget\.num_samples=\+(\d+)")


def resume(
    run: RunName,
    *overrides: str,
    retry_failed: bool | Sequence[str] = False,
    allow: bool = False,
    project: str | Path | None = None,
    on_event: Listener | None = None,
    view: bool = False,
) -> Run:
    """Go on with a run that was interrupted, crashed, or lost its machine; one that is over is returned as it is.

    >>> run = runner.resume("latest")

    Args:
        run: a run, or its folder, "latest", or the name of an experiment.
        overrides: what to change, as "budget.max_concurrent=1".
        retry_failed: run trials again that failed or were out of memory: all of them, or those that are named.
        allow: let changes through that make trials harder to compare.
        project: the folder in which `run` is looked for; the current one if it is left out.
        on_event: takes each line that a person would see.
        view: show the progress on the terminal, as the command does.

    Raises:
        ConfigError: the run cannot go on like that. Holds every problem.
        ExperimentFailed: no trial came to a result; `run_folder` on it says where the run is.
        Interrupted: a KeyboardInterrupt. The run is kept: `runner.resume(error.run_folder)` goes on.
    """
    with output_to(on_event, view=view) as output:
        return _go_on(run, overrides, project_folder(project), output, retry_failed=retry_failed, allow=allow)


def extend(
    run: RunName,
    *overrides: str,
    allow: bool = False,
    project: str | Path | None = None,
    on_event: Listener | None = None,
    view: bool = False,
) -> Run:
    """Give a run more to do, finished or not, and run that.

    >>> run = runner.extend("latest", "budget.num_samples=+50")

    Args and errors: as of `resume`; one of the overrides is of the budget.
    """
    with output_to(on_event, view=view) as output:
        return _go_on(run, overrides, project_folder(project), output, allow=allow, must_be_more=True)


def _go_on(
    name: RunName,
    overrides: Sequence[str],
    folder: Path,
    output: Output,
    *,
    retry_failed: bool | Sequence[str] = False,
    allow: bool,
    must_be_more: bool = False,
) -> Run:
    """Go on with the run that is named.

    Args:
        must_be_more: refuse where the overrides do not give the run more to do.
    """
    run = named_run(name, folder)
    refuse_taken(run.folder)
    events = list(read(run.folder.journal))
    _refuse_without_journal(run, events)
    project = started_in(run.folder, folder)
    overrides = _absolute(overrides, run.config)
    after = change(run.config, overrides, loader(None, project))
    _refuse_unknown(after)
    _refuse_for_good(run.folder, run.config, after)
    found = list(changes.changes(run.config, after))
    _refuse(found, run.folder, allowed=allow)
    retry = _retried(run, retry_failed)
    job = replace(check(after, overrides), retry=retry)
    left, expected = _left(run, job)
    if must_be_more and not any(one.key.startswith("budget.") for one in found):
        remedy = f"type python -m runner extend {shown(run.folder.root)} budget.num_samples=+{max(1, expected)}"
        raise ConfigError([Problem("extend", "budget", "nothing more to do is asked for", remedy)])
    if not left:
        output.line(_over(run, expected))
        return run
    _refuse_used_up(job, seconds_spent(events))
    _refuse_at_plateau(job, run.folder)
    for one in found:
        output.line(str(one))
    job = replace(job, overrides=(*run.words, *overrides))
    refuse_machine([job], project)
    refuse_searcher([job])
    return run_on_ray(run.folder, job, project, output)


def _over(run: Run, expected: int) -> str:
    """What to say of a run with nothing left to do."""
    folder = shown(run.folder.root)
    text = (
        f"all {plural(expected, 'trial')} of {folder} have ended; for more of them, type:\n"
        f"  python -m runner extend {folder} budget.num_samples=+{expected}"
    )
    if failed := _failed(run):
        again = f"python -m runner resume {folder} --retry-failed"
        text += f"\nto run the {len(failed)} that failed again:\n  {again}"
    return text


def _refuse_without_journal(run: Run, events: Sequence[Event]) -> None:
    """Raise ConfigError where trials have run that the journal does not know."""
    known = {event.trial for event in events if event.kind == "proposed"}
    if not known.issuperset(run.rows):
        folder, name = shown(run.folder.root), run.folder.journal.name
        message = f"{name} does not hold its trials: an older version has made it, or the file was changed"
        remedy = f"start a run of its own, with searcher.warm_start={folder}"
        raise ConfigError([Problem("run-folder", folder, message, remedy)])


def _refuse_for_good(run: RunFolder, *configs: Mapping[str, Any]) -> None:
    """Raise ConfigError where a searcher or scheduler, the old or the new, cannot be brought back."""
    for config in configs:
        for group, why in cannot_resume(config):
            message = f"a run with {group}={config[group]['name']} cannot be resumed: {why}"
            remedy = f"start a run of its own, with searcher.warm_start={shown(run.root)}"
            raise ConfigError([Problem("cannot-resume", group, message, remedy)])


def _refuse_unknown(config: dict[str, Any]) -> None:
    """Raise ConfigError for keys that no config has: a word with a slip in it is no change."""
    _, problems = examine(config)
    unknown = [problem for problem in problems if problem.rule == "unknown-key"]
    if unknown:
        raise ConfigError(unknown)


def _refuse_used_up(job: Job, spent: float) -> None:
    """Raise ConfigError where no time is left: every trial would be stopped at its start."""
    budget = job.experiment.budget.time_budget
    if budget is not None and spent >= budget:
        message = f"{budget:g} s are used up: the run has worked for {spent:.0f} s"
        remedy = f"add the time that it may take in all, for one: budget.time_budget={2 * spent:.0f}s"
        raise ConfigError([Problem("time-budget", "budget.time_budget", message, remedy)])


def _refuse_at_plateau(job: Job, run: RunFolder) -> None:
    """Raise ConfigError where a stopper, asked about all that was reported, would end the experiment again at once."""
    for choice in job.experiment.stoppers:
        plugin = STOPPERS.get(choice.name)
        if plugin.traits.ends_experiment:
            rule = plugin.build(job.experiment, **choice.options)
            for report in History(run.history_csv).rows():
                rule(report.trial, {**report.metrics, "training_iteration": report.iteration})
            verdict = rule.end()
            if verdict is not None:
                where = f"stopper.{choice.name}"
                remedy = f"change {where}, or leave it out: 'stopper=[]' --allow"
                raise ConfigError([Problem("experiment-over", where, f"would end it again: {verdict.detail}", remedy)])


def _absolute(overrides: Sequence[str], config: dict[str, object]) -> tuple[str, ...]:
    """budget.num_samples=+50 as the number that it comes to."""
    budget = config["budget"]
    now = budget["num_samples"] if isinstance(budget, dict) else 0
    return tuple(MORE.sub(lambda found: f"budget.num_samples={now + int(found[1])}", text) for text in overrides)


def _refuse(found: Sequence[Change], run: RunFolder, *, allowed: bool) -> None:
    """Raise ConfigError where a change is impossible, or wants a word more."""
    refused = {ChangePolicy.IMPOSSIBLE} if allowed else {ChangePolicy.IMPOSSIBLE, ChangePolicy.ALLOW}
    wrong = [one for one in found if one.policy in refused]
    # What is no number is told when the config is read.
    numbers = [one for one in found if one.key == "budget.num_samples" and isinstance(one.after, int)]
    fewer = [one for one in numbers if one.after < one.before]
    if wrong or fewer:
        told = [
            Problem("change", one.key, f"{one.before!r} -> {one.after!r}: {one.reason}", _remedy(one, run))
            for one in wrong
        ]
        told += [Problem("change", one.key, "is less than before", "type budget.num_samples=+50") for one in fewer]
        raise ConfigError(told)


def _remedy(one: Change, run: RunFolder) -> str:
    return (
        "add --allow"
        if one.policy is ChangePolicy.ALLOW
        else f"start a run of its own, with searcher.warm_start={shown(run.root)}"
    )


def _left(run: Run, job: Job) -> tuple[int, int]:
    """Trials that have not ended or not started, and all of them."""
    from runner.translate.tuning import trials_expected

    expected = trials_expected(job.experiment)
    rules = {line["trial"]: line["rule"] for line in run.decision_lines}
    ended = sum(is_over(trial.state, rules.get(name, "")) and name not in job.retry for name, trial in run.rows.items())
    return expected - ended, expected


def _failed(run: Run) -> list[str]:
    """The trials that an error ended. One that diverged would diverge again: its configuration does."""
    again = {TrialState.FAILED, TrialState.OUT_OF_MEMORY}
    return [name for name, trial in run.rows.items() if trial.state in again]


def _retried(run: Run, retry_failed: bool | Sequence[str]) -> tuple[str, ...]:
    """The trials that run again. Raises ConfigError for one that did not fail."""
    if retry_failed is False:
        return ()
    failed, known = _failed(run), [*run.rows]
    names = () if retry_failed is True else retry_failed
    wanted = tuple(dict.fromkeys(trial_name(name, known) for name in names)) or tuple(failed)
    wrong = [name for name in wanted if name not in failed]
    if wrong or not wanted:
        message = "did not fail" if wrong else "no trial failed"
        remedy = f"failed: {', '.join(failed)}" if failed else "leave out --retry-failed"
        raise ConfigError([Problem("retry", wrong[0] if wrong else "--retry-failed", message, remedy)])
    return wanted
