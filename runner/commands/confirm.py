"""confirm: train the best of a run again, with several seeds, beside the defaults."""

from typing import TYPE_CHECKING

from runner.commands.arguments import Arguments
from runner.commands.command import Command

if TYPE_CHECKING:
    from runner.api.confirm import Confirmed

COMMAND = Command(
    summary="train the best trials of a run again, with several seeds, beside the defaults",
    usage="RUN",
    about=(
        "The best value of a search is partly luck. The best trials and, where the trainable tells them, its defaults"
        " are trained to the end with seeds that the search did not use, in a run folder of their own, and the"
        " verdict says whether the winner beats the defaults by more than the seeds spread. Given such a run folder,"
        " as after a resume, it reads the verdict from that."
    ),
    flags={"--top K": "how many of the best trials (3)", "--seeds N": "how often each is trained (3)"},
    configures=True,
    examples={
        "python -m runner confirm latest": "the three best and the defaults, three times each",
        "python -m runner confirm latest --top 1 --seeds 5 budget.max_epochs=100": "longer than in the search",
    },
)


def run(arguments: Arguments) -> int:
    """Returns the exit code."""
    from runner.api.confirm import confirm
    from runner.errors import FAILED, INTERRUPTED, OK, ExperimentFailed, Interrupted
    from runner.runs.wording import shown

    try:
        confirmed = confirm(
            arguments.names[0],
            *arguments.words,
            top=arguments.count("--top"),
            seeds=arguments.count("--seeds"),
            config_dir=arguments.config_dir,
            view=True,
        )
    except Interrupted as interrupted:
        print(f"after the resume, the verdict:\n  python -m runner confirm {shown(interrupted.run_folder)}")
        return INTERRUPTED
    except ExperimentFailed as failed:
        if failed.run_folder is None:
            raise
        return FAILED
    _print(confirmed)
    return OK


def _print(confirmed: "Confirmed") -> None:
    from rich.console import Console

    from runner.runs.wording import shown

    folder = confirmed.run.folder
    console = Console(soft_wrap=True, highlight=False)
    console.print(confirmed.confirmation)
    console.print(f"written: {shown(folder.confirm_yaml)}, {shown(folder.confirm_csv)}", markup=False)
