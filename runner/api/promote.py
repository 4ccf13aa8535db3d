"""Promote: from a trial of a run to a preset in git."""

from dataclasses import dataclass
from pathlib import Path

from runner.api.support.job import check
from runner.api.support.named_run import RunName, named_run
from runner.api.support.preset import preset, promoted, target
from runner.api.support.project import project_folder
from runner.runs.output import Listener, notes_to
from runner.runs.run import Run
from runner.runs.trial import Trial


def promote(
    run: RunName,
    trial: str | None = None,
    *,
    name: str,
    overwrite: bool = False,
    project: str | Path | None = None,
    on_event: Listener | None = None,
) -> Path:
    """Write a trial of a run as a preset, ready to commit and to train. Returns its file.

    >>> runner.promote("latest", name="shapes_best")

    Args:
        run: a run, or its folder, "latest", or the name of an experiment.
        trial: its name, the best one if it is left out.
        name: of the preset: conf/experiment/NAME.yaml.
        overwrite: write over a preset of that name.
        project: the folder with conf/; the current one if it is left out.
        on_event: takes each line that a person would see.

    Raises:
        ConfigError: there is no such run, trial or result, or there is a preset of that name.
    """
    return promote_trial(run, trial, name=name, overwrite=overwrite, project=project, on_event=on_event).file


@dataclass(frozen=True)
class Promoted:
    """A preset that was written, and where it comes from."""

    file: Path
    run: Run
    trial: Trial


def promote_trial(
    run: RunName,
    trial: str | None,
    *,
    name: str | None,
    overwrite: bool,
    project: str | Path | None = None,
    on_event: Listener | None = None,
) -> Promoted:
    """As `promote`."""
    folder = project_folder(project)
    with notes_to(on_event):
        file = target(name, folder, overwrite=overwrite)
        earlier = named_run(run, folder)
        chosen = earlier.chosen(trial)
        config = promoted(earlier, chosen, file.stem)
        check(config, ())
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(preset(config, earlier, chosen), encoding="utf-8")
    return Promoted(file, earlier, chosen)
