"""plan: what an experiment will do, before it does it."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from runner.commands.arguments import LONGEST_NUMBER, Arguments
from runner.commands.command import Command

if TYPE_CHECKING:
    from pathlib import Path

    from runner.commands.job import Job
    from runner.planning.pace import Pace
    from runner.planning.plan import Plan

COMMAND = Command(
    summary="tell what the experiment will do, and start no trial",
    about=(
        "The search space, the configurations that come first, the scheduler's rungs, iterations, trials at once, and a"
        " time where an earlier run tells it. What would be refused on this machine is told as an obstacle."
    ),
    flags={
        "--proposals N": "configurations to show, 5 if nothing is said",
        "--probe": "train one trial for two iterations, in a folder that is removed, to tell the time",
        "--json": "the same as JSON",
    },
    configures=True,
    examples={
        "python -m runner plan": "the default experiment",
        "python -m runner plan experiment=digits --proposals 10": "more of its configurations",
        "python -m runner plan trainable.data=path/to/data.yaml --probe": "with a time for your own data",
    },
)

PROPOSALS = 5


def run(arguments: Arguments) -> int:
    """Returns the exit code."""
    from pathlib import Path

    from runner.commands.job import judge, refuse_searcher, with_points
    from runner.config.compose import compose_leniently
    from runner.config.hydra_loader import HydraLoader, search_path
    from runner.errors import OK
    from runner.planning.pace import earlier_pace
    from runner.planning.plan import plan
    from runner.runs.output import tell

    most = _proposals(arguments)
    project = Path.cwd()
    loader = HydraLoader(search_path(arguments.config_folder, project))
    with _collecting_no_garbage():
        composed = compose_leniently(arguments.words, loader)
        for note in composed.notes:
            tell(note)
        job, warnings = judge(composed.config, composed.words, composed.problems)
        job = with_points(job, project)
        refuse_searcher([job])
        pace = _probed(job, project) if "--probe" in arguments.flags else earlier_pace(job.experiment, project)
        _show(plan(job.experiment, project, pace, most, warnings), as_json="--json" in arguments.flags)
    return OK


@contextmanager
def _collecting_no_garbage() -> Iterator[None]:
    """While Ray is imported, the collector looks again and again at what stays: a sixth of the command's time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _probed(job: "Job", project: "Path") -> "Pace":
    from runner.commands.probe import probe

    return probe(job, project)


def _proposals(arguments: Arguments) -> int:
    from runner.errors import ConfigError, Problem

    given = arguments.flags.get("--proposals", str(PROPOSALS))
    if not given.isdecimal() or len(given) > LONGEST_NUMBER:
        raise ConfigError([Problem("flag", "--proposals", f"{given!r} is no number", f"type --proposals {PROPOSALS}")])
    return int(given)


def _show(made: "Plan", *, as_json: bool) -> None:
    if as_json:
        import json
        from dataclasses import asdict

        print(json.dumps(asdict(made), indent=2, ensure_ascii=False))
        return
    from rich.console import Console

    from runner.planning.page import Page

    Console(highlight=False).print(Page(made))
