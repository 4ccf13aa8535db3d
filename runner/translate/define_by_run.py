"""A conditional search space for Optuna: a function that asks a trial for one parameter after the other."""

from collections.abc import Callable
from typing import Any

from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import Trial
from ray.tune.search.optuna import OptunaSearch

from runner.translate.encoding import Encoded, Encoding


def define_by_run(encoding: Encoding) -> Callable[[Trial], Encoded]:
    """What OptunaSearch takes for `space`: it proposes the parameters that are there with those before them.

    Args:
        encoding: of a space whose distributions Optuna has.
    """
    distributions = OptunaSearch.convert_search_space(encoding.domains())

    def define(trial: Trial) -> Encoded:
        proposal: Encoded = {}
        for key, name in encoding.names_parents_first().items():
            if encoding.space.active(key, encoding.decode(proposal)):
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
