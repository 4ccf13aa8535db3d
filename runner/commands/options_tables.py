"""The catalogue and the matrix as tables for a terminal, of 80 columns or more."""

from collections.abc import Iterable, Mapping, Sequence

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from runner.checks.matrix import Pair
from runner.config.catalogue import NODES, Option
from runner.config.hydra_loader import PRESET
from runner.config.overrides import SEVERAL
from runner.config.registry import SEARCHERS
from runner.runs.wording import shown

_WIDTHS = {"type": 20, "default": 16}
"""Columns that leave their width to the meanings."""

TEXTS = {
    "experiment": "whole experiments: presets",
    "trainable": "what a trial runs",
    "search_space": "hyperparameters and their distributions",
    "searcher": "proposes configurations",
    "scheduler": "compares trials and stops the worse ones",
    "stopper": "ends a trial by a rule; several",
    "logger": "writes results; several",
    "ray": "where Ray runs",
}


def show(*parts: RenderableType) -> None:
    """Print the parts with a line between them; no colours where stdout is no terminal."""
    console = Console(highlight=False, markup=False)
    for number, part in enumerate(parts):
        if number:
            console.print()
        console.print(part)


def overview(found: Mapping[str, Sequence[Option]]) -> list[RenderableType]:
    """Every group with its options, a line each."""
    parts = [_listing(_heading(group), options) for group, options in found.items() if group not in NODES]
    for node in NODES:
        keys = ", ".join(key.name for key in found[node][0].keys)
        parts.append(Group(_title(node, found[node][0].summary), Padding(Text(keys), (0, 0, 0, 2))))
    return [*parts, Text("more: python -m runner options GROUP, options GROUP OPTION, options matrix")]


def _heading(group: str) -> Text:
    several = f"{group}=[NAME,...]" if group in SEVERAL else f"{group}=NAME"
    return _title(several, TEXTS.get(group, ""))


def _title(name: str, text: str) -> Text:
    return Text.assemble((name, "bold"), f"  {text}" if text else "")


def _listing(heading: Text, options: Sequence[Option]) -> RenderableType:
    """A line an option; the column of packages only where one is needed."""
    needs = any(option.requires for option in options)
    table = _table("option", "what it is", *(["needs"] if needs else []))
    for option in options:
        row = [_name(option.name), Text(option.summary)]
        table.add_row(*row, *([_needs(option)] if needs else []))
    return Group(heading, table)


def _table(first: str, *others: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column(first, no_wrap=True)
    for name in others:
        table.add_column(name, overflow="fold", max_width=_WIDTHS.get(name))
    return table


def _facts(rows: Iterable[tuple[Text, Text]]) -> Table:
    """Names and what there is to say of them, without a head."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, text in rows:
        table.add_row(name, text)
    return table


def _name(text: str) -> Text:
    return Text(text, style="cyan")


def _needs(option: Option) -> Text:
    parts = [
        Text(f"{package} {version}", style="green") if version else Text(f"pip install {package}", style="red")
        for package, version in option.requires.items()
    ]
    return Text("\n").join(parts)


def of_group(group: str, options: Sequence[Option]) -> list[RenderableType]:
    """The options of one group with their keys."""
    if group in NODES:
        return in_full(options[0])
    if not any(option.keys for option in options):
        return [_files(group, options)]
    parts: list[RenderableType] = [_heading(group)]
    for option in options:
        parts.append(Group(_title(f"{group}={option.name}", option.summary), *_keys(option)))
    return parts


def _files(group: str, options: Sequence[Option]) -> RenderableType:
    """The options that are a file alone: their comment in full, and the command of a preset."""
    table = _table(group, "what it is")
    for option in options:
        text = Text(option.about)
        if option.command and group == PRESET:
            text = Text("\n").join([text, Text(option.command, style="green")])
        table.add_row(_name(option.name), text)
    return Group(_heading(group), table)


def _keys(option: Option) -> list[RenderableType]:
    if not option.keys:
        return [Text("  no keys")] if option.group else []
    table = _table("key", "type", "default", "meaning")
    for key in option.keys:
        table.add_row(_name(key.name), Text(key.type), Text(key.default), Text(key.meaning))
    return [table]


def in_full(option: Option) -> list[RenderableType]:
    """All that is known of one option."""
    parts: list[RenderableType] = [_title(f"{option.group}={option.name}" if option.group else option.name, "")]
    parts.append(Text(option.about or option.summary))
    if option.keys:
        parts += _keys(option)
    own = {key.name for key in option.keys}
    needs = (f"{name} {version or 'which is not installed'}" for name, version in option.requires.items())
    told = {
        "command": option.command,
        "file": shown(option.file) if option.file else "",
        "needs": ", ".join(needs),
        "paper": option.paper,
        "resume": f"not possible: {option.cannot_resume}" if option.cannot_resume else "",
        **{key: f"is no key of it: {instead}" for key, instead in option.redirects.items() if key not in own},
    }
    return [*parts, _facts((Text(name, style="dim"), Text(text)) for name, text in told.items() if text)]


def of_pairs(pairs: Sequence[Pair]) -> list[RenderableType]:
    """The matrix: a table a kind of partner, with the searchers that go with it, and the reasons below."""
    parts: list[RenderableType] = []
    for kind in dict.fromkeys(pair.kind for pair in pairs):
        table = _table(kind, "searchers that go with it")
        for name in dict.fromkeys(pair.name for pair in pairs if pair.kind == kind):
            usual = [p for p in pairs if (p.kind, p.name) == (kind, name) and p.searcher in SEARCHERS.names()]
            table.add_row(Text(name), _who(usual))
        parts.append(table)
    reasons: dict[tuple[str, str, bool], list[str]] = {}
    for pair in pairs:
        for problem in pair.problems:
            message = problem.message.replace(f"searcher={pair.searcher}", "this searcher")
            told = (pair.name, f"{message} -> {problem.remedy}", problem.fatal)
            reasons.setdefault(told, []).append(pair.searcher)
    drawn: dict[tuple[str, str], list[str]] = {}
    for pair in pairs:
        if pair.drawn:
            drawn.setdefault((pair.name, pair.drawn), []).append(pair.searcher)
    parts.append(_facts((Text(name), Text(f"{', '.join(who)}: {how}")) for (name, how), who in drawn.items()))
    parts.append(_facts(_reason(name, who, why, fatal=fatal) for (name, why, fatal), who in reasons.items()))
    return parts


def _who(pairs: Sequence[Pair]) -> Text:
    """The shorter list: those that go, or all but the others."""
    goes = [pair.searcher for pair in pairs if pair.goes]
    others = [pair.searcher for pair in pairs if not pair.goes]
    if not others:
        return Text("all", style="green")
    if not goes:
        return Text("none", style="red")
    if len(others) < len(goes):
        return Text.assemble(("all", "green"), " but ", (", ".join(others), "red"))
    return Text(", ".join(goes), style="green")


def _reason(name: str, searchers: Sequence[str], why: str, *, fatal: bool) -> tuple[Text, Text]:
    style = "red" if fatal else "yellow"
    return Text(name, style=style), Text.assemble((f"{', '.join(searchers)}: ", style), why)
