"""The command line: flags are ours, `key=value` is configuration."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from runner.config.suggest import did_you_mean
from runner.errors import ConfigError, Problem

COMMANDS = ("tune",)
CFG = ("job", "hydra", "all")
INFO = ("all", "config", "defaults", "defaults-tree", "plugins", "searchpath")

_FLAGS = {
    "-h": "help", "--help": "help", "--version": "version", "-m": "multirun", "--multirun": "multirun",
    "--resolve": "resolve",
}  # fmt: skip
_WITH_VALUE = {
    "-c": "cfg", "--cfg": "cfg", "-i": "info", "--info": "info", "-cd": "config_dir", "--config-dir": "config_dir",
    "-p": "package", "--package": "package", "-sc": "completion", "--shell-completion": "completion",
}  # fmt: skip
_OPTIONAL_VALUE = {"info": "all", "completion": ""}


@dataclass
class Arguments:
    """What was typed, sorted."""

    words: tuple[str, ...] = ()
    command: str = "tune"
    help: bool = False
    version: bool = False
    multirun: bool = False
    resolve: bool = False
    cfg: str | None = None
    info: str | None = None
    package: str | None = None
    config_dir: str | None = None
    completion: str | None = None

    @property
    def config_folder(self) -> Path | None:
        return None if self.config_dir is None else Path(self.config_dir)


def parse(argv: Sequence[str]) -> Arguments:
    """Sort the words of the command line. Raises ConfigError for a flag or a command that does not exist."""
    arguments = Arguments()
    words: list[str] = []
    rest = list(argv)
    if rest and rest[0] in COMMANDS:
        arguments.command = rest.pop(0)
    while rest:
        word = rest.pop(0)
        if not word.startswith("-"):
            words.append(word)
            continue
        flag, equals, value = word.partition("=")
        if flag in _FLAGS and not equals:
            setattr(arguments, _FLAGS[flag], True)
        elif flag in _WITH_VALUE:
            name = _WITH_VALUE[flag]
            setattr(arguments, name, value if equals else _take_value(flag, name, rest))
        else:
            remedy = did_you_mean(flag, [f for f in (*_FLAGS, *_WITH_VALUE) if f.startswith("--")])
            raise ConfigError([Problem("flag", word, "unknown flag", remedy)])
    arguments.words = tuple(words)
    _check(arguments)
    return arguments


def _take_value(flag: str, name: str, rest: list[str]) -> str:
    # `install=bash` is the value of --shell-completion; elsewhere a word with = is configuration.
    if rest and not rest[0].startswith("-") and ("=" not in rest[0] or name == "completion"):
        return rest.pop(0)
    if name in _OPTIONAL_VALUE:
        return _OPTIONAL_VALUE[name]
    raise ConfigError([Problem("flag", flag, "needs a value", f"type {flag} {CFG[0] if name == 'cfg' else 'VALUE'}")])


def _check(arguments: Arguments) -> None:
    for flag, given in (("--package", arguments.package), ("--resolve", arguments.resolve)):
        if given and not arguments.cfg:
            raise ConfigError([Problem("flag", flag, "says how --cfg prints", "add --cfg job")])
    for flag, value, allowed in (("--cfg", arguments.cfg, CFG), ("--info", arguments.info, INFO)):
        if value is not None and value not in allowed:
            raise ConfigError([Problem("flag", flag, f"{value!r} is not known", f"one of {', '.join(allowed)}")])
    for word in arguments.words:
        if "=" not in word and not word.startswith("~") and len(arguments.words) == 1 and word in {"help", "version"}:
            raise ConfigError([Problem("flag", word, "is a flag", f"type --{word}")])
