"""runs: the runs below outputs/, in a line each."""

from runner.commands.arguments import Arguments
from runner.commands.command import Command

COMMAND = Command(
    summary="list the runs below outputs/: state, best, trials, time",
    usage="[FOLDER]",
    about=(
        "The newest first, the jobs of multiruns among them; below FOLDER instead, where output_dir is another. A run"
        " is running, finished, interrupted (resume goes on with it), failed (no trial came to a result) or damaged."
    ),
    flags={"--json": "the same for programs"},
    examples={
        "python -m runner runs": "all of them",
        "python -m runner runs outputs/shapes": "those of one experiment",
    },
)


def run(arguments: Arguments) -> int:
    """Returns the exit code."""
    import json
    from pathlib import Path

    from rich.console import Console

    from runner.errors import OK, ConfigError, Problem
    from runner.runs.listing import as_data, listed_runs, table
    from runner.runs.wording import shown

    root = Path.cwd() / (arguments.names[0] if arguments.names else "outputs")
    if arguments.names and not root.is_dir():
        raise ConfigError([Problem("arguments", arguments.names[0], "there is no such folder", "leave it out")])
    found = list(listed_runs(root))
    if "--json" in arguments.flags:
        print(json.dumps(as_data(found), indent=2))
    elif found:
        Console(highlight=False).print(table(found))
    else:
        print(f"no runs below {shown(root)}; start one: python -m runner experiment=quickstart")
    return OK
