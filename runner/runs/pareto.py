"""The Pareto front: the points that no other beats."""

from collections.abc import Mapping

from runner.config.objective import Objective

Point = Mapping[str, float]
"""The finite value of each of the objective's metrics."""


def pareto_front(points: Mapping[str, Point], objective: Objective) -> list[str]:
    """The names of the points that no other dominates, the best by the first objective first."""
    costs = {name: _cost(point, objective) for name, point in points.items()}
    front: list[str] = []
    for name in sorted(costs, key=costs.__getitem__):  # what dominates a point stands before it in this order
        # By the second of two objectives the last so far is the best of them.
        rivals = front[-1:] if len(objective.targets) == 2 else front
        if not any(_dominates(costs[other], costs[name]) for other in rivals):
            front.append(name)
    return front


def dominates(point: Point, other: Point, objective: Objective) -> bool:
    """Whether `point` is nowhere worse than `other` and somewhere better."""
    return _dominates(_cost(point, objective), _cost(other, objective))


def _cost(point: Point, objective: Objective) -> tuple[float, ...]:
    """Lower is better."""
    return tuple(point[t.metric] * (-1 if t.mode == "max" else 1) for t in objective.targets)


def _dominates(cost: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return cost != other and all(mine <= its for mine, its in zip(cost, other, strict=True))
