"""One HTML file that needs nothing else: no network, no folder beside it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from runner.reporting.style import LEAST_WIDTH
from runner.runs.atomic import replacing


@dataclass(frozen=True)
class Section:
    """A part of the page with a heading.

    Attributes:
        body: HTML.
        pictures: the figures in it that are also kept as PNG files, by what they show; "" where it is the only one.
    """

    title: str
    body: str
    pictures: Mapping[str, go.Figure] = field(default_factory=dict)

    @property
    def anchor(self) -> str:
        return re.sub(r"\W+", "-", self.title.lower()).strip("-")


def write_page(path: Path, title: str, subtitle: str, sections: Sequence[Section]) -> None:
    """Put the page at `path`; `title` and `subtitle` are plain text."""
    contents = "".join(f'<li><a href="#{one.anchor}">{escape(one.title)}</a></li>' for one in sections)
    parts = "".join(
        f'<section id="{one.anchor}"><h2>{escape(one.title)}</h2>\n{one.body}</section>\n' for one in sections
    )
    page = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>{escape(title)}</title>
<style>{_asset("page.css")}</style>
</head>
<body>
<nav><p>{escape(title)}</p><ol>{contents}</ol></nav>
<main>
<header><h1>{escape(title)}</h1><p class="subtitle">{escape(subtitle)}</p></header>
{parts}</main>
<script>{get_plotlyjs()}</script>
<script>{_asset("page.js")}</script>
</body>
</html>
"""
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as draft:
        draft.write_text(page, encoding="utf-8")


def paragraph(text: str) -> str:
    """A sentence, as HTML."""
    return f"<p>{escape(text)}</p>\n"


def figure(drawing: go.Figure) -> str:
    """A `styled` figure, drawn when it comes into view."""
    data = drawing.to_json().replace("<", "\\u003c")
    style = f"min-width:{drawing.layout.meta[LEAST_WIDTH]}px;height:{drawing.layout.height}px"
    return (
        f'<div class="scroll"><div class="figure" style="{style}">'
        f'<script type="application/json">{data}</script></div></div>\n'
    )


def fold(summary: str, text: str) -> str:
    """Text as it stands, behind a line to click on."""
    return f"<details><summary>{escape(summary)}</summary><pre>{escape(text)}</pre></details>\n"


def table(heads: Sequence[str], rows: Iterable[Sequence[Any]], *, kind: str = "") -> str:
    """Rows of plain values or of `Cell`s; `kind` is a class of the table: "sortable" lets people sort and filter."""
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>\n" for row in rows)
    return (
        f'<div class="scroll"><table class="{kind}"><thead><tr>{head}</tr></thead>'
        f"<tbody>\n{body}</tbody></table></div>\n"
    )


@dataclass(frozen=True)
class Cell:
    """A cell that shows `text`, sorts by `value` and looks like `kind`, a class of page.css.

    A `kind` of "line" never wraps: what does not fit is seen where the pointer is on it.
    """

    text: str
    value: Any = None
    kind: str = ""
    link: str = ""


def _cell(value: Any) -> str:
    if not isinstance(value, Cell):
        return f"<td>{escape(str(value))}</td>"
    sort = "" if value.value is None else f' data-value="{escape(str(value.value))}"'
    kind = f' class="{value.kind}"' if value.kind else ""
    text = escape(value.text)
    if value.kind == "line":
        kind += f' title="{text}"'
    if value.link:
        text = f'<a href="{escape(value.link)}">{text}</a>'
    return f"<td{sort}{kind}>{text}</td>"


def _asset(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
