"""--help: commands, groups with their options, flags, examples."""

from pathlib import Path
from textwrap import fill

from runner.commands.arguments import Arguments
from runner.config.hydra_loader import search_path
from runner.errors import OK

_ORDER = ("experiment", "trainable", "search_space", "searcher", "scheduler", "stopper", "logger", "ray")

_TEXT = """\
runner: experiments for hyperparameter tuning, from a YAML file in git to a tuned model

usage: python -m runner [tune] [key=value ...] [flags]        (or: runner ...)

commands:
  tune          run the experiment (the default)

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
    """Print the help text with the options that are on the search path now."""
    folders = search_path(arguments.config_folder, Path.cwd())
    found = {path.name for folder in folders for path in folder.iterdir() if path.is_dir()}
    names = [*_ORDER, *sorted(found - set(_ORDER))]
    rows = {name: sorted({p.stem for folder in folders for p in (folder / name).glob("*.yaml")}) for name in names}
    width = max(map(len, rows))
    indent = " " * (width + 4)
    groups = "\n".join(
        fill(" ".join(options), 100, initial_indent=f"  {name:<{width}}  ", subsequent_indent=indent)
        for name, options in rows.items()
        if options
    )
    print(_TEXT.format(groups=groups, info="defaults-tree|defaults|config|searchpath|plugins|all"), end="")
    return OK
