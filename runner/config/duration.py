"""Time as people write it: 90, 90s, 90m, 2h, 1h30m, 2d."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

_UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1}


def seconds(value: Any) -> Any:
    """Seconds of a number or a text such as 1h30m; anything else is returned as it is, for pydantic to refuse."""
    if not isinstance(value, str):
        return value
    parts = re.findall(r"(\d+(?:\.\d+)?)\s*([dhms])", value)
    if not parts or re.sub(r"\d+(?:\.\d+)?\s*[dhms]\s*", "", value).strip():
        raise ValueError("is no duration; write seconds, or 90m, 2h, 1h30m")
    return float(sum(float(number) * _UNITS[unit] for number, unit in parts))


LONGEST = 10 * 365 * 86400
"""Ten years."""

_Written = Annotated[float, Field(gt=0, le=LONGEST)] | Annotated[str, Field(pattern=r"^(\d+(\.\d+)?\s*[dhms]\s*)+$")]

Duration = Annotated[float, Field(gt=0, le=LONGEST), BeforeValidator(seconds, json_schema_input_type=_Written)]
"""Seconds."""
