"""CSV files of a run folder: values as cells, and the one reader of all of them."""

import csv
import io
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

from runner.runs.damage import damaged


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
    except (ValueError, RecursionError):
        return float(text) if text in {"nan", "inf", "-inf"} else text


def line(values: Iterable[Any]) -> str:
    """One CSV row with its line end, quoted where it must be."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(values)
    return buffer.getvalue()


def scan(path: Path) -> Iterator[tuple[int, list[str] | None]]:
    """Every row with the line that it begins on, the header first; None for one that cannot be read.

    A last line without its end is left out: it is still being written.
    """
    # A cell may be longer than the reader's limit of 131,072 characters.
    csv.field_size_limit(sys.maxsize)
    with path.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
        reader = csv.reader(_whole_lines(file))
        while True:
            number = reader.line_num + 1
            try:
                row = next(reader, None)
            except csv.Error:
                yield number, None
                continue
            if row is None:
                return
            yield number, row if all(map(_is_text, row)) else None


def header(path: Path) -> list[str]:
    """The columns. Raises ConfigError."""
    _, found = next(scan(path), (1, None))
    if found is None:
        raise damaged(path, "the header cannot be read", 1)
    return found


def table(path: Path, needed: Iterable[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Every row below the header by its columns, with its line.

    Raises ConfigError for a row that cannot be read, and for a header that lacks one of the columns `needed`.
    """
    if not path.is_file():
        raise damaged(path, "is not there")
    columns = header(path)
    lacking = [column for column in needed if column not in columns]
    if lacking or len(set(columns)) < len(columns):
        what = f"the header lacks {', '.join(lacking)}" if lacking else "the header names a column twice"
        raise damaged(path, what, 1)
    rows = scan(path)
    next(rows)
    for number, row in rows:
        if row is None or len(row) != len(columns):
            what = "cannot be read" if row is None else f"has {len(row)} cells, the header {len(columns)}"
            raise damaged(path, what, number)
        yield number, dict(zip(columns, row, strict=True))


def is_number(text: str) -> bool:
    """Whether it can be read as a float; NaN and infinity can."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def _whole_lines(file: TextIO) -> Iterator[str]:
    return (text for text in file if text.endswith(("\n", "\r")))


def _is_text(text: str) -> bool:
    """Whether it holds no bytes that were no UTF-8, and no NUL."""
    return (text.isascii() and "\0" not in text) or not any(c == "\0" or "\ud800" <= c <= "\udfff" for c in text)
