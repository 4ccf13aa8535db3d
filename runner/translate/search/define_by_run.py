"""A conditional search space for Optuna: a trial is asked for one parameter after the other."""

from collections.abc import Callable
from typing import Any

from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import Trial
from ray.tune.search.optuna import OptunaSearch

from runner.translate.search.encoding import Encoded, Encoding


class DefineByRun(OptunaSearch):  # type: ignore[misc]
    """OptunaSearch that asks its trials itself, for the parameters that are there with those before them.

    Args:
        encoding: of a space whose distributions Optuna has.
        options: those of OptunaSearch.
    """

    def __init__(self, encoding: Encoding, **options: Any) -> None:
        super().__init__(**options)
        self.encoding = encoding

    def convert_search_space(self, spec: dict[str, Any]) -> Callable[[Trial], Encoded]:
        """Ray's domains as the function that OptunaSearch takes in the place of Optuna's distributions."""
        distributions = OptunaSearch.convert_search_space(spec)

        def define(trial: Trial) -> Encoded:
            proposal: Encoded = {}
            for key, name in self.encoding.names_parents_first().items():
                if self.encoding.space.active(key, self.encoding.decode(proposal)):
                    proposal[name] = _suggested(trial, name, distributions[name])
            return proposal

        return define


def _suggested(trial: Trial, name: str, distribution: BaseDistribution) -> Any:
    """The value of one parameter; a trial is asked by the kind of the distribution."""
    if isinstance(distribution, CategoricalDistribution):
        return trial.suggest_categorical(name, distribution.choices)
    if isinstance(distribution, IntDistribution):
        return trial.suggest_int(
            name, distribution.low, distribution.high, step=distribution.step, log=distribution.log
        )
    if isinstance(distribution, FloatDistribution):
        return trial.suggest_float(
            name, distribution.low, distribution.high, step=distribution.step, log=distribution.log
        )
    raise TypeError(f"{name}: {distribution} is none of Optuna's three kinds")
