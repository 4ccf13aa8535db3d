"""journal.jsonl: what the searcher proposed and was told, in that order, and the checkpoints; what a resume replays."""

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal, get_args

from runner.runs.atomic import cut_unfinished_line
from runner.runs.damage import damaged
from runner.runs.json_lines import json_object, lines

Kind = Literal["began", "proposed", "reported", "ended", "retried", "checkpoint", "left"]


@dataclass(frozen=True)
class Event:
    """One line.

    Attributes:
        kind: began: a process resumes the run; proposed, reported, ended: what a searcher gave and was told;
            retried: a trial that failed runs again, and the searcher, which knows of its end, is not told of the rest;
            checkpoint: one that can be gone on from; left: that process is done with the run.
        trial: its name; iteration, objective: of the report. An end without an iteration is one before any report.
            Of several objectives each by its metric.
        config: what was proposed.
        failed: whether the end was an error.
        path: of a checkpoint, below the run folder; where a run began, the folder in which its command was typed.
        time: seconds since the epoch.
    """

    kind: Kind
    trial: str = ""
    iteration: int | None = None
    objective: float | dict[str, float] | None = None
    config: dict[str, Any] | None = None
    failed: bool = False
    path: str = ""
    time: float = 0.0


_NUMBER = (int, float)
_TYPES: dict[str, tuple[type, ...]] = {
    "kind": (str,), "trial": (str,), "iteration": (int,), "objective": (*_NUMBER, dict), "config": (dict,),
    "failed": (bool,), "path": (str,), "time": _NUMBER,
}  # fmt: skip
_NEEDED = {
    "proposed": ("trial", "config"), "reported": ("trial", "iteration", "objective"), "ended": ("trial",),
    "retried": ("trial",),
    "checkpoint": ("trial", "iteration", "path"),
}  # fmt: skip
_DEFAULTS = {field.name: field.default for field in fields(Event) if field.name != "kind"}


class Journal:
    """Appends events; each is on disk when `write` returns."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if path.is_file():
            cut_unfinished_line(path)

    def write(self, event: Event) -> None:
        """Add one line, with the time it is now."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(as_line(replace(event, time=round(time.time(), 3))))

    def events(self) -> list[Event]:
        """All that was written; nothing where there is no file yet."""
        return list(read(self.path))


def as_line(event: Event) -> str:
    """The line of an event, without what is at its default."""
    line = {"time": event.time} | {
        key: value
        for key, value in asdict(event).items()
        if key != "time" and (key == "kind" or value != _DEFAULTS[key])
    }
    # NaN and infinity are written as Python reads them: the searcher must be told the same again.
    return json.dumps(line, ensure_ascii=False) + "\n"


def read(path: Path) -> Iterator[Event]:
    """The events of a journal, but for a line that is still being written. Raises ConfigError."""
    for number, text in lines(path):
        try:
            yield event(text)
        except ValueError as error:
            raise damaged(path, str(error), number) from error


def event(text: str) -> Event:
    """The event of a line. Raises ValueError with what is wrong."""
    line = json_object(text)
    found = Event(**{"kind": "", **{key: value for key, value in line.items() if key in _TYPES}})
    unknown = line.keys() - _TYPES.keys()
    wrong = sorted(key for key, value in line.items() if key in _TYPES and not _is(value, _TYPES[key]))
    if unknown or wrong:
        raise ValueError(f"{sorted(unknown)[0]!r} is no key" if unknown else f"{wrong[0]} is {line[wrong[0]]!r:.60}")
    if found.kind not in get_args(Kind):
        raise ValueError(f"kind is {found.kind!r:.60}")
    lacking = [key for key in _NEEDED.get(found.kind, ()) if getattr(found, key) in ("", None)]
    if lacking:
        raise ValueError(f"{found.kind} without {lacking[0]}")
    return found


def _is(value: Any, types: tuple[type, ...]) -> bool:
    return isinstance(value, types) and (bool in types or not isinstance(value, bool))


def seconds_spent(events: list[Event]) -> float:
    """How long processes have worked on the run: from each beginning to the last event before the next."""
    spent, began, last = 0.0, None, 0.0
    for event in events:
        if event.kind == "began":
            spent += last - began if began is not None else 0.0
            began = event.time
        last = event.time
    return spent + (last - began if began is not None else 0.0)


def seconds_worked(path: Path) -> tuple[float, bool]:
    """`seconds_spent` from the few lines that it needs, and whether the last process was done. Raises ConfigError."""
    few: list[tuple[int, str]] = []
    last: tuple[int, str] | None = None
    for numbered in lines(path):
        if '"kind": "began"' in numbered[1]:
            few += [last, numbered] if last else [numbered]
        last = numbered
    if last:
        few.append(last)
    events = []
    for number, text in few:
        try:
            events.append(event(text))
        except ValueError as error:
            raise damaged(path, str(error), number) from error
    return seconds_spent(events), bool(events) and events[-1].kind == "left"
