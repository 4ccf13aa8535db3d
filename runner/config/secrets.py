"""What comes from the environment stays there: the kept config names the variable, not its value."""

from typing import Any


def without_environment(resolved: Any, raw: Any) -> Any:
    """`resolved` with each value that `raw` takes from the environment put back to its `${oc.env:...}`."""
    if isinstance(raw, str) and "${oc.env:" in raw:
        return raw
    if isinstance(resolved, dict) and isinstance(raw, dict):
        return {key: without_environment(value, raw.get(key)) for key, value in resolved.items()}
    if isinstance(resolved, list) and isinstance(raw, list) and len(raw) == len(resolved):
        return [without_environment(*pair) for pair in zip(resolved, raw, strict=True)]
    return resolved
