"""The trial that a user names."""

from runner.config.suggest import did_you_mean
from runner.errors import ConfigError, Problem


def trial_name(name: str, known: list[str]) -> str:
    """The trial that `name` means, which may leave out `trial_` and zeros: 3 is trial_003. Raises ConfigError."""
    if name in known:
        return name
    if name.isdigit():
        found = [one for one in known if one.rpartition("_")[2].isdigit() and int(one.rpartition("_")[2]) == int(name)]
        if found:
            return found[0]
    raise ConfigError([Problem("trial", name, "the run has no such trial", did_you_mean(name, known))])
