"""The run folder that a user names."""

from pathlib import Path

import yaml

from runner.config.suggest import did_you_mean
from runner.errors import ConfigError, Problem
from runner.runs.folder import RunFolder

LATEST = "latest"
KEYS = {"name", "objective", "budget", "searcher", "scheduler", "search_space"}
"""Of a run's configuration, which commands on a run look up."""


def run_folder(name: str, project: Path) -> RunFolder:
    """The run that `name` means. Raises ConfigError.

    Args:
        name: a run folder, a folder of several runs (the newest of them is meant), or `latest`: below outputs/.
        project: the folder in which the command was typed.
    """
    root = project / "outputs" if name == LATEST else project / name
    runs = [RunFolder(root)] if is_run(root) else runs_below(root)
    if runs:
        _refuse_foreign(runs[-1])
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


def _refuse_foreign(run: RunFolder) -> None:
    """Raise ConfigError where config.yaml is not as a run leaves it."""
    try:
        config = yaml.safe_load(run.config.read_text(encoding="utf-8"))
        wrong = "" if isinstance(config, dict) and config.keys() >= KEYS else f"lacks some of {', '.join(sorted(KEYS))}"
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        wrong = f"is not YAML: {error}"
    if wrong:
        remedy = "name the folder of a run, or put back the file that the run wrote"
        raise ConfigError([Problem("run-folder", str(run.config), wrong, remedy)])


def runs_below(root: Path) -> list[RunFolder]:
    """The runs of a folder of runs, of one experiment or of several, the newest last."""
    depths = ("*", "*/*", "*/*/*", "multirun/*/*/*")
    found = {table.parent for pattern in depths for table in root.glob(f"{pattern}/history.csv")}
    return [RunFolder(folder) for folder in sorted(filter(is_run, found), key=_began)]


def _began(root: Path) -> int:
    """When the run's config was written, before its first trial."""
    return RunFolder(root).config.stat().st_mtime_ns


def trial_name(name: str, known: list[str]) -> str:
    """The trial that `name` means, which may leave out `trial_` and zeros: 3 is trial_003. Raises ConfigError."""
    if name in known:
        return name
    if name.isdigit():
        found = [one for one in known if one.rpartition("_")[2].isdigit() and int(one.rpartition("_")[2]) == int(name)]
        if found:
            return found[0]
    raise ConfigError([Problem("trial", name, "the run has no such trial", did_you_mean(name, known))])


def _which(name: str, known: list[str]) -> str:
    return did_you_mean(name, known) if known else "type the path of a run folder, outputs/NAME/DATE_TIME"
