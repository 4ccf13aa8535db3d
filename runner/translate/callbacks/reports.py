"""What a trainable reported, told apart from what Ray adds to every result."""

from collections.abc import Mapping
from typing import Any

from runner.config.objective import RAY_KEYS


def metrics_of(result: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """The trainable's own metrics and the objective, nested ones as a/b."""
    metrics: dict[str, Any] = {}
    for key, value in result.items():
        if not prefix and key in RAY_KEYS:
            continue
        metrics |= metrics_of(value, f"{prefix}{key}/") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return metrics
