"""Files with a JSON object a line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """Every line with its number, from 1, but for one that is still being written; none where there is no file."""
    if path.is_file():
        with path.open(encoding="utf-8", errors="surrogateescape", newline="\n") as file:
            for number, text in enumerate(file, 1):
                if text.endswith("\n"):
                    yield number, text


def json_object(text: str) -> dict[str, Any]:
    """Raises ValueError with what is wrong."""
    try:
        found = json.loads(text.encode())
    except (ValueError, RecursionError) as error:
        raise ValueError("is no JSON") from error
    if not isinstance(found, dict):
        raise ValueError(  # noqa: TRY004 - a fault of the file, as all others
            f"is no JSON object but {found!r:.60}"
        )
    return found
