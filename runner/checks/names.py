"""Names of hyperparameters."""

from collections.abc import Iterator

from runner.config.experiment import Experiment
from runner.errors import Problem


def distinct_keys(experiment: Experiment) -> Iterator[Problem]:
    """A key holds neither '/' nor '.', by which nested keys are joined on the way through Ray and into tables."""
    for path in experiment.search_space.leaves():
        for part in path:
            if "/" in part or "." in part or not part:
                where = ".".join(("search_space", *path))
                yield Problem("space-key", where, f"the key {part!r} holds '/' or '.'", "nest it, as in a: {b: ...}")
