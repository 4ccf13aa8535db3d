"""What to type in the place of an option that does not exist."""

from collections.abc import Iterable

from runner.config.suggest import did_you_mean
from runner.errors import Problem

_GRID = "a grid is a distribution: type searcher=random 'search_space.KEY=grid([1, 2, 3])'"
_OTHER_NAMES = {
    ("searcher", "grid"): _GRID,
    ("searcher", "grid_search"): _GRID,
    ("searcher", "variant_generator"): "type searcher=random",
    ("scheduler", "async_hyperband"): "type scheduler=asha",
    ("scheduler", "asynchyperband"): "type scheduler=asha",
    ("scheduler", "hb_bohb"): "type scheduler=bohb",
    ("scheduler", "median_stopping_rule"): "type scheduler=median",
    ("scheduler", "medianstopping"): "type scheduler=median",
    ("scheduler", "resource_changing"): (
        "what a trial takes is the same for the whole run: type resources.cpu=... and resources.gpu=..."
    ),
}
"""Names of Ray Tune (tune.create_searcher, tune.create_scheduler, tune.grid_search) for what has another one here."""


def unknown_option(where: str, group: str, option: object, known: Iterable[str]) -> Problem:
    """No option of `group` has this name; `where` is what says it has."""
    message = f"there is no {group} {option}" if isinstance(option, str) else f"{option!r} is no name of a {group}"
    remedy = _OTHER_NAMES.get((group, str(option))) or did_you_mean(str(option), known)
    return Problem("unknown-option", where, message, remedy)
