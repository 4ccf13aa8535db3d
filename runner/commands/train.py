"""train: one configuration, trained to its end, once or with several seeds."""

from runner.commands.arguments import Arguments
from runner.commands.command import Command

COMMAND = Command(
    summary="train one configuration, once or with several seeds",
    about=(
        "Composes as `tune` does and searches nothing: one training with all of budget.max_epochs, or one for each"
        " seed, with their mean and spread. A function gets the seed as the parameter `seed`."
    ),
    flags={"--seeds N": "train N times, from the config's seed on"},
    configures=True,
    examples={
        "python -m runner train experiment=shapes_best": "a preset that `promote` wrote",
        "python -m runner train experiment=shapes_best --seeds 3": "three times, with the spread",
    },
)


def run(arguments: Arguments) -> int:
    """Returns the exit code."""
    from dataclasses import replace
    from pathlib import Path

    from rich.console import Console

    from runner.commands.job import checked_job, new_folder, run_in
    from runner.commands.training import left_out, with_seeds, without_search
    from runner.config.compose import compose_leniently
    from runner.config.hydra_loader import HydraLoader, resolve, search_path
    from runner.config.registry import unit_of
    from runner.runs.earlier_run import EarlierRun
    from runner.runs.folder import RunFolder
    from runner.runs.output import tell
    from runner.runs.seeds_table import seeds_table

    project = Path.cwd()
    count = arguments.count("--seeds")
    composed = compose_leniently(arguments.words, HydraLoader(search_path(arguments.config_folder, project)))
    plain = resolve(composed.config)
    _refuse_search(plain)
    dropped = left_out(plain)
    if dropped:
        tell(f"train searches nothing and ends at the last {unit_of(plain)}: {', '.join(map(str, dropped))}")
    config = without_search(composed.config)
    if count is not None:
        first = plain["seed"]
        config = with_seeds(config, range(first, first + count))
    job = checked_job(replace(composed, config=config))
    result = run_in(new_folder(job, project), job, project)
    if count is not None:
        Console(soft_wrap=True, highlight=False).print(seeds_table(EarlierRun.read(RunFolder(result.folder))))
    return result.exit_code


def _refuse_search(config: dict[str, object]) -> None:
    from runner.config.read_search_space import read_search_space
    from runner.errors import ConfigError, Problem

    node = config["search_space"]
    space, _ = read_search_space(node if isinstance(node, dict) else {})
    searched = space.searched()
    if searched:
        message = f"{', '.join(searched)}: train trains one configuration, and searches none"
        remedy = "tune it, then: python -m runner promote latest --name NAME; or type search_space=none"
        raise ConfigError([Problem("train-searches", "search_space", message, remedy)])
