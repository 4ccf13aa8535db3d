"""What a search begins with, whichever searcher it is: options that all of them share."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from runner.config.points import EvaluatedPoint, Points, RunToBeginWith


class SearcherOptions(BaseModel):
    """Options of every searcher.

    Args:
        repeat: trials of each configuration, with another seed each; the searcher is told their mean.
        points_to_evaluate: configurations to try first, or the YAML file that holds them; a key that is left out has
            the trainable's default.
        evaluated_points: [{point: {...}, objective: 0.4}], results that are known; none of them runs. Of several
            objectives: objective: {accuracy: 0.9, leaves: 12}.
        warm_start: a run folder, whose five best trials are tried first, or {run: ..., best: k}, or
            {run: ..., results: true}: what came out of all its finished trials is told, and none of them runs.
        defaults_first: trial 0 runs the trainable's own defaults, inside of the space or not; outside of it the
            searcher is not told what came out.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    repeat: Annotated[int, Field(ge=1, le=1000)] = 1
    points_to_evaluate: Points = Field(default_factory=list)
    evaluated_points: list[EvaluatedPoint] = Field(default_factory=list)
    warm_start: RunToBeginWith = None
    defaults_first: bool = False
