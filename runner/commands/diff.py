"""diff: two runs beside each other."""

from runner.commands.arguments import Arguments
from runner.commands.command import Command

COMMAND = Command(
    summary="show what differs between two runs, and what came out of both",
    usage="RUN RUN",
    about="Each key of the config and of the environment (lock.yaml) that is not the same, and both outcomes.",
    flags={"--json": "the same for programs"},
    examples={"python -m runner diff outputs/shapes/2026-11-20_23-19-42 latest": "that run and the newest"},
)


def run(arguments: Arguments) -> int:
    """Returns the exit code."""
    import json

    from rich.console import Console

    from runner.api.compare import compare
    from runner.errors import OK
    from runner.runs.output import print_note

    before, after = arguments.names
    found = compare(before, after, on_event=print_note)
    if "--json" in arguments.flags:
        print(json.dumps(found.as_data(), indent=2, default=str))
    else:
        Console(highlight=False).print(found)
    return OK
