"""why: what happened to a trial, or in a run, and which rule decided it."""

from pathlib import Path

from runner.commands.arguments import Arguments
from runner.commands.command import Command
from runner.errors import OK

COMMAND = Command(
    summary="what happened to a trial, or in a whole run, and why",
    usage="RUN [TRIAL]",
    about="From decisions.jsonl: which rule let a trial go on or stopped it, what it compared, and what that saved.",
    examples={
        "python -m runner why latest": "the story of the newest run",
        "python -m runner why latest 3": "of its trial_003",
    },
)


def run(arguments: Arguments) -> int:
    """Returns the exit code."""
    from rich.console import Console

    from runner.api.explain import explain
    from runner.runs.locate import run_folder
    from runner.runs.output import print_note
    from runner.runs.wording import labelled, shown

    folder = run_folder(arguments.names[0], Path.cwd()).root
    trial = arguments.names[1] if len(arguments.names) > 1 else None
    lines = explain(folder, trial, on_event=print_note)
    if trial is None:
        more = f"python -m runner why {shown(folder)} TRIAL"
        lines = [("run", shown(folder)), *lines, ("of a trial", more)]
    console = Console()
    for label, text in lines:
        console.print(labelled(label, text, console.width), soft_wrap=True, markup=False, highlight=False)
    return OK
