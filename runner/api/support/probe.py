"""One short trial of an experiment, to see how fast it is."""

import io
import tempfile
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from runner.api.support.job import Job, refuse_machine, refuse_resources
from runner.api.support.run_job import run_job
from runner.config.experiment import Choice, Experiment
from runner.errors import OK, ConfigError, ExperimentFailed, Problem
from runner.planning.pace import Pace, pace_of
from runner.runs.folder import RunFolder
from runner.runs.output import note, redirected, show

EPOCHS = 2
"""The first holds what is done once; from the first report to the second is an iteration like all others."""


def probe(job: Job, project: Path) -> Pace:
    """Train the first configuration for two iterations, into a folder that is removed; raises RunnerError.

    Nothing else runs meanwhile: several trials at once may be slower each.
    """
    refuse_machine([job], project)

    from runner.translate.ray_session import ray_session
    from runner.translate.signals import ending_as_interrupt

    short = replace(job, experiment=_short(job.experiment))
    length = f"{EPOCHS} {job.experiment.unit}s"
    note(f"training one trial of {length} to see how long one takes")
    with tempfile.TemporaryDirectory(prefix="runner-probe-") as name:
        run = RunFolder.at(Path(name) / "run")
        silent = Console(file=io.StringIO())
        with ending_as_interrupt(), redirected(run.log), ray_session(job.experiment.ray, silent.print) as available:
            refuse_resources([short], available)
            result = run_job(short, run, project, available, silent)
        if result.exit_code != OK:
            show(run.log.read_text(encoding="utf-8", errors="replace").rstrip("\n"))
            raise ExperimentFailed(f"the probe failed: {result.error or 'its trial left no result'}")
        pace = pace_of(run, f"a probe of {length}", reuse_workers=job.experiment.trainable.reuse_workers)
    if pace is None:
        raise ExperimentFailed("the probe failed: its trial reported nothing")
    return pace


def _short(experiment: Experiment) -> Experiment:
    """One trial that nothing ends, compares, logs or draws, with the same searcher."""
    most = experiment.budget.max_epochs
    if most is None:
        message = f"a probe needs to know the {experiment.unit}s of a full trial"
        remedy = "type budget.max_epochs=... with the number of reports of a full trial"
        raise ConfigError([Problem("max-epochs", "budget.max_epochs", message, remedy)])
    budget = experiment.budget.model_copy(update={"num_samples": 1, "max_epochs": min(EPOCHS, most)})
    return replace(experiment, budget=budget, scheduler=Choice("fifo"), stoppers=(), loggers=(), report=False)
