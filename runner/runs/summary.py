"""What a person reads when a run is over."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from runner.config.objective import OBJECTIVE
from runner.errors import FAILED, INTERRUPTED, OK
from runner.runs.decisions import END
from runner.runs.folder import RunFolder
from runner.runs.gain import gain, nothing_learned
from runner.runs.live import STYLES
from runner.runs.record import Record, Trial, TrialState
from runner.runs.wording import INDENT, duration, error_line, labelled, number, parameters, plural, said, shown

MOST_METRICS = 6
MOST_ERRORS = 3
MOST_OF_FRONT = 10

HEADLINES = ("map50-95", "map", "f1|acc|auc|iou|precision|recall", "loss|score|error")
"""Metrics worth a line in a summary, the first the most."""


def exit_code(record: Record, interrupted: bool) -> int:
    """OK where a trial completed or was stopped with a finite objective, else FAILED; INTERRUPTED comes before both."""
    if interrupted:
        return INTERRUPTED
    valid = (TrialState.COMPLETED, TrialState.STOPPED)
    return OK if any(row.state in valid and row.best is not None for row in record.rows.values()) else FAILED


def summary(record: Record, run: RunFolder, *, max_epochs: int | None, seconds: float) -> "Summary":
    """The end of a run as a renderable.

    Args:
        max_epochs: reports of a full trial, None where the trainable decides.
        seconds: how long the run took.
    """
    return Summary(record, run, max_epochs, seconds)


@dataclass(frozen=True)
class Summary:
    """Labels on the left, words on the right: as readable in a file as on a terminal."""

    record: Record
    run: RunFolder
    max_epochs: int | None
    seconds: float

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for label, value in self._lines():
            text = Text(labelled(label, value, options.max_width))
            text.stylize("bold" if label in {"best", "front"} else "dim", 0, INDENT)
            if label == "trials":
                for state, style in STYLES.items():
                    text.highlight_words([state.words], style)
            yield text

    def _lines(self) -> Iterator[tuple[str, str]]:
        yield "trials", self._trials()
        if self.record.ended_early:
            yield "ended early", self.record.ended_early
        yield f"{self.record.unit}s", self._epochs()
        yield from self._failures()
        yield from self._best()
        yield from self._gain()
        yield from self._paths()

    def _trials(self) -> str:
        states = self.record.states
        always = (TrialState.COMPLETED, TrialState.STOPPED, TrialState.FAILED)
        told = (*always, TrialState.OUT_OF_MEMORY, TrialState.DIVERGED, TrialState.INTERRUPTED)
        parts = [f"{states[state]} {state.words}" for state in told if states[state] or state in always]
        for place, state in enumerate(always[:2]):
            rules = Counter(row.rule for row in self.record.rows.values() if row.state is state and row.rule != END)
            if rules:
                parts[place] += f" ({', '.join(f'{rule} {amount}' for rule, amount in rules.most_common())})"
        expected = self.record.expected_trials or 0
        missing = expected - len(self.record.rows)
        restarts = sum(row.restarts for row in self.record.rows.values())
        if restarts:
            parts.append(f"{restarts} restarted after a process died")
        return ", ".join(parts) + (f"; {missing} of {expected} never started" if missing > 0 else "")

    def _epochs(self) -> str:
        most = (self.max_epochs or 0) * max(self.record.expected_trials or 0, len(self.record.rows))
        of = f" of at most {most}" if most else ""
        return f"{self.record.epochs}{of}; trials took {duration(self.seconds)}"

    def _failures(self) -> Iterator[tuple[str, str]]:
        """Trials that failed alike are one entry, with the first of them to look at."""
        alike: dict[str, list[Trial]] = {}
        for row in self.record.rows.values():
            if row.state.failed:
                diverged = "diverged: " if row.state is TrialState.DIVERGED else ""
                told = said(error_line(row.error)) or row.reason or "no error was given"
                alike.setdefault(diverged + told, []).append(row)
        label = "failed"
        for error, rows in list(alike.items())[:MOST_ERRORS]:
            who = rows[0].name if len(rows) == 1 else f"{rows[0].name} and {len(rows) - 1} more"
            yield label, f"{who}: {error}"
            label = ""
            path = self.run.trial_error(rows[0].name)
            if path.is_file():
                yield "", shown(path)
        if len(alike) > MOST_ERRORS:
            yield "", f"and {plural(len(alike) - MOST_ERRORS, 'other error')}"

    def _best(self) -> Iterator[tuple[str, str]]:
        best, objective = self.record.best, self.record.objective
        if best is None:
            failed_only = any(row.best is not None for row in self.record.rows.values())
            who = "only trials that failed" if failed_only else "no trial"
            yield "best", f"none: {who} reported a finite {objective.needed}"
            return
        if objective.several:
            yield from self._front()
            return
        word = self.record.unit
        state = "" if best.state is TrialState.COMPLETED else f" ({best.state.words})"
        yield "best", f"{objective.label} {number(best.best)} at {word} {best.best_iteration} of {best.name}{state}"
        if self.record.repeat > 1:
            yield "", f"its configuration: {self.record.best_sample}"
        yield "parameters", parameters(best.parameters) or "none"
        metrics = headline_metrics(best, objective.metrics)
        if metrics:
            yield "metrics", "  ".join(f"{name}={number(value)}" for name, value in metrics.items())

    def _front(self) -> Iterator[tuple[str, str]]:
        """The trials of the Pareto front, the best by the first objective first."""
        front, objective = self.record.front, self.record.objective
        yield (
            "front",
            f"{plural(len(front), 'trial')} that no other beats in {objective}; each at its best {objective.label}",
        )
        for row in front[:MOST_OF_FRONT]:
            state = "" if row.state is TrialState.COMPLETED else f" ({row.state.words})"
            values = parameters(objective.values(row.best_metrics))
            yield "", f"{row.name}{state} {values}: {parameters(row.parameters) or 'no parameters'}"
        if len(front) > MOST_OF_FRONT:
            yield "", f"and {len(front) - MOST_OF_FRONT} more, in {shown(self.run.front_csv)}"

    def _gain(self) -> Iterator[tuple[str, str]]:
        """What the winner gains over the trial that runs the trainable's own defaults, where there is one."""
        record = self.record
        nothing = nothing_learned(record)
        if nothing:
            yield "", nothing
        gained = gain(record)
        if gained:
            yield "gain", gained.told

    def _paths(self) -> Iterator[tuple[str, str]]:
        paths: list[tuple[str, Path]] = []
        if self.record.front:
            paths.append(("front files", self.run.best))
        if self.run.best_yaml.is_file():
            paths.append(("best config", self.run.best_yaml))
        if self.run.best_weights.is_file():
            paths.append(("best weights", self.run.best_weights))
        paths.append(("run folder", self.run.root))
        for label, path in paths:
            yield label, shown(path)


