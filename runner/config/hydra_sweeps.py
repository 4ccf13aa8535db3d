"""The sweeps of Hydra's grammar, in the words of the search space: interval(0, 1) is uniform(0, 1)."""

import ast
from typing import Any

SWEEPS = ("interval", "range", "tag", "int", "float", "choice", "grid")


def translation(text: str) -> str:
    """The distribution that a sweep of Hydra stands for; empty where it is no such sweep.

    The upper end of a range is included, as in Hydra's sweeper for Optuna.
    """
    try:
        return _translated(ast.parse(text.strip(), mode="eval").body, log=False, whole=False)
    except (SyntaxError, ValueError, TypeError, ZeroDivisionError, IndexError, RecursionError, MemoryError):
        return ""


def _translated(call: ast.expr, *, log: bool, whole: bool) -> str:
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.func.id not in SWEEPS:
        return ""
    name = call.func.id
    if name == "tag":
        log = any(isinstance(tag, ast.Name) and tag.id == "log" for tag in call.args[:-1])
        return _translated(call.args[-1], log=log, whole=whole)
    if name in {"int", "float"}:
        return _translated(call.args[0], log=log, whole=name == "int")
    if name in {"choice", "grid"}:
        values = [_value(argument) for argument in call.args]
        known = values and not call.keywords and not any(isinstance(value, list) for value in values)
        return f"{name}({values!r})" if known else ""
    numbers = [_value(argument) for argument in call.args]
    named = {str(keyword.arg): _value(keyword.value) for keyword in call.keywords}
    if name == "interval":
        low, high = [*numbers, *(named[key] for key in ("start", "end") if key in named)]
        return _interval(low, high, log=log, whole=whole)
    first, last = numbers[:2] if len(numbers) > 1 else (named.get("start", 0), (numbers or [named.get("stop")])[0])
    return _range(first, last, numbers[2] if len(numbers) > 2 else named.get("step", 1))


def _value(node: ast.expr) -> Any:
    """A word without quotes is a text in Hydra's grammar."""
    words = {"true": True, "false": False, "null": None}
    return words.get(node.id, node.id) if isinstance(node, ast.Name) else ast.literal_eval(node)


def _interval(low: float, high: float, *, log: bool, whole: bool) -> str:
    if not low < high or (log and low <= 0):
        return ""
    if whole:
        return f"{'log' if log else ''}randint({int(low)}, {int(high) + 1})"
    return f"{'log' if log else ''}uniform({low}, {high})"


def _range(first: float, last: float, step: float) -> str:
    steps = int((last - first) / step + 1e-9)
    if steps < 1:
        return ""
    if all(isinstance(number, int) for number in (first, last, step)) and step == 1:
        return f"randint({first}, {last + 1})"
    end = first + steps * step
    kind = "qrandint" if all(isinstance(number, int) for number in (first, step)) else "quniform"
    on_grid = abs(first / step - round(first / step)) < 1e-6
    if on_grid:
        return f"{kind}({first}, {end:.12g}, {step})"
    return f"choice({[float(f'{first + n * step:.12g}') for n in range(min(steps + 1, 50))]!r})"
