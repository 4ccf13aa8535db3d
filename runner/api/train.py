"""Train: one configuration to its end, once or with several seeds."""

from dataclasses import replace
from pathlib import Path

from runner.api.support.job import checked_job, loader, new_folder
from runner.api.support.output import output_to
from runner.api.support.project import project_folder
from runner.api.support.run_job import run_in
from runner.api.support.training import left_out, with_seeds, without_search
from runner.config.compose import compose_leniently
from runner.config.hydra_loader import resolve
from runner.config.read_search_space import read_search_space
from runner.config.registry import unit_of
from runner.errors import ConfigError, Problem
from runner.runs.output import Listener, note
from runner.runs.run import Run


def train(
    *overrides: str,
    seeds: int | None = None,
    config_dir: str | Path | None = None,
    project: str | Path | None = None,
    on_event: Listener | None = None,
    view: bool = False,
) -> Run:
    """Train one configuration with all of budget.max_epochs, and search nothing. Returns its run.

    >>> run = runner.train("experiment=shapes_best", seeds=3)

    Args:
        overrides: "experiment=NAME" or "key=value", as on the command line.
        seeds: train that often, from the config's seed on.
        config_dir: a folder of presets and options that comes before the project's conf/.
        project: the folder in which relative paths begin; the current one if it is left out.
        on_event: takes each line that a person would see.
        view: show the progress on the terminal, as the command does.

    Raises:
        ConfigError: it cannot start, or it searches. Holds every problem.
        ExperimentFailed: no training came to a result; `run_folder` on it says where the run is.
        Interrupted: a KeyboardInterrupt. The run is kept: `runner.resume(error.run_folder)` goes on.
    """
    folder = project_folder(project)
    with output_to(on_event, view=view) as output:
        composed = compose_leniently(overrides, loader(config_dir, folder))
        plain = resolve(composed.config)
        _refuse_search(plain)
        dropped = left_out(plain)
        if dropped:
            note(f"train searches nothing and ends at the last {unit_of(plain)}: {', '.join(map(str, dropped))}")
        config = without_search(composed.config)
        if seeds is not None:
            first = plain["seed"]
            config = with_seeds(config, range(first, first + seeds))
        job = checked_job(replace(composed, config=config))
        return run_in(new_folder(job, folder), job, folder, output)


def _refuse_search(config: dict[str, object]) -> None:
    node = config["search_space"]
    space, _ = read_search_space(node if isinstance(node, dict) else {})
    searched = space.searched()
    if searched:
        message = f"{', '.join(searched)}: train trains one configuration, and searches none"
        remedy = "tune it, then: python -m runner promote latest --name NAME; or type search_space=none"
        raise ConfigError([Problem("train-searches", "search_space", message, remedy)])
