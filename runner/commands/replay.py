"""replay: run an experiment again, as it was."""

from pathlib import Path

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
    from rich.console import Console

    from runner.api.compare import compare
    from runner.api.replay import replay
    from runner.commands.ended import ended
    from runner.runs.locate import run_folder
    from runner.runs.output import print_note
    from runner.runs.run_diff import Outcomes

    before = run_folder(arguments.names[0], Path.cwd()).root
    end = ended(lambda: replay(before, view=True))
    diff = compare(before, end.folder.root, on_event=print_note)
    Console(highlight=False).print(Outcomes(diff, ("then", "now")))
    return end.code
