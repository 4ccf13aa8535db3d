"""The repair of a whole run folder, before any command reads it."""

from collections.abc import Iterator

from runner.config.objective import Objective
from runner.errors import ConfigError
from runner.runs.damage import damaged
from runner.runs.driver import refuse_taken
from runner.runs.folder import RunFolder, config_text
from runner.runs.kept_config import fault, read_config, read_words, read_yaml, refuse_newer
from runner.runs.lock import LATER
from runner.runs.mending.aside import rewrite, set_aside
from runner.runs.mending.decisions import mend_decisions
from runner.runs.mending.history import mend_history
from runner.runs.mending.journal import mend_journal
from runner.runs.mending.sound import read
from runner.runs.mending.trials import mend_trials
from runner.runs.wording import shown


def mend(run: RunFolder) -> list[str]:
    """Repair each damaged file from the others. Returns what was wrong, and what is lost.

    A run that a process works on, or may, is left alone. What cannot be repaired stays, and its readers tell it.
    Raises ConfigError where the repair cannot be written, and for a run of a later version.
    """
    if run.config.is_file():
        refuse_newer(run.config)
    try:
        refuse_taken(run)
    except ConfigError:
        return []
    try:
        return list(_notes(run))
    except OSError as error:
        raise damaged(run.root, f"a file is damaged and cannot be repaired: {error}") from error


def _notes(run: RunFolder) -> Iterator[str]:
    yield from _config(run)
    yield from _words(run)
    try:
        config = read_config(run)
    except ConfigError:
        return
    if not run.journal.is_file():
        return  # of an older version
    objective, sound = Objective.of(config), read(run)
    yield from mend_history(run, objective, sound)
    yield from mend_decisions(run, sound)
    yield from mend_trials(run, config, objective, sound)
    yield from mend_journal(run, config, objective, read(run))


def _config(run: RunFolder) -> Iterator[str]:
    try:
        read_config(run)
    except ConfigError as error:
        try:
            locked = read_yaml(run.lock) if run.lock.is_file() else None
        except ConfigError:
            return
        later = locked.get(LATER) if isinstance(locked, dict) else None
        newest = later[-1] if isinstance(later, list) and later else locked
        config = newest.get("config") if isinstance(newest, dict) else None
        if config is None or fault(config):
            return
        kept = rewrite(run.config, config_text(config))
        yield (
            f"{error.problems[0].where} {error.problems[0].message}; put back from lock.yaml: what a later resume or"
            f" extend has changed is not in it, see {shown(run.overrides)}; {kept}"
        )


def _words(run: RunFolder) -> Iterator[str]:
    try:
        read_words(run)
    except ConfigError as error:
        yield (
            f"{error.problems[0].where} {error.problems[0].message}: what was typed is not known any more, what it came"
            f" to is in config.yaml; {set_aside(run.overrides)}"
        )
