"""Random search and grids: Ray's BasicVariantGenerator."""

from typing import Any

from runner.config.experiment import Experiment
from runner.config.points import Points, RunToBeginWith, default_point, listed, nested
from runner.config.registry import SEARCHERS


@SEARCHERS.register("random")
def random(
    experiment: Experiment,
    *,
    points_to_evaluate: Points = [],  # noqa: B006
    warm_start: RunToBeginWith = None,  # noqa: ARG001 - read before, into points_to_evaluate
    defaults_first: bool = False,
) -> Any:
    """Random search; every point of a grid where the space has one.

    Args:
        points_to_evaluate: configurations to try first, or the YAML file that holds them; a key that is left out has
            the trainable's default, or is sampled where there is none.
        warm_start: a run folder, whose five best trials are tried first, or {run: ..., best: k}.
        defaults_first: trial 0 runs the trainable's own defaults, inside of the space or not.
    """
    from ray.tune.search import BasicVariantGenerator

    points = listed(points_to_evaluate)
    if defaults_first:
        points = [nested(default_point(experiment.search_space, experiment.trainable.defaults() or {})), *points]
    return BasicVariantGenerator(points_to_evaluate=points or None, random_state=experiment.seed)
