"""tune: compose, read, check, run, and tell. The default command."""

from datetime import datetime
from pathlib import Path

from runner.commands.arguments import Arguments
from runner.commands.job import checked_job, refuse_machine, refuse_resources, run_job
from runner.config.compose import compose
from runner.config.hydra_loader import HydraLoader, search_path
from runner.errors import ConfigError
from runner.runs.folder import RunFolder
from runner.runs.output import redirected, terminal


def tune(arguments: Arguments) -> int:
    """Run one experiment. Returns the exit code; raises RunnerError for what is told in one message."""
    project = Path.cwd()
    loader = HydraLoader(search_path(arguments.config_folder, project))
    job = checked_job(compose(arguments.words, loader))
    refuse_machine([job], project)

    from runner.translate.ray_session import ray_session

    run = RunFolder.create(project / job.experiment.output_dir, job.experiment.name, datetime.now())
    console = terminal()
    with redirected(run.log), ray_session(job.experiment.ray) as available:
        try:
            refuse_resources([job], available)
        except ConfigError:
            run.discard()
            raise
        return run_job(job, run, project, available, console).exit_code
