"""What a trainable reported, told apart from what Ray adds to every result."""

from collections.abc import Mapping
from typing import Any

RAY_KEYS = frozenset(
    {
        "timestamp", "date", "time_this_iter_s", "time_total_s", "pid", "hostname", "node_ip", "config",
        "time_since_restore", "iterations_since_restore", "training_iteration", "trial_id", "experiment_tag", "done",
        "should_checkpoint", "checkpoint_dir_name", "timesteps_total", "timesteps_since_restore", "experiment_id",
        "episodes_total", "time_since_last_restore", "warmup_time",
    }
)  # fmt: skip
"""Keys that Ray 2.60 writes into a result by itself (ray.tune.result)."""


def metrics_of(result: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """The trainable's own metrics and the objective, nested ones as a/b."""
    metrics: dict[str, Any] = {}
    for key, value in result.items():
        if not prefix and key in RAY_KEYS:
            continue
        metrics |= metrics_of(value, f"{prefix}{key}/") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return metrics
