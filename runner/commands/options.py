"""options: everything that can be chosen, what it needs, and what it means."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runner.commands.arguments import Arguments
from runner.commands.command import Command
from runner.config.suggest import did_you_mean
from runner.config.unknown_option import unknown_option
from runner.errors import OK, ConfigError, Problem

if TYPE_CHECKING:
    from runner.config.catalogue import Option

MATRIX = "matrix"

COMMAND = Command(
    summary="groups, options and their keys: what there is, what it needs, what it means",
    usage="[GROUP] [OPTION]",
    about=(
        "Without a word, every group and option in a line. With a group, the keys of its options: type, default and"
        " meaning; with an option, all that is known of it. `matrix` says which searcher goes with which distribution,"
        " scheduler and objective, and why not."
    ),
    flags={"--json": "the same for machines", "--config-dir DIR": "search DIR for presets and options first"},
    examples={
        "python -m runner options searcher": "the searchers with their keys",
        "python -m runner options searcher optuna": "one option in full",
        "python -m runner options experiment": "the presets, each with its command",
        "python -m runner options matrix": "what goes together",
    },
)


def run(arguments: Arguments) -> int:
    """Print what was asked for."""
    group, option = (*arguments.names, None, None)[:2]
    as_json = "--json" in arguments.flags
    if group == MATRIX:
        return _matrix(option, as_json=as_json)
    from runner.commands.help import ORDER
    from runner.commands.options_tables import in_full, of_group, overview, show
    from runner.config.catalogue import catalogue
    from runner.config.hydra_loader import search_path

    given = arguments.flags.get("--config-dir")
    found = catalogue(search_path(Path(given) if given else None, Path.cwd()))
    names = [name for name in (*ORDER, *(name for name in found if name not in ORDER)) if name in found]
    chosen = {name: found[name] for name in names} if group is None else {group: _chosen(found, group, option)}
    if as_json:
        print(json.dumps({name: [_plain(known) for known in options] for name, options in chosen.items()}, indent=2))
    elif group is None:
        show(*overview(chosen))
    else:
        show(*(in_full(chosen[group][0]) if option else of_group(group, chosen[group])))
    return OK


def _matrix(option: str | None, *, as_json: bool) -> int:
    from runner.checks.matrix import matrix
    from runner.commands.options_tables import of_pairs, show

    if option is not None:
        remedy = "type python -m runner options matrix"
        raise ConfigError([Problem("arguments", option, "matrix has no options", remedy)])
    pairs = matrix()
    if as_json:
        print(json.dumps([{**asdict(pair), "goes": pair.goes} for pair in pairs], indent=2))
    else:
        show(*of_pairs(pairs))
    return OK


def _chosen(found: Mapping[str, list["Option"]], group: str, option: str | None) -> list["Option"]:
    if group not in found:
        owner = next((name for name, options in found.items() if any(o.name == group for o in options)), None)
        remedy = f"type python -m runner options {owner} {group}" if owner else did_you_mean(group, [*found, MATRIX])
        raise ConfigError([Problem("unknown-group", group, "is no group", remedy)])
    chosen = [known for known in found[group] if option in {None, known.name}]
    if not chosen:
        raise ConfigError([unknown_option(group, group, option, [known.name for known in found[group]])])
    return chosen


def _plain(option: "Option") -> dict[str, Any]:
    return {**asdict(option), "file": str(option.file) if option.file else None}
