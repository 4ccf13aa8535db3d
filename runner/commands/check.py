"""check: what is wrong with presets, before anybody runs them."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from runner.commands.arguments import Arguments
from runner.commands.command import Command
from runner.errors import OK, USAGE, ConfigError, Problem

if TYPE_CHECKING:
    from runner.config.hydra_loader import HydraLoader

COMMAND = Command(
    summary="find what is wrong with presets or overrides; nothing starts",
    usage="[FILE ...]",
    about=(
        "Composes each preset (its name, its file, or a folder of files), with key=value on top, and checks the whole"
        " of it as tune does, without Ray, torch or a GPU; without a name, what tune would run. What a preset leaves"
        " to its user (???) is told and is no fault. A line a problem; exit code 2 where one would keep the experiment"
        " from starting."
    ),
    flags={
        "--here": "this machine too: data, weights, logins, disk, and the searcher's own arguments",
        "--json": "the results for machines",
        "--schema": "print the JSON Schema of a preset for editors, or write it to FILE",
    },
    configures=True,
    examples={
        "python -m runner check conf/experiment": "every preset of yours",
        "python -m runner check bccd digits": "presets by name",
        "python -m runner check budget.num_samples=50": "what tune would run with these words",
        "python -m runner check --schema runner.schema.json": "for completion in an editor",
    },
)


def run(arguments: Arguments) -> int:
    """Check every preset that is named. Returns 2 where one of them would not start."""
    from runner.api.check import check_preset
    from runner.commands.findings import lines, plain, summary, wrong
    from runner.config.hydra_loader import HydraLoader, search_path

    project = Path.cwd()
    loader = HydraLoader(search_path(arguments.config_folder, project))
    if "--schema" in arguments.flags:
        return _schema(arguments, loader.groups)
    here = "--here" in arguments.flags
    presets = _named(arguments, loader)
    results = [check_preset(preset, arguments.words, loader, project, here=here) for preset in presets]
    if "--json" in arguments.flags:
        print(json.dumps({"ok": not wrong(results), "results": [plain(result) for result in results]}, indent=2))
    else:
        for line in (*(line for result in results for line in lines(result)), summary(results)):
            print(line)
    return USAGE if wrong(results) else OK


def _named(arguments: Arguments, loader: "HydraLoader") -> list[str] | list[None]:
    """The presets, each once; [None] where there are words alone. Raises ConfigError."""
    from runner.config.hydra_loader import PRESET
    from runner.config.preset import presets

    named = [preset for name in arguments.names for preset in presets(name, loader)]
    typed = next((word for word in arguments.words if word.startswith((f"{PRESET}=", f"~{PRESET}"))), None)
    if named and typed:
        raise ConfigError([Problem("arguments", typed, "a preset is named already", f"remove {typed}, or the name")])
    return list(dict.fromkeys(named)) or [None]


def _schema(arguments: Arguments, groups: Mapping[str, Sequence[str]]) -> int:
    from runner.config.json_schema import json_schema

    surplus = [*arguments.names[1:], *arguments.words, *(flag for flag in arguments.flags if flag != "--schema")]
    if surplus:
        message = f"stands alone or with one FILE; {surplus[0]} has no effect on it"
        raise ConfigError([Problem("arguments", "--schema", message, "type check --schema FILE")])
    text = json.dumps(json_schema(groups), indent=2) + "\n"
    if not arguments.names:
        print(text, end="")
        return OK
    file = Path(arguments.names[0])
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        message = f"cannot be written: {error.strerror}"
        raise ConfigError([Problem("schema", str(file), message, "name a file in a folder of yours")]) from error
    print(f"wrote {file}")
    return OK
