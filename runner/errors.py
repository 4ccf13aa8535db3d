"""What can go wrong for a user, and the exit code that each wrong has."""

from collections.abc import Sequence
from dataclasses import dataclass

OK = 0
FAILED = 1
USAGE = 2
INTERRUPTED = 130


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
        super().__init__("\n".join(str(problem) for problem in self.problems))


class AttestationError(RunnerError):
    """In a trial: a value that was asked for is not the one at work. After a few of them the experiment ends."""


class OutOfMemoryError(RunnerError):
    """In a trial: the batch does not fit into the memory; an outcome of its own, which a second try would repeat."""


class CheckpointError(RunnerError):
    """In a trial: a checkpoint that cannot be gone on from, with the reason."""


class ExperimentFailed(RunnerError):
    """The experiment started and left no usable result."""
