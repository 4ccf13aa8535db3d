"""Random search and grids: Ray's BasicVariantGenerator."""

from typing import Any

from runner.config.experiment import Experiment
from runner.config.registry import SEARCHERS


@SEARCHERS.register("random")
def random(experiment: Experiment, *, points_to_evaluate: list[dict[str, Any]] = []) -> Any:  # noqa: B006
    """Random search; every point of a grid where the space has one.

    Args:
        points_to_evaluate: configurations to try first; keys that are left out are sampled.
    """
    from ray.tune.search import BasicVariantGenerator

    # tune.run ignores max_concurrent_trials where it is given this generator, which limits itself.
    return BasicVariantGenerator(
        points_to_evaluate=points_to_evaluate or None,
        max_concurrent=experiment.budget.max_concurrent or 0,
        random_state=experiment.seed,
    )
