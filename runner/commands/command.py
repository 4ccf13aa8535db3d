"""What a command says of itself, and the commands there are."""

import importlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runner.commands.arguments import Arguments

COMMANDS = (
    "tune", "plan", "check", "options", "resume", "extend", "runs", "why", "report", "promote", "train", "confirm",
    "replay", "diff",
)  # fmt: skip
"""In the order of a user's work; each is a module of this folder with `COMMAND` and `run(arguments) -> exit code`."""


@dataclass(frozen=True)
class Command:
    """One command.

    Attributes:
        summary: one line for --help.
        usage: its words, RUN and the like, [TRIAL] where it may be left out, [FILE ...] for any number of them.
        about: what it does, in a few lines.
        flags: its own flags with their meanings; one that takes a value names it, as in "--top K".
        configures: whether key=value words make a config, as for tune, or change that of RUN.
        examples: command lines with a word on each.
    """

    summary: str
    usage: str = ""
    about: str = ""
    flags: Mapping[str, str] = field(default_factory=dict)
    configures: bool = False
    examples: Mapping[str, str] = field(default_factory=dict)

    def switches(self) -> set[str]:
        """The flags that take no value."""
        return {flag for flag in self.flags if " " not in flag}

    def with_value(self) -> dict[str, str]:
        """The flags that take a value, with the name of that."""
        return dict(flag.split(" ", 1) for flag in self.flags if " " in flag)

    def least_names(self) -> int:
        """Words that are no configuration, at least."""
        return len(re.sub(r"\[.*?\]", "", self.usage).split())

    def most_names(self) -> int | None:
        """Words that are no configuration, at most; None: any number."""
        return None if "..." in self.usage else len(re.findall(r"[A-Z]+", self.usage))


def load(name: str) -> tuple[Command, Callable[["Arguments"], int]]:
    """A command of COMMANDS, and what runs it."""
    module = importlib.import_module(f"runner.commands.{name}")
    return module.COMMAND, module.run
