"""Compare: two runs beside each other."""

from pathlib import Path

from runner.api.support.named_run import RunName, named_run
from runner.api.support.project import project_folder
from runner.runs.output import Listener, notes_to
from runner.runs.run_diff import RunDiff


def compare(
    before: RunName, after: RunName, *, project: str | Path | None = None, on_event: Listener | None = None
) -> RunDiff:
    """What differs between two runs in config and environment, and what came out of both.

    >>> runner.compare("outputs/shapes/2026-11-20_23-19-42", "latest").as_data()["outcomes"]

    Args:
        before, after: a run, or its folder, "latest", or the name of an experiment.
        project: the folder in which they are looked for; the current one if it is left out.
        on_event: takes each line that a person would see.

    Raises:
        ConfigError: there is no such run.
    """
    folder = project_folder(project)
    with notes_to(on_event):
        return RunDiff(named_run(before, folder), named_run(after, folder))
