"""tune: compose, read, check, run, and tell. The default command."""

from datetime import datetime
from pathlib import Path

from runner.commands.arguments import Arguments
from runner.commands.command import Command

COMMAND = Command(
    summary="run the experiment (the default)",
    configures=True,
)


def run(arguments: Arguments) -> int:
    """Run one experiment. Returns the exit code; raises RunnerError for what is told in one message."""
    from runner.commands.job import (
        checked_job,
        refuse_machine,
        refuse_resources,
        refuse_searcher,
        run_job,
        with_points,
    )
    from runner.config.compose import compose_leniently
    from runner.config.hydra_loader import HydraLoader, search_path
    from runner.errors import ConfigError
    from runner.runs.folder import RunFolder
    from runner.runs.output import redirected, terminal

    project = Path.cwd()
    loader = HydraLoader(search_path(arguments.config_folder, project))
    job = with_points(checked_job(compose_leniently(arguments.words, loader)), project)
    refuse_machine([job], project)
    refuse_searcher([job])

    from runner.translate.ray_session import ray_session
    from runner.translate.signals import ending_as_interrupt

    folder = RunFolder.create(project / job.experiment.output_dir, job.experiment.name, datetime.now())
    console = terminal()
    console.print(f"starting Ray ({job.experiment.ray.name})")
    try:
        with ending_as_interrupt(), redirected(folder.log), ray_session(job.experiment.ray) as available:
            refuse_resources([job], available)
            return run_job(job, folder, project, available, console).exit_code
    except ConfigError:
        folder.discard()  # also where data that was fetched for the run proved wrong: no trial has started
        raise
    except KeyboardInterrupt:
        if not folder.config.exists():
            folder.discard()
        raise
