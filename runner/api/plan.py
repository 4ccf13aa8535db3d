"""Plan: what an experiment will do, before it does it."""

from pathlib import Path

from runner.api.support.job import judge, loader, refuse_searcher, with_points
from runner.api.support.probe import probe as probed
from runner.api.support.project import project_folder
from runner.config.compose import compose_leniently
from runner.planning.pace import earlier_pace
from runner.planning.plan import Plan
from runner.planning.plan import plan as plan_of
from runner.runs.output import Listener, note, notes_to

PROPOSALS = 5


def plan(
    *overrides: str,
    proposals: int = PROPOSALS,
    probe: bool = False,
    config_dir: str | Path | None = None,
    project: str | Path | None = None,
    on_event: Listener | None = None,
) -> Plan:
    """What an experiment will do; no trial starts.

    >>> runner.plan("experiment=quickstart").trials
    10

    Args:
        overrides: "experiment=NAME" or "key=value", as on the command line.
        proposals: how many of the configurations that come first it holds.
        probe: train one trial for two iterations, in a folder that is removed, to know the time of a trial.
        config_dir: a folder of presets and options that comes before the project's conf/.
        project: the folder in which relative paths begin; the current one if it is left out.
        on_event: takes each line that a person would see.

    Raises:
        ConfigError: the config is wrong. What this machine lacks is among the plan's `obstacles`.
        ExperimentFailed: the probe failed.
    """
    folder = project_folder(project)
    with notes_to(on_event):
        composed = compose_leniently(overrides, loader(config_dir, folder))
        for text in composed.notes:
            note(text)
        job, warnings = judge(composed.config, composed.words, composed.problems)
        job = with_points(job, folder)
        refuse_searcher([job])
        pace = probed(job, folder) if probe else earlier_pace(job.experiment, folder)
        return plan_of(job.experiment, folder, pace, proposals, warnings)
