"""The searcher of an experiment, built with all that it begins with."""

from typing import TYPE_CHECKING

from runner.config.experiment import Experiment
from runner.config.points import default_point, fits, flat, listed
from runner.config.registry import SEARCHERS

if TYPE_CHECKING:
    from ray.tune.search import Searcher

    from runner.translate.search.translated_search import TranslatedSearch


def build_search(experiment: Experiment) -> "Searcher":
    """The searcher that Ray is given. Raises TypeError and ValueError for options that its library refuses.

    Trials that repeat a configuration follow each other, so that a trial's number tells which repeat it is.
    """
    from runner.translate.search.repeated_search import RepeatedSearch

    search = translated_search(experiment)
    repeat = experiment.searcher.options["repeat"]
    return RepeatedSearch(search, repeat) if repeat > 1 else search


def translated_search(experiment: Experiment) -> "TranslatedSearch":
    """The same, without the trials of one configuration that repeat it."""
    from runner.translate.search.encoding import Encoding
    from runner.translate.search.translated_search import TranslatedSearch

    options, space = experiment.searcher.options, experiment.search_space
    plugin = SEARCHERS.get(experiment.searcher.name)
    encoding = Encoding(space, plugin.traits.supported)
    known = [(flat(one.point, space), one.objective) for one in options["evaluated_points"]]
    points = [flat(point, space) for point in listed(options["points_to_evaluate"])]
    first = None
    if options["defaults_first"]:
        first = default_point(space, experiment.trainable.defaults() or {})
        if fits(first, space) or not plugin.traits.learns:
            points, first = [first, *points], None
    encoded = [encoding.encode(point) for point in (*(point for point, _ in known), *points)]
    return TranslatedSearch(
        plugin.build(experiment, encoding, encoded, **plugin.own(options)),
        encoding,
        known=known,
        points=points,
        first=first,
        objective=experiment.objective,
        seed=experiment.seed,
    )
