"""What can go wrong for a user, and the exit code that each wrong has."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

OK = 0
FAILED = 1
USAGE = 2
INTERRUPTED = 130


LONGEST_WORD = 300
LONGEST_TEXT = 1200
MOST_TOLD = 40
"""Problems in one message."""


UNPRINTABLE = re.compile(r"[^\x09\x0a\x0d\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Every character that YAML does not allow in a file."""


def shortened(text: str) -> str:
    """A text without the middle of very long words, and without its own where it is very long."""
    text = UNPRINTABLE.sub(lambda match: repr(match[0])[1:-1], text)
    text = re.sub(rf"\S{{{LONGEST_WORD + 1},}}", lambda match: _ends(match[0], LONGEST_WORD // 3), text)
    return text if len(text) <= LONGEST_TEXT else _ends(text, LONGEST_TEXT // 3)


def _ends(text: str, kept: int) -> str:
    return f"{text[:kept]}...({len(text) - 2 * kept} characters)...{text[-kept:]}"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with an experiment, and what to type instead.

    `rule` names the check that found it ("unknown-key"), `where` is the dotted path in the config,
    `remedy` starts with a verb. A problem that is not `fatal` is a warning: the experiment starts.
    """

    rule: str
    where: str
    message: str
    remedy: str = ""
    fatal: bool = True

    def __post_init__(self) -> None:
        for part in ("where", "message", "remedy"):
            object.__setattr__(self, part, shortened(getattr(self, part)))

    @property
    def kind(self) -> str:
        """The word for it. Where the experiment starts and there is nothing to do, it is a note."""
        return "problem" if self.fatal else "warning" if self.remedy else "note"

    def __str__(self) -> str:
        head = f"{self.where}: {self.message}" if self.where else self.message
        return f"{head}\n    -> {self.remedy}" if self.remedy else head


class RunnerError(Exception):
    """An error that is told in one message, without a traceback."""

    exit_code = FAILED


class ConfigError(RunnerError):
    """The configuration or the command line is wrong; nothing was started. Holds every problem found."""

    exit_code = USAGE

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        told = [str(problem) for problem in self.problems[:MOST_TOLD]]
        left = len(self.problems) - len(told)
        super().__init__("\n".join([*told, *([f"and {left} more problems"] if left else [])]))


class AttestationError(RunnerError):
    """In a trial: a value that was asked for is not the one at work. After a few of them the experiment ends."""


class OutOfMemoryError(RunnerError):
    """In a trial: the batch does not fit into the memory; an outcome of its own, which a second try would repeat."""


class CheckpointError(RunnerError):
    """In a trial: a checkpoint that cannot be gone on from, with the reason."""


class ExperimentFailed(RunnerError):
    """The experiment started and left no usable result. `run_folder` is that of its run, once there is one."""

    def __init__(self, message: str, run_folder: Path | None = None) -> None:
        super().__init__(message)
        self.run_folder = run_folder


class Interrupted(KeyboardInterrupt):
    """Ctrl-C, a signal or the loss of Ray ended a run that has begun; it is kept in `run_folder` and can be resumed."""

    def __init__(self, message: str, run_folder: Path) -> None:
        super().__init__(message)
        self.run_folder = run_folder
