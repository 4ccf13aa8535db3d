"""Ax's Bayesian optimisation through Ray's AxSearch."""

from typing import Any

from runner.config.conversion import TEXTS
from runner.config.experiment import Experiment
from runner.config.objective import OBJECTIVE
from runner.config.registry import SEARCHERS
from runner.config.traits import SearcherTraits


@SEARCHERS.register(
    "ax",
    requires=("ax-platform",),
    traits=SearcherTraits(
        paper="Olson et al. 2025, https://openreview.net/forum?id=U1f6wHtG1g",
        extra="ax",
        supported=frozenset({"uniform", "randint", TEXTS}),
    ),
)
def ax(
    experiment: Experiment,
    encoding: Any,
    points: Any,
    *,
    parameter_constraints: list[str] = [],  # noqa: B006
) -> Any:
    """Ax: BoTorch's Gaussian processes after quasi-random trials (https://ax.dev).

    Args:
        parameter_constraints: linear inequalities between searched numbers, as in "x1 + x2 <= 2".
    """
    for constraint in parameter_constraints:
        changed = [key for key, known in encoding.conversions.items() if known.words and key in constraint.split()]
        if changed:
            raise ValueError(f"parameter_constraints: {constraint!r} holds {changed[0]}, which Ax has not as it is")
    from runner.translate.internals.patched_ax import PatchedAx
    from runner.translate.search.translated_search import Library

    search = PatchedAx(
        metric=OBJECTIVE,
        mode=experiment.objective.mode,
        points_to_evaluate=points or None,
        parameter_constraints=parameter_constraints or None,
        random_seed=experiment.seed,
        verbose_logging=False,
    )
    return Library(search)
