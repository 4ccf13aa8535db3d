"""Where in the files of a composition a key is said."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import yaml


@dataclass(frozen=True)
class Source:
    """A file of a composition, and the package (dotted; "" for the top) below which its keys lie."""

    file: Path
    package: str

    @cached_property
    def _tree(self) -> yaml.Node | None:
        return yaml.compose(self.file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)

    def line(self, key: str) -> int | None:
        """The line of a dotted key, counted from 1, or None where the file does not say it."""
        node = self._tree
        parts, package = key.split("."), [part for part in self.package.split(".") if part]
        if parts[: len(package)] != package or len(parts) == len(package):
            return None
        line = None
        for part in parts[len(package) :]:
            found = _child(node, part)
            if found is None:
                return None
            line, node = found
        return line


def _child(node: yaml.Node | None, part: str) -> tuple[int, yaml.Node] | None:
    """The line of a key in a mapping, or of an entry in a list, with its value."""
    if isinstance(node, yaml.MappingNode):
        found = ((key.start_mark.line + 1, value) for key, value in node.value if key.value == part)
        return next(found, None)
    if isinstance(node, yaml.SequenceNode) and part.isdigit() and int(part) < len(node.value):
        entry = node.value[int(part)]
        return entry.start_mark.line + 1, entry
    return None


def place(key: str, sources: Sequence[Source]) -> tuple[Path, int] | None:
    """The file and line that decide over a key: where it is said last, or else where a node above it is."""
    for above in _upwards(key):
        for source in reversed(sources):
            line = source.line(above)
            if line is not None:
                return source.file, line
    return None


def _upwards(key: str) -> Iterable[str]:
    parts = key.split(".")
    return (".".join(parts[:count]) for count in range(len(parts), 0, -1))
