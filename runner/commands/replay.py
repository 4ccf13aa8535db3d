"""replay: run an experiment again, as it was."""

from runner.commands.arguments import Arguments
from runner.commands.command import Command

COMMAND = Command(
    summary="run an experiment again from its run folder, into a new one",
    usage="RUN",
    about=(
        "With the config of the run, from the folder in which it was started. First it tells what of the environment"
        " is another than in its lock.yaml, then it runs, then both outcomes. Searchers are seeded: the proposals are"
        " the same where they do not depend on timing, as with random search, or with one trial at a time."
    ),
    examples={"python -m runner replay outputs/shapes/2026-11-20_23-19-42": "into a folder of now beside it"},
)


def run(arguments: Arguments) -> int:
    """Returns the exit code."""
    from datetime import datetime

    from rich.console import Console

    from runner.commands.earlier import earlier_run, started_in
    from runner.commands.job import check, new_folder, run_in
    from runner.runs import lock
    from runner.runs.differences import differences, table
    from runner.runs.earlier_run import EarlierRun
    from runner.runs.folder import RunFolder
    from runner.runs.git_state import git_state
    from runner.runs.kept_config import read_words
    from runner.runs.run_diff import Outcomes, RunDiff

    before = earlier_run(arguments.names[0])
    folder = RunFolder(before.root)
    project = started_in(folder)
    words = read_words(folder)
    job = check(dict(before.config), words)
    console = Console(highlight=False)
    locked = lock.read(folder)
    if locked is None:
        console.print("environment: the run has no lock.yaml to compare with")
    else:
        now = lock.lock(job.experiment, project, git_state(project), datetime.now().astimezone())
        found = differences(lock.environment(locked), lock.environment(now))
        console.print(table(found, ("then", "now"), "environment") if found else "environment: as it was")
    again = new_folder(job, project)
    result = run_in(again, job, project)
    console.print(Outcomes(RunDiff(before, EarlierRun.read(again)), ("then", "now")))
    return result.exit_code
