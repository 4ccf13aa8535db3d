"""journal.jsonl: what the searcher proposed and was told, in that order, and the checkpoints; what a resume replays."""

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal

from runner.runs.atomic import cut_unfinished_line

Kind = Literal["began", "proposed", "reported", "ended", "checkpoint", "left"]


@dataclass(frozen=True)
class Event:
    """One line.

    Attributes:
        kind: began: a process takes up the run; proposed, reported, ended: what a searcher gave and was told;
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


_DEFAULTS = {field.name: field.default for field in fields(Event) if field.name != "kind"}


class Journal:
    """Appends events; each is on disk when `write` returns."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if path.is_file():
            cut_unfinished_line(path)

    def write(self, event: Event) -> None:
        """Add one line, with the time it is now."""
        line = {"time": round(time.time(), 3)} | {
            key: value
            for key, value in asdict(event).items()
            if key != "time" and (key == "kind" or value != _DEFAULTS[key])
        }
        # NaN and infinity are written as Python reads them: the searcher must be told the same again.
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def events(self) -> list[Event]:
        """All that was written; nothing where there is no file yet."""
        return list(read(self.path))


def read(path: Path) -> Iterator[Event]:
    """The events of a journal, but for a line that is still being written."""
    if not path.is_file():
        return
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        if line.endswith("\n"):
            yield Event(**json.loads(line))


def seconds_spent(events: list[Event]) -> float:
    """How long processes have worked on the run: from each beginning to the last event before the next."""
    spent, began, last = 0.0, None, 0.0
    for event in events:
        if event.kind == "began":
            spent += last - began if began is not None else 0.0
            began = event.time
        last = event.time
    return spent + (last - began if began is not None else 0.0)
