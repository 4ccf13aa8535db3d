"""OptunaSearch that knows what came out of trials before its own."""

from collections.abc import Sequence
from typing import Any

from ray.tune.search.optuna import OptunaSearch


class InformedOptuna(OptunaSearch):  # type: ignore[misc]
    """OptunaSearch takes results only for all of its points to evaluate or for none; this one takes both lists.

    Args:
        evaluated: configurations with keys as a/b, and the objective of each.
        foreseeable: how many proposals come before the first that a result can change; None: no result changes any.
        options: those of OptunaSearch.
    """

    def __init__(
        self, *, evaluated: Sequence[tuple[dict[str, Any], float]], foreseeable: int | None, **options: Any
    ) -> None:
        super().__init__(**options)
        self.evaluated = tuple(evaluated)
        self.foreseeable = foreseeable

    def set_search_properties(self, metric: str | None, mode: str | None, config: dict[str, Any], **spec: Any) -> bool:
        """Here Ray makes the study, for the search space in `config`."""
        taken = bool(super().set_search_properties(metric, mode, config, **spec))
        for point, objective in self.evaluated:
            self.add_evaluated_point(point, objective)
        return taken
