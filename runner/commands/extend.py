"""extend: give a run more to do."""

from runner.commands.arguments import Arguments
from runner.commands.command import Command

COMMAND = Command(
    summary="add trials to a run, finished or not",
    usage="RUN",
    about=(
        "The searcher goes on proposing where it stood, with all results in mind, and the scheduler judges the new"
        " trials beside the old ones. Everything lands in the same run folder."
    ),
    flags={"--allow": "let changes through that make trials harder to compare"},
    configures=True,
    examples={
        "python -m runner extend latest budget.num_samples=+50": "fifty trials more",
        "python -m runner extend outputs/shapes/2026-11-20_23-19-42 budget.time_budget=12h": "more time, in all",
    },
)


def run(arguments: Arguments) -> int:
    """Returns the exit code."""
    from runner.api.resume import extend
    from runner.commands.ended import ended

    allow = "--allow" in arguments.flags
    return ended(lambda: extend(arguments.names[0], *arguments.words, allow=allow, view=True)).code
