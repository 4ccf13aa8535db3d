"""tune: run an experiment. The default command."""

from runner.commands.arguments import Arguments
from runner.commands.command import Command

COMMAND = Command(
    summary="run the experiment (the default)",
    configures=True,
)


def run(arguments: Arguments) -> int:
    """Run one experiment. Returns the exit code; raises RunnerError where nothing was started."""
    from runner.api.tune import tune
    from runner.commands.ended import ended

    return ended(lambda: tune(*arguments.words, config_dir=arguments.config_dir, view=True)).code
