"""The run folder that a user names."""

from pathlib import Path

from runner.config.suggest import did_you_mean
from runner.errors import ConfigError, Problem
from runner.runs.folder import RunFolder
from runner.runs.kept_config import read_config
from runner.runs.mending.mend import mend
from runner.runs.output import tell

LATEST = "latest"


def run_folder(name: str, project: Path) -> RunFolder:
    """The run that `name` means, once what is damaged there has been repaired. Raises ConfigError.

    Args:
        name: a run folder, a folder of several runs (the newest of them is meant), or `latest`: below outputs/.
        project: the folder in which the command was typed.
    """
    root = project / "outputs" if name == LATEST else project / name
    runs = [RunFolder(root)] if is_run(root) else runs_below(root)
    if runs:
        for note in mend(runs[-1]):
            tell(note)
        read_config(runs[-1])  # refuses what is no run of ours
        return runs[-1]
    if not root.is_dir():
        known = [str(run.root.relative_to(project)) for run in runs_below(project / "outputs")]
        raise ConfigError([Problem("run-folder", name, "there is no such folder", _which(name, known))])
    message = "holds no run: a run folder has a config.yaml and a history.csv"
    raise ConfigError([Problem("run-folder", name, message, "type outputs/NAME/DATE_TIME, or latest")])


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


def _which(name: str, known: list[str]) -> str:
    return did_you_mean(name, known) if known else "type the path of a run folder, outputs/NAME/DATE_TIME"
