"""The files of the installed Ultralytics package, read without importing it (which takes seconds and brings torch)."""

import ast
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any


@cache
def root() -> Path:
    """The folder of the package. Raises ModuleNotFoundError with the pip command where it is missing."""
    spec = find_spec("ultralytics")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("ultralytics is not installed: pip install ultralytics")
    return Path(spec.submodule_search_locations[0])


@cache
def constants(module: str) -> Mapping[str, Any]:
    """The constants at the top of one of its files: literals, frozensets of literals, and comprehensions over them.

    Args:
        module: path below the package, such as cfg/__init__.py.
    """
    tree = ast.parse((root() / module).read_text(encoding="utf-8"))
    found: dict[str, Any] = {}
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and isinstance(target := statement.targets[0], ast.Name):
            try:
                found[target.id] = _literal(statement.value)
            except ValueError:
                continue  # computed when the package is imported: not a constant
    return found


def _literal(node: ast.expr) -> Any:
    """The value of an expression made of literals alone. Raises ValueError for anything else."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "frozenset":
        return frozenset(_literal(node.args[0]))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _literal(node.left) + _literal(node.right)
    if isinstance(node, ast.ListComp):
        return _comprehension(node)
    return ast.literal_eval(node)


def _comprehension(node: ast.ListComp) -> list[str]:
    """A list of f-strings over literal sequences, which is how the names of the weights are written."""
    rows: list[dict[str, str]] = [{}]
    for loop in node.generators:
        if not isinstance(loop.target, ast.Name) or loop.ifs:
            raise ValueError("not a plain loop")
        rows = [{**row, loop.target.id: str(value)} for row in rows for value in ast.literal_eval(loop.iter)]
    if not isinstance(node.elt, ast.JoinedStr):
        raise ValueError("not an f-string")  # noqa: TRY004
    return ["".join(_part(part, row) for part in node.elt.values) for row in rows]


def _part(part: ast.expr, row: Mapping[str, str]) -> str:
    if isinstance(part, ast.FormattedValue) and isinstance(part.value, ast.Name) and part.value.id in row:
        return row[part.value.id]
    return str(ast.literal_eval(part))
