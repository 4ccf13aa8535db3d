"""How a function of the user's takes its configuration: as one mapping, or each parameter by its name."""

import ast
import inspect
from collections.abc import Collection, Iterator
from inspect import Parameter, Signature
from pathlib import Path

from runner.config.experiment import SEED
from runner.errors import Problem

_VARIADIC = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)


def by_name(signature: Signature, keys: Collection[str]) -> bool:
    """Whether the configuration's `keys` are passed as keyword arguments, and not all of it as one mapping.

    A function with one parameter that must be given takes the mapping, unless a key has that parameter's name:
    `def train(config)`, but `def train(lr)` where lr is searched. An annotation such as `dict` decides for the mapping.
    """
    named = [one for one in signature.parameters.values() if one.kind not in _VARIADIC]
    required = [one for one in named if one.default is Parameter.empty]
    first = next(iter(required or named), None)
    if first is None:
        return any(one.kind is Parameter.VAR_KEYWORD for one in signature.parameters.values())
    if first.kind is Parameter.POSITIONAL_ONLY:
        return False
    if len(required) > 1 or first.kind is Parameter.KEYWORD_ONLY:
        return True
    if _is_mapping(first.annotation):
        return False
    return first.name in keys if required else any(one.name in keys for one in named)


def accepts(signature: Signature, key: str) -> bool:
    """Whether a keyword argument of that name can be passed."""
    found = signature.parameters.get(key)
    if found is not None and found.kind not in (*_VARIADIC, Parameter.POSITIONAL_ONLY):
        return True
    return any(one.kind is Parameter.VAR_KEYWORD for one in signature.parameters.values())


def mismatches(
    signature: Signature, import_path: str, where: str, keys: Collection[str], sometimes: Collection[str]
) -> Iterator[Problem]:
    """What of a configuration does not fit the parameters of a function.

    Args:
        where: the place of `import_path` in the config.
        keys: the first parts of the keys of the search space.
        sometimes: those of `keys` that some configurations lack.
    """
    if not by_name(signature, keys):
        if not _takes_one(signature):
            message = f"{import_path}{signature} takes no configuration"
            yield Problem("signature", where, message, "give the function one parameter, as in def train(config)")
        return
    for one in signature.parameters.values():
        needed = one.default is Parameter.empty and one.kind not in _VARIADIC
        if needed and one.name not in keys:
            message = f"{import_path}{signature} needs {one.name}, which the search space lacks"
            remedy = f"add search_space.{one.name}, give {one.name} a default, or write def train(config)"
            yield Problem("signature", where, message, remedy)
        elif needed and one.name in sometimes:
            message = f"{import_path}{signature} needs {one.name}, which only some configurations have"
            yield Problem("signature", where, message, f"give {one.name} a default in the function")
    for key in keys:
        if key != SEED and not accepts(signature, key):  # a seed is put into the generators as well
            message = f"{import_path}{signature} does not take it"
            remedy = f"add the parameter {key} or **others to the function, or type '~search_space.{key}'"
            yield Problem("signature", f"search_space.{key}", message, remedy)


def written(source: Path, name: str) -> Signature | None:
    """The signature of a function in the file `source`, which is read and not run.

    None where it is not known before the import: a class, a decorated function, another name for a function.
    """
    found = [node for node in _top_level(ast.parse(source.read_bytes())) if node.name == name]
    if len(found) != 1 or not isinstance(found[0], ast.FunctionDef) or found[0].decorator_list:
        return None
    return _signature(found[0].args)


def _top_level(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node
        else:
            yield from _top_level(node)


def _signature(args: ast.arguments) -> Signature:
    positional = [*args.posonlyargs, *args.args]
    defaults = [None] * (len(positional) - len(args.defaults)) + list(args.defaults)
    made = []
    for number, (one, default) in enumerate(zip(positional, defaults, strict=True)):
        kind = Parameter.POSITIONAL_ONLY if number < len(args.posonlyargs) else Parameter.POSITIONAL_OR_KEYWORD
        made.append(_parameter(one, kind, default))
    if args.vararg:
        made.append(_parameter(args.vararg, Parameter.VAR_POSITIONAL, None))
    for one, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        made.append(_parameter(one, Parameter.KEYWORD_ONLY, default))
    if args.kwarg:
        made.append(_parameter(args.kwarg, Parameter.VAR_KEYWORD, None))
    return Signature(made)


def _parameter(arg: ast.arg, kind: inspect._ParameterKind, default: ast.expr | None) -> Parameter:
    return Parameter(
        arg.arg,
        kind,
        default=Parameter.empty if default is None else _Source(ast.unparse(default)),
        annotation=Parameter.empty if arg.annotation is None else _Source(ast.unparse(arg.annotation)),
    )


class _Source(str):
    """A piece of code, which a signature shows as it is written."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _is_mapping(annotation: object) -> bool:
    text = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", str(annotation))
    return text.strip("'\"").partition("[")[0].rpartition(".")[2] in {"dict", "Dict", "Mapping", "MutableMapping"}


def _takes_one(signature: Signature) -> bool:
    kinds = {Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD, Parameter.VAR_POSITIONAL}
    return any(one.kind in kinds for one in signature.parameters.values())
