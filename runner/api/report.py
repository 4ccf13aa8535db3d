"""Report: a run as a page, several runs compared, and their trials for other tools."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from runner.api.support.named_run import RunName, folder_of
from runner.api.support.project import project_folder
from runner.config.suggest import did_you_mean
from runner.errors import ConfigError, Problem
from runner.runs.folder import RunFolder, fresh_folder
from runner.runs.output import Listener, notes_to
from runner.runs.run import Run

FORMATS = ("csv", "parquet", "optuna")


def report(
    *runs: RunName,
    out: str | Path | None = None,
    export: Sequence[str] = (),
    project: str | Path | None = None,
    on_event: Listener | None = None,
) -> Path:
    """Draw the page of a run, or of several compared. Returns the HTML file; plots/ with PNG files is beside it.

    >>> runner.report("latest")

    Args:
        runs: each a run, or its folder, "latest", or the name of an experiment.
        out: the HTML file; report.html in the run folder, or below outputs/reports/, if it is left out.
        export: formats to write the trials in too, into export/ of each run: "csv", "parquet", "optuna".
        project: the folder in which `runs` are looked for; the current one if it is left out.
        on_event: takes each line that a person would see.

    Raises:
        ConfigError: there is no such run or format.
    """
    check_formats(export)
    folder = project_folder(project)
    with notes_to(on_event):
        found = list(dict.fromkeys(folder_of(run, folder) for run in runs))
    if not found:
        raise ConfigError([Problem("arguments", "report", "needs a run", 'name one, for example "latest"')])
    file = None if out is None else Path(out)
    if file and file.is_dir():
        raise ConfigError([Problem("flag", "--out", f"{out} is a folder", f"name a file: --out {out}/report.html")])
    page = _write([Run(one) for one in found], folder, file)
    export_trials(found, export)
    return page


def export_trials(folders: Sequence[RunFolder], formats: Sequence[str]) -> list[Path]:
    """Write the trials of each run into its export/. Returns the files."""
    if not formats:
        return []
    from runner.reporting.export import export

    return [path for folder in folders for path in export(Run(folder), list(formats), folder.export)]


def _write(runs: Sequence[Run], project: Path, out: Path | None) -> Path:
    """The page of one run, or the comparison of several."""
    if len(runs) == 1:
        from runner.reporting.report import write_report

        folder = runs[0].folder
        page, plots = (out, out.parent / "plots") if out else (folder.report, folder.plots)
        write_report(runs[0], page, plots)
        return page
    from runner.reporting.comparison import labels, write_comparison

    page = out or fresh_folder(project / "outputs" / "reports", datetime.now()) / "report.html"
    write_comparison(labels(runs), page, page.parent / "plots", "Comparison")
    return page


def check_formats(names: Sequence[str]) -> None:
    """Raise ConfigError for a format that there is not."""
    for name in names:
        if name not in FORMATS:
            raise ConfigError([Problem("flag", "--export", f"{name!r} is no format", did_you_mean(name, FORMATS))])
