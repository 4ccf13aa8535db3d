"""report: a run as a page, several runs compared, and their trials for other tools."""

from pathlib import Path

from runner.commands.arguments import Arguments
from runner.commands.command import Command

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
    from runner.api.report import check_formats, export_trials, report
    from runner.errors import OK
    from runner.runs.locate import run_folder
    from runner.runs.output import print_note
    from runner.runs.wording import shown

    text = arguments.flags.get("--export")
    formats = [] if text is None else list(dict.fromkeys(text.split(",")))
    check_formats(formats)
    folders = list(dict.fromkeys(run_folder(name, Path.cwd()) for name in arguments.names))
    page = report(*(folder.root for folder in folders), out=arguments.flags.get("--out"), on_event=print_note)
    print(f"report  {shown(page)}")
    for path in export_trials(folders, formats):
        print(f"export  {shown(path)}")
    return OK
