"""Values as cells of a CSV file."""

import csv
import io
import json
from collections.abc import Iterable
from typing import Any


def cell(value: Any) -> Any:
    """Numbers at full precision, lists and mappings as JSON, None as null; an empty cell means: no such value."""
    if value is None:
        return "null"
    if isinstance(value, (list, tuple, dict)):
        return json.dumps(value, default=str)
    return value


def read_cell(text: str) -> Any:
    """The value that `cell` and `line` wrote as `text`, as far as the text alone tells: 1 may have been the text 1."""
    if text in {"True", "False"}:
        return text == "True"
    try:
        return json.loads(text)
    except ValueError:
        return float(text) if text in {"nan", "inf", "-inf"} else text


def line(values: Iterable[Any]) -> str:
    """One CSV row with its line end, quoted where it must be."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(values)
    return buffer.getvalue()
