"""resume: go on with a run that was interrupted, crashed, or lost its machine."""

from runner.commands.arguments import Arguments
from runner.commands.command import Command
from runner.errors import ConfigError, Problem

COMMAND = Command(
    summary="go on with a run that was interrupted or crashed",
    usage="RUN [TRIAL ...]",
    about=(
        "From the run folder alone. Trials that ended are kept, the others go on from their checkpoints, and searcher,"
        " scheduler and stoppers know what they knew. Words change what is safe to change (budget, resources, loggers);"
        " another scheduler or stopper needs --allow. A trial that runs again goes on from its newest checkpoint; its"
        " earlier failure stays in decisions.jsonl, and the searcher keeps what it was told of it."
    ),
    flags={
        "--allow": "let changes through that make trials harder to compare",
        "--retry-failed": "run trials again that failed or were out of memory: all of them, or each TRIAL",
    },
    configures=True,
    examples={
        "python -m runner resume latest": "the newest run below outputs/",
        "python -m runner resume outputs/shapes/2026-11-20_23-19-42 budget.max_concurrent=1": "one trial at a time",
        "python -m runner resume latest --retry-failed": "after a bug in your function was mended",
        "python -m runner resume latest 3 5 --retry-failed": "trial_003 and trial_005 alone",
    },
)


def run(arguments: Arguments) -> int:
    """Returns the exit code."""
    from runner.api.resume import resume
    from runner.commands.ended import ended

    run, *trials = arguments.names
    retry = "--retry-failed" in arguments.flags
    if trials and not retry:
        raise ConfigError([Problem("retry", trials[0], "a trial is named", "add --retry-failed")])
    allow = "--allow" in arguments.flags
    return ended(lambda: resume(run, *arguments.words, retry_failed=trials or retry, allow=allow, view=True)).code
