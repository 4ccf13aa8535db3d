"""confirm: train the best of a run again, with several seeds, beside the defaults."""

from runner.commands.arguments import Arguments
from runner.commands.command import Command

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
    from runner.commands.contest import conclude, confirm
    from runner.commands.earlier import earlier_run
    from runner.errors import ConfigError, Problem
    from runner.runs.folder import RunFolder

    top, seeds = arguments.count("--top"), arguments.count("--seeds")
    earlier = earlier_run(arguments.names[0])
    folder = RunFolder(earlier.root)
    if not folder.confirm_yaml.is_file():
        return confirm(earlier, top or 3, seeds or 3, arguments)
    surplus = " ".join([*arguments.flags, *arguments.words])
    if surplus:
        message = "is the run of a confirmation itself, whose verdict is read as it is"
        raise ConfigError([Problem("confirm", arguments.names[0], message, f"leave out {surplus}, or name the search")])
    return conclude(folder)
