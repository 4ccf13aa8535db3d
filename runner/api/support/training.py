"""An experiment that searches nothing: each of its trials is one training to the end."""

from collections.abc import Mapping, Sequence
from typing import Any

from runner.config.experiment import SEED
from runner.runs.differences import Difference, differences

OFF: Mapping[str, Any] = {"searcher": {"name": "random"}, "scheduler": {"name": "fifo"}}
"""Nothing proposes or compares; nor does a stopper end a training."""


def without_search(config: Mapping[str, Any]) -> dict[str, Any]:
    """The config with one trial, and nothing that ends it before its last epoch."""
    kept = {key: value for key, value in config.items() if key != "stopper"}
    return {**kept, **OFF, "budget": {**config["budget"], "num_samples": 1}}


def with_seeds(config: Mapping[str, Any], seeds: Sequence[int]) -> dict[str, Any]:
    """The config with each of its trials once for each seed, which the trainable gets as the parameter `seed`."""
    space = {**(config["search_space"] or {}), SEED: {"distribution": "grid", "categories": list(seeds)}}
    return {**config, "search_space": space}


def left_out(config: Mapping[str, Any]) -> list[Difference]:
    """What of a config is not at work once the search is off."""

    def chosen(one: Mapping[str, Any]) -> dict[str, Any]:
        names = {group: one[group]["name"] for group in ("searcher", "scheduler")}
        return {**names, "stopper": list(one.get("stopper") or {}), "budget.num_samples": one["budget"]["num_samples"]}

    return differences(chosen(config), chosen(without_search(config)))
