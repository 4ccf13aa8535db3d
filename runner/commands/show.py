"""--cfg, --info and --shell-completion: look at a configuration without running it."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from runner.commands.arguments import Arguments
from runner.commands.command import COMMANDS, load
from runner.config.compose import compose
from runner.config.hydra_loader import HydraLoader, search_path, to_yaml
from runner.config.overrides import Assignment, expand, read_word
from runner.errors import OK, ConfigError, Problem


def show(arguments: Arguments) -> int:
    """Print what was asked for."""
    loader = HydraLoader(search_path(arguments.config_folder, Path.cwd()))
    if arguments.completion is not None:
        _complete([arguments.completion or "query=bash", *arguments.words], loader)
    elif arguments.info:
        words = [read_word(text, loader) for text in arguments.words]
        # Hydra tells how the groups were put together; values that we set afterwards change nothing in that.
        loader.info(arguments.info, [word.text for word in words if not isinstance(word, Assignment)])
    else:
        jobs = expand(arguments.words, loader) if arguments.multirun else [list(arguments.words)]
        for number, job in enumerate(jobs):
            if arguments.multirun:
                print(f"# job {number}: {' '.join(job)}")
            print(_config(job, arguments, loader), end="" if number == len(jobs) - 1 else "---\n")
    return OK


def _complete(words: Sequence[str], loader: HydraLoader) -> None:
    """Hydra completes configuration; the names of commands are ours, and hidden from it, as are other names."""
    line = os.environ.get("COMP_LINE", "")
    program, *typed = line.split() or [""]
    if words[0].startswith("query=") and typed:
        unfinished = "" if line.endswith(" ") else typed.pop()
        if not typed:
            print(*(name for name in COMMANDS if unfinished and name.startswith(unfinished)), end=" ")
        elif typed[0] in COMMANDS and typed[0] != "tune" and not load(typed[0])[0].configures:
            return
        os.environ["COMP_LINE"] = " ".join([program, *(word for word in typed if "=" in word), unfinished])
    loader.complete(words)


def _config(words: Sequence[str], arguments: Arguments, loader: HydraLoader) -> str:
    composed = compose(words, loader, with_hydra=arguments.cfg != "job")
    for note in composed.notes:
        print(f"# note: {note}")
    config: dict[str, Any] = composed.config
    if arguments.cfg == "hydra":
        config = {"hydra": config["hydra"]}
    for part in (arguments.package or "").split("."):
        if part:
            if part not in config or not isinstance(config[part], dict):
                raise ConfigError([Problem("package", "--package", f"{arguments.package} is no node of the config")])
            config = config[part]
    return to_yaml(config, resolved=arguments.resolve)
