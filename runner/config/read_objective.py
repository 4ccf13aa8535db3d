"""The objective: its long form, its short form, and what the trainable knows of its metrics."""

import math
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from runner.config.objective import RAY_KEYS, Objective, Target
from runner.config.suggest import did_you_mean
from runner.config.trainable import Trainable
from runner.config.validate import unknown_key, validate
from runner.errors import Problem


class Entry(BaseModel, extra="forbid", strict=True):
    """One entry of objective.metrics.

    Args:
        metric: a reported metric; auto: what the trainable names itself.
        mode: max or min, the direction that is better; empty where the trainable knows it.
        weight: share of a weighted sum, where there are several entries; without weights they are several objectives.
    """

    metric: str
    mode: str | None = None
    weight: float | None = None


def read_objective(node: Any, trainable: Trainable | None, problems: list[Problem]) -> Objective | None:
    """The objective in its long form; `objective.metric` and `objective.mode` speak for a list of one."""
    where = "objective"
    if not isinstance(node, Mapping):
        problems.append(Problem("type", where, f"{node!r} is no mapping", "write objective: {metric: ..., mode: max}"))
        return None
    before = len(problems)
    problems += [
        unknown_key(f"{where}.{key}", str(key), ("metrics", "metric", "mode"))
        for key in node
        if key not in {"metrics", "metric", "mode"}
    ]
    entries = node.get("metrics")
    if not isinstance(entries, list) or not entries:
        entries = [{"metric": "auto"}] if entries is None else None
    if entries is None:
        problems.append(
            Problem(
                "type",
                f"{where}.metrics",
                "must be a list of {metric, mode, weight}",
                "write metrics: [{metric: ..., mode: max}]",
            )
        )
        return None
    short = {key: node[key] for key in ("metric", "mode") if node.get(key) is not None}
    if short and len(entries) > 1:
        key = next(iter(short))
        problems.append(
            Problem(
                "one-home",
                f"{where}.{key}",
                f"speaks for a list of one, and objective.metrics has {len(entries)}",
                "change the list",
            )
        )
        return None
    if "metric" in short and isinstance(entries[0], Mapping):
        # Another metric does not inherit the direction of the one that it replaces.
        entries = [{"metric": short["metric"], **({"mode": short["mode"]} if "mode" in short else {})}]
    elif short and isinstance(entries[0], Mapping):
        entries = [{**entries[0], **short}]
    targets = [
        _target(entry, f"{where}.metrics.{n}", len(entries), trainable, problems) for n, entry in enumerate(entries)
    ]
    known = [target for target in targets if target is not None]
    if len({target.weight is None for target in known}) > 1:
        unweighted = next(n for n, target in enumerate(targets) if target is not None and target.weight is None)
        message = "has no weight, and others have"
        remedy = "give each entry a weight for their sum, or none for several objectives"
        problems.append(Problem("objective-weights", f"{where}.metrics.{unweighted}", message, remedy))
    twice = sorted({t.metric for t in known if [other.metric for other in known].count(t.metric) > 1})
    if twice:
        problems.append(Problem("objective-twice", f"{where}.metrics", f"{twice[0]} stands there twice", "keep one"))
    return Objective(tuple(known)) if len(problems) == before and known else None


def _target(entry: Any, where: str, count: int, trainable: Trainable | None, problems: list[Problem]) -> Target | None:
    model = validate(Entry, entry, where, problems)
    if model is None or trainable is None:
        return None
    metric, mode = model.metric, model.mode
    if count == 1 and model.weight is not None:
        problems.append(Problem("objective-weights", f"{where}.weight", "one metric needs no weight", "leave it out"))
    if model.weight is not None and not 0 < model.weight < math.inf:
        problems.append(
            Problem("value", f"{where}.weight", f"{model.weight:g} is no number above 0", "turn a direction with mode")
        )
    if metric == "auto":
        default = trainable.default_metric()
        if default is None:
            problems.append(
                Problem(
                    "objective-auto",
                    "objective.metric",
                    "this trainable has no metric of its own",
                    "type objective.metric=... objective.mode=max",
                )
            )
            return None
        metric = default
    if metric in RAY_KEYS:
        message = f"{metric} is a name that Ray gives to a value of its own in every report"
        remedy = "report under another name, and type objective.metric=THAT_NAME"
        problems.append(Problem("reserved-metric", "objective.metric", message, remedy))
        return None
    known = trainable.metrics()
    if known is not None and metric not in known:
        problems.append(
            Problem(
                "unknown-metric",
                "objective.metric",
                f"{metric} is not reported by the trainable",
                trainable.reports_with(metric) or did_you_mean(metric, known),
            )
        )
        return None
    mode = mode or (known or {}).get(metric)
    if mode is None:
        problems.append(
            Problem(
                "objective-mode",
                "objective.mode",
                f"which direction of {metric} is better is not known",
                "type objective.mode=max or objective.mode=min",
            )
        )
        return None
    if mode not in {"max", "min"}:
        problems.append(
            Problem("value", "objective.mode", f"{mode!r} is neither max nor min", did_you_mean(mode, ["max", "min"]))
        )
        return None
    return Target(metric, "max" if mode == "max" else "min", model.weight)
