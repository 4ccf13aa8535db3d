"""The search space as Ray Tune takes it."""

from collections.abc import Callable
from typing import Any

from runner.config.search_space import Distribution, SearchSpace

_RAY_NAMES = {"normal": "randn", "qnormal": "qrandn", "grid": "grid_search"}


def to_ray(space: SearchSpace) -> dict[str, Any]:
    """A nested dictionary with Ray's domains for distributions and the constants as they are."""
    return _map_tree(space.tree, to_ray_domain)


def to_ray_domain(distribution: Distribution) -> Any:
    """One distribution; both sides have the same arguments in the same order (ray.tune.search.sample).

    Ray 2.60 warns of `base`: a log-uniform distribution is the same for every base.
    """
    from ray import tune

    arguments = {key: value for key, value in distribution.arguments().items() if key != "base"}
    values = (list(value) if isinstance(value, tuple) else value for value in arguments.values())
    return getattr(tune, _RAY_NAMES.get(distribution.name, distribution.name))(*values)


def _map_tree(tree: dict[str, Any], convert: Callable[[Distribution], Any]) -> dict[str, Any]:
    return {
        key: _map_tree(leaf, convert)
        if isinstance(leaf, dict)
        else convert(leaf)
        if isinstance(leaf, Distribution)
        else leaf
        for key, leaf in tree.items()
    }
