"""decisions.jsonl: how a trial ended is in trials.csv as well, but for the rule."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from runner.runs.decisions import DIVERGED, Decision
from runner.runs.folder import RunFolder
from runner.runs.mending.aside import at_lines, rewrite
from runner.runs.mending.sound import Sound
from runner.runs.trial import TrialState

UNKNOWN = "unknown"
RULES = {
    TrialState.COMPLETED: "end",
    TrialState.FAILED: "error",
    TrialState.OUT_OF_MEMORY: "out_of_memory",
    TrialState.DIVERGED: DIVERGED,
    TrialState.INTERRUPTED: "interrupted",
}


def mend_decisions(run: RunFolder, sound: Sound) -> Iterator[str]:
    """Repair the file, and `sound.decisions` with it; a note where anything was wrong."""
    wrong = [number for number, line in enumerate(sound.decisions, 1) if line is None]
    ended = {name: row for name, row in sound.trials.items() if TrialState(row["state"]).ended}
    lost = [name for name in ended if name not in sound.ends]
    if not (wrong or lost or sound.repeated_decisions):
        return
    known = {line["detail"]: line["rule"] for line in sound.ends.values()}
    made = [_made(ended[name], known) for name in lost]
    notes = at_lines(wrong, "cannot be read") + at_lines(sound.repeated_decisions, "repeats the one before")
    if lost:
        notes.append(
            f"the ends of {', '.join(lost[:3])}{' and others' if len(lost) > 3 else ''} put back from trials.csv"
        )
    guessed = [line["trial"] for line in made if line["rule"] == UNKNOWN]
    if guessed:
        notes.append(f"which rule stopped {', '.join(guessed)} is not known any more: a resume leaves it as it is")
    if len(wrong) > len(lost):
        notes.append("what else stood there is lost for good")
    sound.decisions = [*(line for line in sound.decisions if line is not None), *made]
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in sound.decisions)
    yield f"decisions.jsonl: {'; '.join(notes)}; {rewrite(run.decisions, text)}"


def _made(row: dict[str, str], known: dict[str, str]) -> dict[str, Any]:
    """The line of an end; a rule that ends several trials gives all of them the same reason."""
    state = TrialState(row["state"])
    rule = RULES.get(state) or known.get(row["reason"], UNKNOWN)
    decision = Decision(row["trial"], int(row["iterations"]), rule, None, None, row["reason"])
    when = datetime.now(UTC).isoformat(timespec="seconds")
    return {"time": when, "state": state.value, **asdict(decision)}
