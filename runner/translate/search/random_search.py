"""Random search and grids, as a searcher that is asked for one configuration after the other."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from ray.tune.search import Searcher
from ray.tune.search.variant_generator import generate_variants


class RandomSearch(Searcher):  # type: ignore[misc]
    """What Ray's BasicVariantGenerator draws: for each sample the product of all grids, with fresh draws beside it.

    BasicVariantGenerator makes trials itself, and so goes with nothing that wraps a searcher.

    Args:
        points: configurations of the first samples; keys that one leaves out are drawn.
        samples: how many; each takes every point of the grids that its point leaves open.
        seed: of the draws.
    """

    def __init__(self, points: Sequence[dict[str, Any]], samples: int, seed: int) -> None:
        super().__init__()
        self.points = points
        self.samples = samples
        self.seed = seed
        self.drawn: Iterator[dict[str, Any]] = iter(())

    def set_search_properties(self, metric: str | None, mode: str | None, config: dict[str, Any], **spec: Any) -> bool:
        self.drawn = self._draw(config)
        return True

    def suggest(self, trial_id: str) -> dict[str, Any] | str:
        return next(self.drawn, Searcher.FINISHED)

    def on_trial_complete(self, trial_id: str, result: dict[str, Any] | None = None, error: bool = False) -> None:
        """Nothing is learned from it."""

    def on_trial_result(self, trial_id: str, result: dict[str, Any]) -> None:
        """Nothing is learned from it."""

    def _draw(self, domains: dict[str, Any]) -> Iterator[dict[str, Any]]:
        generator = np.random.default_rng(self.seed)
        for number in range(self.samples):
            point = self.points[number] if number < len(self.points) else {}
            left = {key: domain for key, domain in domains.items() if key not in point}
            for _, drawn in generate_variants(left, random_state=generator):
                yield {**drawn, **point}
