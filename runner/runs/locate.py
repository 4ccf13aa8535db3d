"""The run folder that a user names."""

from pathlib import Path

from runner.config.suggest import did_you_mean
from runner.errors import ConfigError, Problem
from runner.runs.folder import RunFolder
from runner.runs.kept_config import read_config
from runner.runs.mending.mend import mend
from runner.runs.output import note

LATEST = "latest"
OUTPUTS, MULTIRUN = "outputs", "multirun"
MOST_LISTED = 8


def run_folder(name: str, project: Path) -> RunFolder:
    """The run that `name` means, once what is damaged there has been repaired. Raises ConfigError.

    Args:
        name: a run folder, a folder of several runs (the newest of them is meant), `latest` (below outputs/), or the
            name of an experiment with runs below outputs/, again the newest.
        project: the folder in which the command was typed.
    """
    root = project / OUTPUTS if name == LATEST else project / name
    runs = [RunFolder(root)] if is_run(root) else runs_below(root)
    run = runs[-1] if runs else _named(name, project)
    if run is None and root.is_dir():
        message = "holds no run: a run folder has a config.yaml and a history.csv"
        raise ConfigError([Problem("run-folder", name, message, "type outputs/NAME/DATE_TIME, or latest")])
    if run is None:
        message = "there is no such folder, and no run of that name"
        raise ConfigError([Problem("run-folder", name, message, _which(name, project))])
    for repair in mend(run):
        note(repair)
    read_config(run)  # refuses what is no run of ours
    return run


def _named(name: str, project: Path) -> RunFolder | None:
    """The newest run of the experiment `name`, or the one run in a folder `name`; None: there is none.

    Raises ConfigError where several experiments have a run in a folder of that name.
    """
    known = runs_below(project / OUTPUTS)
    of_experiment = [run for run in known if experiment_name(run, project) == name]
    if of_experiment:
        return of_experiment[-1]
    in_folder = [run for run in known if name in run.root.relative_to(project / OUTPUTS).parts]
    if len(in_folder) > 1:
        paths = [str(run.root.relative_to(project)) for run in in_folder]
        message = f"{len(paths)} runs are in a folder of that name: {', '.join(paths[-MOST_LISTED:])}"
        raise ConfigError([Problem("run-folder", name, message, f"type the path of one: {paths[-1]}")])
    return in_folder[0] if in_folder else None


def experiment_name(run: RunFolder, project: Path) -> str:
    """That of a run below outputs/, as the folders tell it."""
    parts = run.root.relative_to(project / OUTPUTS).parts
    return parts[1] if parts[0] == MULTIRUN and len(parts) > 1 else parts[0]


def is_run(root: Path) -> bool:
    """Whether a run has been started in `root`."""
    run = RunFolder(root)
    return run.config.is_file() and run.history_csv.is_file()


def runs_below(root: Path) -> list[RunFolder]:
    """The runs of a folder of runs, of one experiment or of several, the newest last."""
    return [run for run in run_folders(root) if is_run(run.root)]


def run_folders(root: Path) -> list[RunFolder]:
    """The same, and folders of runs that lack their config.yaml."""
    depths = ("*", "*/*", "*/*/*", "multirun/*/*/*")
    found = {table.parent for pattern in depths for table in root.glob(f"{pattern}/history.csv")}
    return [RunFolder(folder) for folder in sorted(found, key=_began)]


def _began(root: Path) -> int:
    """When the run's config was written, before its first trial."""
    run = RunFolder(root)
    return (run.config if run.config.is_file() else run.history_csv).stat().st_mtime_ns


def _which(name: str, project: Path) -> str:
    runs = runs_below(project / OUTPUTS)
    if not runs:
        return "type the path of a run folder, outputs/NAME/DATE_TIME"
    names = [*dict.fromkeys(experiment_name(run, project) for run in reversed(runs))]
    near = did_you_mean(name, [*names, *(str(run.root.relative_to(project)) for run in runs)])
    listed = ", ".join(names[:MOST_LISTED]) + (" and more" if len(names) > MOST_LISTED else "")
    return f"{near}; experiments with runs: {listed}; all runs: python -m runner runs"
