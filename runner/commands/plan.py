"""plan: what an experiment will do, before it does it."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from runner.commands.arguments import LONGEST_NUMBER, Arguments
from runner.commands.command import Command

if TYPE_CHECKING:
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


def run(arguments: Arguments) -> int:
    """Returns the exit code."""
    from runner.errors import OK
    from runner.runs.output import print_note

    most, probe = _proposals(arguments), "--probe" in arguments.flags
    with _collecting_no_garbage():
        from runner.api.plan import plan

        made = plan(*arguments.words, proposals=most, probe=probe, config_dir=arguments.config_dir, on_event=print_note)
        _show(made, as_json="--json" in arguments.flags)
    return OK


@contextmanager
def _collecting_no_garbage() -> Iterator[None]:
    """While Ray is imported, the collector looks again and again at what stays: a sixth of the command's time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _proposals(arguments: Arguments) -> int:
    from runner.api.plan import PROPOSALS
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