@dataclass(frozen=True)
class NextSteps:
    """What can be typed next, one command each; the last words of a run."""

    commands: tuple[str, ...]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        if self.commands:
            yield Text("next", style="bold")
        for command in self.commands:
            yield Text("\n".join(_continued(command, options.max_width)))


def headline_metrics(row: Trial, targets: Sequence[str]) -> dict[str, float]:
    """The few metrics of a trial's best report that tell most; a single target is the objective itself and left out."""

    def rank(name: str) -> int:
        if name in targets:
            return -1
        return next((place for place, words in enumerate(HEADLINES) if re.search(words, name.lower())), len(HEADLINES))

    numbers = {
        name: value
        for name, value in row.best_metrics.items()
        if isinstance(value, (int, float)) and math.isfinite(value) and name != OBJECTIVE
    }
    told = [name for name in sorted(numbers, key=rank) if rank(name) < len(HEADLINES) and [name] != list(targets)]
    return {name: numbers[name] for name in told[:MOST_METRICS]}


def _continued(command: str, width: int) -> Iterator[str]:
    """A command, indented, in lines that a shell takes as one; a word is never broken."""
    first, *words = re.findall(r"(?:'[^']*'|\"[^\"]*\"|[^\s'\"])+", command)
    part = f"  {first}"
    for word in words:
        if len(part) + len(word) + 3 > width:
            yield f"{part} \\"
            part = f"    {word}"
        else:
            part += f" {word}"
    yield part
