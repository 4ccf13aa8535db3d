"""A whole run folder as tune leaves it, without Ray; and what befalls its files."""

import json
import random
from collections.abc import Callable
from pathlib import Path

from runner.config.objective import OBJECTIVE
from runner.runs.cells import line
from runner.runs.decisions import Decision
from runner.runs.folder import RunFolder
from runner.runs.journal import Event, Journal
from runner.runs.record import Record, TrialState
from tests.config.composing import experiment

from .conftest import Clock

WORDS = (
    "experiment=quickstart", "budget.num_samples=8", "budget.max_epochs=4", "scheduler=asha",
    "search_space.a=uniform(0,1)",
)  # fmt: skip
TRIALS = {
    "trial_000": ([4.0, 3.0, 2.5, 2.6], TrialState.COMPLETED, "end"),
    "trial_001": ([5.0, 4.5], TrialState.STOPPED, "asha"),
    "trial_002": ([1.0, 0.5, 0.25, 0.5], TrialState.COMPLETED, "end"),
    "trial_003": ([6.0], TrialState.FAILED, "error"),
    "trial_004": ([2.0, 1.5, 1.25], TrialState.INTERRUPTED, "interrupted"),
}
FILES = ("history.csv", "trials.csv", "decisions.jsonl", "journal.jsonl", "overrides.yaml", "config.yaml", ".driver")


def whole_run(root: Path, started_in: Path) -> RunFolder:
    """Two completed trials, a stopped, a failed and an interrupted one; three to come."""
    run = RunFolder.at(root)
    made = experiment(*WORDS)
    run.write_config(made.config, WORDS)
    run.lock.write_text(json.dumps({"git": None, "python": "3.11", "config": made.config}))
    journal, clock = Journal(run.journal), Clock()
    journal.write(Event("began", path=str(started_in)))
    record = Record(run, made.objective, expected_trials=8, max_epochs=4, clock=clock)
    for number, (name, (values, state, rule)) in enumerate(TRIALS.items()):
        config = {"a": 0.1 * (number + 1), "b": 1 + number % 3}
        journal.write(Event("proposed", name, config=config))
        record.started(name, config)
        folder = run.root / "tune" / name
        folder.mkdir(parents=True)
        rows = [["score", OBJECTIVE, "note", "training_iteration", "time_total_s"]]
        for iteration, value in enumerate(values, 1):
            clock.now += 1.0
            if not (state is TrialState.STOPPED and iteration == len(values)):  # then the searcher is told of the end
                journal.write(Event("reported", name, iteration, value))
            record.reported(name, iteration, {OBJECTIVE: value, "score": value, "note": "a, b"})
            rows.append([str(value), str(value), "a, b", str(iteration), str(float(iteration))])
        (folder / "progress.csv").write_text("".join(map(line, rows)))
        if state.failed:
            journal.write(Event("ended", name, failed=True))
        elif state is not TrialState.INTERRUPTED:
            journal.write(Event("ended", name, len(values), values[-1]))
        decision = Decision(name, len(values), rule, values[-1], None, f"ended by {rule}", epochs_saved=4 - len(values))
        record.ended(name, state, decision, "ValueError: x" if state.failed else "")
    record.close()
    journal.write(Event("left"))
    return run


Damage = Callable[[bytes], bytes]


def at_line(number: int, change: Callable[[bytes], bytes]) -> Damage:
    """Change the line of that number, from 1."""

    def damage(content: bytes) -> bytes:
        lines = content.splitlines(keepends=True)
        place = min(number, len(lines)) - 1
        lines[place] = change(lines[place])
        return b"".join(lines)

    return damage


DAMAGES: dict[str, Damage] = {
    "empty": lambda content: b"",
    "text": lambda content: b"nothing of the kind\n",
    "binary": lambda content: bytes(range(256)) * 4 + b"\n",
    "other JSON": lambda content: b"[1, 2]\n" + content,
    "half": lambda content: content[: len(content) // 2],
    "half, whole lines": lambda content: b"".join(content.splitlines(keepends=True)[: content.count(b"\n") // 2]),
    "a line twice": at_line(3, lambda text: text * 2),
    "a bad line": at_line(3, lambda text: b"}{ nonsense \xff\n"),
    "a line gone": at_line(3, lambda text: b""),
    "a line cut": at_line(3, lambda text: text[: len(text) // 2] + b"\n"),
    "a quote": at_line(3, lambda text: b'"' + text),
    "zeros": at_line(3, lambda text: b"\0" * len(text)),
}


def mutated(content: bytes, seed: int) -> bytes:
    """A few bytes changed, taken out or doubled."""
    dice = random.Random(seed)
    changed = bytearray(content)
    for _ in range(dice.randint(1, 4)):
        place = dice.randrange(max(1, len(changed)))
        length = dice.choice([1, 1, 4, 40])
        kind = dice.randrange(4)
        if kind == 0:
            changed[place : place + length] = bytes(dice.randrange(256) for _ in range(length))
        elif kind == 1:
            del changed[place : place + length]
        elif kind == 2:
            changed[place:place] = changed[place : place + length]
        else:
            changed[place : place + 1] = dice.choice([b"9", b"\n", b",", b'"', b"null", b"x", b"-", b"{"])
    return bytes(changed)


def commands(run: Path, other: Path) -> dict[str, list[str]]:
    """A command line of each command on a run."""
    folder = str(run)
    return {
        "why": ["why", folder], "why of a trial": ["why", folder, "0"], "resume": ["resume", folder],
        "extend": ["extend", folder, "budget.num_samples=+2"], "replay": ["replay", folder],
        "promote": ["promote", folder, "--name", "mine", "--force"], "diff": ["diff", folder, str(other)],
        "confirm": ["confirm", folder], "report": ["report", folder, "--out", "report.html"],
    }  # fmt: skip
