"""package.module:function, the code of the user's that a config may name."""

import ast
import importlib
import importlib.util
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from runner.config.suggest import did_you_mean
from runner.errors import Problem


def load(import_path: str) -> Any:
    """The function. Raises whatever the import of its module raises, and AttributeError."""
    module, _, name = import_path.partition(":")
    return getattr(importlib.import_module(module), name)


def malformed(import_path: str, where: str) -> Iterable[Problem]:
    """Whether it has the form of one; `where` is its place in the config."""
    module, colon, name = import_path.partition(":")
    parts = [*module.split("."), name]
    if not colon or not all(part.isidentifier() for part in parts):
        remedy = f"write {where}=package.module:function"
        yield Problem("import-path", where, f"{import_path!r} names no function", remedy)


def undefined(import_path: str, where: str, project: Path) -> Iterable[Problem]:
    """Whether the module is found and defines the function; it is read, not run: imports may be slow."""
    module, _, name = import_path.partition(":")
    source = find_source(module, project)
    if source is None:
        remedy = f"type the command in the folder that holds {module.split('.')[0]}, or install it"
        yield Problem("import-path", where, f"there is no module {module}", remedy)
    elif source.suffix == ".py":
        try:
            names = set(_defined(ast.parse(source.read_bytes(), filename=str(source))))
        except SyntaxError as error:
            line = f", line {error.lineno}" if error.lineno else ""
            yield Problem("import-path", where, f"{source}{line}: {error.msg}", "correct that file")
            return
        if name not in names and "*" not in names:
            yield Problem("import-path", where, f"{module} has no function {name}", did_you_mean(name, names))


def find_source(module: str, project: Path) -> Path | None:
    """The file of a module, looked up without running it or its packages."""
    relative = Path(*module.split("."))
    for folder in dict.fromkeys([str(project), *sys.path]):
        for candidate in (relative.with_suffix(".py"), relative / "__init__.py"):
            if (Path(folder or ".") / candidate).is_file():
                return Path(folder or ".") / candidate
    spec = importlib.util.find_spec(module.split(".", maxsplit=1)[0])
    locations = list(spec.submodule_search_locations or []) if spec else []
    below = Path(*module.split(".")[1:]) if "." in module else Path("__init__")
    for location in locations:
        for candidate in (below.with_suffix(".py"), below / "__init__.py"):
            if (Path(location) / candidate).is_file():
                return Path(location) / candidate
    return Path(spec.origin) if spec and spec.origin and "." not in module else None


def _defined(tree: ast.AST) -> Iterator[str]:
    """Names bound at a module's top level, in its `if` and `try` blocks too; "*" where it imports all of another."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((alias.asname or alias.name) for alias in node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        else:
            yield from _defined(node)
