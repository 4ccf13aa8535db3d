"""HyperOpt over a conditional search space: switches that leave out what is not there (Bergstra et al. 2013).

Completes the trials that Ray's HyperOptSearch makes of points, which are private (tried on Ray 2.60, HyperOpt 0.3.0).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hyperopt.pyll import as_apply, scope
from ray.tune.search.hyperopt import HyperOptSearch

from runner.config.conditions import Condition, among
from runner.translate.search.encoding import Encoded, Encoding

_SPACE = "space"


@scope.define  # type: ignore[untyped-decorator]
def branch_where(value: Any, holds: Callable[[Any], bool]) -> int:
    """The second of the two branches of a switch, where a parent's value is as asked for. HyperOpt calls this."""
    return int(holds(value))


class ConditionalHyperOpt(HyperOptSearch):  # type: ignore[misc]
    """Proposes, and learns about, the parameters that are there; HyperOptSearch itself makes a space without switches.

    The space lies below one key: Ray takes a switch that stands for a parameter for a choice, and looks for the points'
    values among its branches.

    Args:
        encoding: of a space whose distributions HyperOpt has; choices are of texts.
        points: encoded points to evaluate first.
        options: those of HyperOptSearch.
    """

    def __init__(self, encoding: Encoding, points: Sequence[Encoded], **options: Any) -> None:
        domains = encoding.domains()
        categories = {name: domain.categories for name, domain in domains.items() if hasattr(domain, "categories")}
        indices = [
            {name: categories[name].index(value) if name in categories else value for name, value in point.items()}
            for point in points
        ]
        space = {_SPACE: _switched(encoding, HyperOptSearch.convert_search_space(domains))}
        super().__init__(space=space, points_to_evaluate=indices or None, **options)
        for trial in self._hpopt_trials.trials:
            for told in (trial["misc"]["idxs"], trial["misc"]["vals"]):
                # HyperOpt asks every trial for each parameter, an empty list where it had none; Ray lists what it had.
                told.update({name: [] for name in domains if name not in told})

    def suggest(self, trial_id: str) -> dict[str, Any]:
        proposal = super().suggest(trial_id)[_SPACE]
        return {name: value for name, value in proposal.items() if value is not None}


def _switched(encoding: Encoding, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """HyperOpt's parameters, each behind a switch for every key that its condition asks for, the outermost first."""
    names, given = encoding.names_parents_first(), {**encoding.space.constants(), **encoding.fixed}
    switched = {}
    for key, name in names.items():
        condition = encoding.space.conditions.get(key, {})
        if not all(among(given[parent], values) for parent, values in condition.items() if parent in given):
            continue  # it is there in no trial
        expression = parameters[name]
        for parent in reversed([parent for parent in names if parent in condition]):
            holds = _asked(encoding, parent, condition)
            expression = scope.switch(scope.branch_where(parameters[names[parent]], holds), as_apply(None), expression)
        switched[name] = expression
    return switched


def _asked(encoding: Encoding, parent: str, condition: Condition) -> Callable[[Any], bool]:
    """Whether a draw of HyperOpt's, which may be rounded on its way to the trial, is among the values asked for."""
    return lambda drawn: among(encoding.decoded(parent, drawn), condition[parent])
