"""What differs between two mappings, key by key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.table import Table
from rich.text import Text

from runner.config.nested import differing
from runner.runs.wording import NOTHING

WIDTH = 60
"""Of a value that is told; a longer one is cut off."""


@dataclass(frozen=True)
class Difference:
    """A dotted key with its value on both sides; None where it is absent."""

    key: str
    before: Any
    after: Any

    def __str__(self) -> str:
        return f"{self.key}: {_shown(self.before)} -> {_shown(self.after)}"


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Every key whose values are not equal, in the order of `before`, then of `after`."""
    return [Difference(*one) for one in differing(before, after)]


def table(found: Sequence[Difference], headings: tuple[str, str], title: str) -> Table:
    """A row a key."""
    view = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold", title=title, title_justify="left")
    view.add_column("", no_wrap=True)
    for heading in headings:
        view.add_column(heading, overflow="fold")
    for one in found:
        view.add_row(Text(one.key), Text(_shown(one.before)), Text(_shown(one.after)))
    return view


def _shown(value: Any) -> str:
    text = NOTHING if value is None else str(value)
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 3]}..."
