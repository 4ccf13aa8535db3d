"""tune: compose, read, check, run, and tell. The default command."""

from pathlib import Path

from runner.commands.arguments import Arguments
from runner.commands.command import Command

COMMAND = Command(
    summary="run the experiment (the default)",
    configures=True,
)


def run(arguments: Arguments) -> int:
    """Run one experiment. Returns the exit code; raises RunnerError for what is told in one message."""
    from runner.commands.job import checked_job, new_folder, run_in, with_points
    from runner.config.compose import compose_leniently
    from runner.config.hydra_loader import HydraLoader, search_path

    project = Path.cwd()
    loader = HydraLoader(search_path(arguments.config_folder, project))
    job = with_points(checked_job(compose_leniently(arguments.words, loader)), project)
    return run_in(new_folder(job, project), job, project).exit_code
