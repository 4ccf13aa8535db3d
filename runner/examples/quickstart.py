"""Ray Tune's first example: a function that reports once, by its return value."""

from typing import Any


def objective(config: dict[str, Any]) -> dict[str, float]:
    """a**2 + b."""
    return {"score": config["a"] ** 2 + config["b"]}
