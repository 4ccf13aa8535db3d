"""report: a run as a page, several runs compared, and their trials for other tools."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from runner.commands.arguments import Arguments
from runner.commands.command import Command
from runner.config.suggest import did_you_mean
from runner.errors import OK, ConfigError, Problem
from runner.runs.wording import shown

if TYPE_CHECKING:
    from runner.runs.read_run import Run

FORMATS = ("csv", "parquet", "optuna")

COMMAND = Command(
    summary="show what came out of a run as a page, or compare several",
    usage="RUN [RUN ...]",
    about=(
        "Writes report.html into the run folder, one file that opens without a network, and its figures as PNG files"
        " into plots/. Of several runs it writes a comparison below outputs/reports/."
    ),
    flags={
        "--out FILE": "write the page there, and plots/ beside it",
        "--export FORMATS": "write the trials too, into export/ of each run: csv, parquet, optuna (a SQLite study)",
    },
    examples={
        "python -m runner report latest": "the newest run",
        "python -m runner report outputs/digits/*": "all runs of an experiment, compared",
        "python -m runner report latest --export csv,optuna": "then: optuna-dashboard sqlite:///.../export/optuna.db",
    },
)


def run(arguments: Arguments) -> int:
    """Draw and export. Returns OK; raises ConfigError for a name that is no run."""
    from runner.runs.locate import run_folder

    project = Path.cwd()
    formats = _formats(arguments.flags.get("--export"))
    folders = list(dict.fromkeys(run_folder(name, project) for name in arguments.names))
    out = arguments.flags.get("--out")
    if out and Path(out).is_dir():
        raise ConfigError([Problem("flag", "--out", f"{out} is a folder", f"name a file: --out {out}/report.html")])

    from runner.runs.read_run import Run

    runs = [Run(folder) for folder in folders]
    page = _write(runs, project, Path(out) if out else None)
    print(f"report  {shown(page)}")
    if formats:
        from runner.reporting.export import export

        for one in runs:
            for path in export(one, formats, one.folder.export):
                print(f"export  {shown(path)}")
    return OK


def _write(runs: "list[Run]", project: Path, out: Path | None) -> Path:
    """The page of one run, or the comparison of several."""
    if len(runs) == 1:
        from runner.reporting.report import write_report

        folder = runs[0].folder
        page, plots = (out, out.parent / "plots") if out else (folder.report, folder.plots)
        write_report(runs[0], page, plots)
        return page
    from runner.reporting.comparison import labels, write_comparison
    from runner.runs.folder import fresh_folder

    page = out or fresh_folder(project / "outputs" / "reports", datetime.now()) / "report.html"
    write_comparison(labels(runs), page, page.parent / "plots", "Comparison")
    return page


def _formats(text: str | None) -> list[str]:
    formats = [] if text is None else list(dict.fromkeys(text.split(",")))
    for name in formats:
        if name not in FORMATS:
            raise ConfigError([Problem("flag", "--export", f"{name!r} is no format", did_you_mean(name, FORMATS))])
    return formats
