"""--help: commands, groups with their options, flags, examples."""

from collections.abc import Mapping
from pathlib import Path
from textwrap import fill

from runner.commands.arguments import Arguments
from runner.commands.command import COMMANDS, load
from runner.config.hydra_loader import groups, search_path
from runner.errors import OK

ORDER = ("experiment", "trainable", "search_space", "searcher", "scheduler", "stopper", "logger", "ray")

_TEXT = """\
runner: experiments for hyperparameter tuning, from a YAML file in git to a tuned model

usage: python -m runner [tune] [key=value ...] [flags]        (or: runner ...)

commands: each has its own --help
{commands}

groups: choose an option with group=option, several with group=[a,b], none with group=[]
{groups}

values: any key of the config takes key=value, new ones too; quote what the shell would read
  budget.num_samples=20 budget.max_epochs=50 budget.time_budget=2h budget.max_concurrent=2
  resources.gpu=0.5 objective.metric='metrics/mAP50(M)' seed=1 name=my_run
  'search_space.lr0=loguniform(1e-5,1e-1)' search_space.lr0.upper=0.01 trainable.train_args.imgsz=320

flags:
  -m, --multirun           one job for each combination of comma-separated values
  -c, --cfg job|hydra|all  print the composed config and run nothing (--resolve, --package NODE)
  -i, --info [WHAT]        how the config was composed: {info}
  -cd, --config-dir DIR    search DIR for presets and options before ./conf and the packaged ones
  -sc, --shell-completion install=bash|zsh|fish
  -h, --help    --version

examples:
  python -m runner                                          tune YOLO11 segmentation on generated shapes
  python -m runner experiment=quickstart
  python -m runner experiment=bccd trainable.data=path/to/data.yaml
  python -m runner searcher=optuna scheduler=asha 'logger=[csv,wandb]'
  python -m runner -m experiment=quickstart searcher=random scheduler=fifo,asha

exit codes: 0 a usable result, 1 the experiment failed, 2 wrong config or command line, 130 interrupted
"""


def show_help(arguments: Arguments) -> int:
    """Print the help of one command, or all that tune takes, with the options that are on the search path now."""
    if arguments.command != "tune":
        print(_of_command(arguments.command))
        return OK
    folders = search_path(arguments.config_folder, Path.cwd())
    found = groups(folders)
    rows = {name: found[name] for name in (*ORDER, *(name for name in found if name not in ORDER))}
    width = max(map(len, rows))
    indent = " " * (width + 4)
    listing = "\n".join(
        fill(" ".join(options), 100, initial_indent=f"  {name:<{width}}  ", subsequent_indent=indent)
        for name, options in rows.items()
        if options
    )
    commands = "\n".join(f"  {name:<10}  {load(name)[0].summary}" for name in COMMANDS)
    print(
        _TEXT.format(commands=commands, groups=listing, info="defaults-tree|defaults|config|searchpath|plugins|all"),
        end="",
    )
    return OK


def _of_command(name: str) -> str:
    command, _ = load(name)
    words = " [key=value ...]" if command.configures else ""
    parts = [
        f"{name}: {command.summary}",
        f"usage: python -m runner {name} {command.usage}".rstrip() + f"{words} [flags]",
    ]
    if command.about:
        parts.append(fill(command.about, 100))
    own = {"-cd, --config-dir DIR": "search DIR for presets and options first"} if command.configures else {}
    flags = {**command.flags, **own, "-h, --help": "this text"}
    parts.append("flags:\n" + _table(flags))
    if command.examples:
        parts.append("examples:\n" + _table(command.examples))
    return "\n\n".join(parts)


def _table(rows: Mapping[str, str]) -> str:
    """Two columns; a long word on the left has a line of its own."""
    width = max(len(left) for left in rows if len(left) <= 44) if any(len(left) <= 44 for left in rows) else 0
    lines = []
    for left, right in rows.items():
        gap = f"  {left:<{width}}  " if len(left) <= width else f"  {left}\n{'':<{width + 4}}"
        lines.append(f"{gap}{right}")
    return "\n".join(lines)
