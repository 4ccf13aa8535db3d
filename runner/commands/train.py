"""train: one configuration, trained to its end, once or with several seeds."""

from runner.commands.arguments import Arguments
from runner.commands.command import Command

COMMAND = Command(
    summary="train one configuration, once or with several seeds",
    about=(
        "Composes as `tune` does and searches nothing: one training with all of budget.max_epochs, or one for each"
        " seed, with their mean and spread. A function gets the seed as the parameter `seed`."
    ),
    flags={"--seeds N": "train N times, from the config's seed on"},
    configures=True,
    examples={
        "python -m runner train experiment=shapes_best": "a preset that `promote` wrote",
        "python -m runner train experiment=shapes_best --seeds 3": "three times, with the spread",
    },
)


def run(arguments: Arguments) -> int:
    """Returns the exit code."""
    from rich.console import Console

    from runner.api.train import train
    from runner.commands.ended import ended
    from runner.runs.run import Run
    from runner.runs.seeds_table import seeds_table

    seeds = arguments.count("--seeds")
    end = ended(lambda: train(*arguments.words, seeds=seeds, config_dir=arguments.config_dir, view=True))
    if seeds is not None:
        Console(soft_wrap=True, highlight=False).print(seeds_table(Run(end.folder)))
    return end.code
