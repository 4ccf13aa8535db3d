"""The command line: flags are ours, `key=value` is configuration."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from runner.commands.command import COMMANDS, Command, load
from runner.config.habits import COMMAND_NAMES, flag_remedy
from runner.config.suggest import did_you_mean
from runner.errors import ConfigError, Problem

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
LONGEST_NUMBER = 9
"""Digits of a number behind a flag."""
_OPTIONAL_VALUE = {"info": "all", "completion": ""}


@dataclass
class Arguments:
    """What was typed, sorted.

    Attributes:
        words: key=value and the like, for Hydra and for us.
        names: what a command works on (run folders, trials, files); tune has none.
        flags: those that only this command has, with their values ("" for a switch).
    """

    words: tuple[str, ...] = ()
    command: str = "tune"
    names: tuple[str, ...] = ()
    flags: dict[str, str] = field(default_factory=dict)
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

    def count(self, flag: str) -> int | None:
        """The whole number behind a flag of the command, 1 or more; None where it is not given. Raises ConfigError."""
        text = self.flags.get(flag)
        if text is None:
            return None
        if not text.isdecimal() or len(text) > LONGEST_NUMBER or int(text) < 1:
            raise ConfigError([Problem("flag", flag, f"{text!r} is no whole number from 1 on", f"type {flag} 3")])
        return int(text)


def parse(argv: Sequence[str]) -> Arguments:
    """Sort the words of the command line. Raises ConfigError for a flag or a command that does not exist."""
    rest = _command_first(list(argv))
    if rest and rest[0] in COMMANDS and rest[0] != "tune":
        return _parse_command(rest[0], rest[1:])
    arguments = Arguments()
    words: list[str] = []
    if rest and rest[0] == "tune":
        rest.pop(0)
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
            raise _unknown_flag(word, rest, [f for f in (*_FLAGS, *_WITH_VALUE) if f.startswith("--")])
    late = next((word for word in words if word in COMMANDS), None)
    if late:
        others = " ".join(word for word in words if word != late)
        remedy = f"type python -m runner {late} {others}".rstrip()
        raise ConfigError([Problem("command", late, "is a command, which stands first", remedy)])
    if words and words[0] in COMMAND_NAMES:
        raise ConfigError([Problem("command", words[0], "is no command", COMMAND_NAMES[words[0]])])
    nearest = did_you_mean(words[0], COMMANDS) if words and _is_name(words[0]) else ""
    if nearest.startswith("did you mean"):
        raise ConfigError([Problem("command", words[0], "is no command", nearest)])
    arguments.words = tuple(words)
    _check(arguments)
    return arguments


def _parse_command(name: str, rest: list[str]) -> Arguments:
    """The words behind the name of a command that is not tune."""
    command, _ = load(name)
    arguments = Arguments(command=name)
    names, words = [], []
    while rest:
        word = rest.pop(0)
        if word.startswith("-"):
            _take_flag(word, rest, command, arguments)
        elif _is_name(word):
            names.append(word)
        else:
            words.append(word)
    arguments.names, arguments.words = tuple(names), tuple(words)
    if not arguments.help:
        _check_names(name, command, arguments)
    return arguments


def _is_name(word: str) -> bool:
    """Whether a word is no configuration: it sets and deletes nothing, or it is a path that is there."""
    if "=" not in word and not word.startswith("~"):
        return True
    try:
        return Path(word).exists()
    except OSError:  # longer than the name of a file may be
        return False


def _take_flag(word: str, rest: list[str], command: Command, arguments: Arguments) -> None:
    flag, equals, value = word.partition("=")
    valued = command.with_value()
    if word in {"-h", "--help"}:
        arguments.help = True
    elif command.configures and flag in {"-cd", "--config-dir"}:
        arguments.config_dir = value if equals else _take_value(flag, "config_dir", rest)
    elif flag in command.switches() and not equals:
        arguments.flags[flag] = ""
    elif flag in valued:
        if not equals and (not rest or rest[0].startswith("-")):
            raise ConfigError([Problem("flag", flag, "needs a value", f"type {flag} {valued[flag]}")])
        arguments.flags[flag] = value if equals else rest.pop(0)
    else:
        raise _unknown_flag(word, rest, [*command.switches(), *valued, "--help"])


def _unknown_flag(word: str, rest: Sequence[str], known: Sequence[str]) -> ConfigError:
    """What to type in the place of a flag that does not exist; `rest` is what stands behind it."""
    from runner.trainables.yolo.arguments import arguments  # with a file of Ultralytics

    flag, equals, value = word.partition("=")
    behind = rest[0] if rest and not rest[0].startswith("-") and "=" not in rest[0] else ""
    remedy = flag_remedy(flag, value if equals else behind, arguments()) or did_you_mean(flag, known)
    return ConfigError([Problem("flag", word, "unknown flag", remedy)])


def _command_first(argv: list[str]) -> list[str]:
    """The command before the flags that stand in front of it."""
    for place, word in enumerate(argv):
        if word in COMMANDS and place:
            return [word, *argv[:place], *argv[place + 1 :]]
        if not word.startswith("-") and not (place and argv[place - 1] in _WITH_VALUE):
            break
    return argv


def _check_names(name: str, command: Command, arguments: Arguments) -> None:
    """As many names as the usage says, and no configuration where the command takes none."""
    usage = f"type python -m runner {name} {command.usage}".rstrip()
    most = command.most_names()
    if len(arguments.names) < command.least_names():
        missing = command.usage.split()[len(arguments.names)]
        raise ConfigError([Problem("arguments", name, f"needs {missing}", usage)])
    if most is not None and len(arguments.names) > most:
        surplus = " ".join(arguments.names[most:])
        raise ConfigError([Problem("arguments", name, f"does not take {surplus}", usage)])
    if arguments.words and not command.configures:
        raise ConfigError([Problem("arguments", name, f"takes no configuration ({arguments.words[0]})", usage)])


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
