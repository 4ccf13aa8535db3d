"""trials.csv: made anew from the journal, history.csv and decisions.jsonl."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from runner.config.objective import OBJECTIVE, Objective
from runner.config.read_search_space import read_search_space
from runner.config.registry import unit_of
from runner.runs.columns import read_trial
from runner.runs.decisions import RESTARTED, RETRY, is_over
from runner.runs.folder import RunFolder
from runner.runs.mending.aside import at_lines, set_aside
from runner.runs.mending.sound import Sound
from runner.runs.proposed import proposed
from runner.runs.ranking import repeats
from runner.runs.record import Record
from runner.runs.trial import DEFAULTS, Trial, TrialState


def mend_trials(run: RunFolder, config: Mapping[str, Any], objective: Objective, sound: Sound) -> Iterator[str]:
    """Repair the file; a note where anything was wrong."""
    table = sound.table
    notes = [] if table.columns else ["the header cannot be read" if run.trials_csv.is_file() else "is not there"]
    notes += at_lines(table.wrong, "cannot be read") + at_lines(table.again, "repeats an earlier one")
    lacking = [name for name in sound.started if name not in sound.trials]
    if lacking and table.columns:
        notes.append(f"{', '.join(lacking[:3])} {'is' if len(lacking) == 1 else 'are'} not in it")
    other = [name for name in sound.trials if name not in sound.exploited and _disagrees(name, objective, sound)]
    if other:
        notes.append(f"{', '.join(other[:3])}: another best or last report than in history.csv")
    if not notes or sound.exploited:
        return  # what a scheduler changed the parameters to is in no other file: whoever reads the table says so
    space, _ = read_search_space(config["search_space"] or {})
    unknown = sound.trials.keys() - sound.proposals
    configs = sound.proposals | {name: proposed(sound.trials[name], space) for name in unknown}
    lost = [name for name in sound.started if name not in configs]
    if lost:
        notes.append(f"the parameters of {', '.join(lost)} are lost for good")
    ends = {name: _kept(name, run, config, sound) for name in sound.started}
    kept = set_aside(run.trials_csv)
    # What the winner's files say beside its parameters is known to its trainable alone, which is not asked here.
    best = {path: path.read_bytes() for path in (*run.best.glob("*.yaml"), *run.best.glob("*.csv"))}
    record = Record(
        run, objective, expected_trials=None, max_epochs=config["budget"]["max_epochs"], unit=unit_of(config),
        repeat=repeats(config),
    )  # fmt: skip
    record.resume({name: configs.get(name, {}) for name in sound.started}, ends)
    for path, content in best.items():
        path.write_bytes(content)
    yield f"trials.csv: {'; '.join(notes)}; made anew from journal.jsonl, history.csv and decisions.jsonl; {kept}"


def _disagrees(name: str, objective: Objective, sound: Sound) -> bool:
    row = sound.trials[name]
    if not TrialState(row["state"]).ended:
        return False
    reports = [report for report in sound.reports.rows if report["trial"] == name]
    best: float | None = None
    for report in reports:
        value = float(report[OBJECTIVE])
        best = value if objective.better(value, best) else best
    last = int(reports[-1]["iteration"]) if reports else 0
    return (last, best) != (int(row["iterations"]), float(row[OBJECTIVE]) if row[OBJECTIVE] else None)


def _kept(name: str, run: RunFolder, config: Mapping[str, Any], sound: Sound) -> Trial:
    """A trial with what no report holds: as its row says where that is sound, else as the other files do."""
    row, end = sound.trials.get(name), sound.ends.get(name)
    if row is not None:
        return read_trial(row)
    seconds = [report["seconds"] for report in sound.reports.rows if report["trial"] == name]
    weights = [path for path in (run.trial_weights(name), *reversed(run.checkpoints(name))) if path.exists()]
    first = next(iter(sound.proposals), None) == name and bool(config["searcher"].get("defaults_first"))
    over = end is not None and is_over(end["state"], end["rule"])
    return Trial(
        name,
        config={},
        started_at=math.nan,
        state=TrialState(end["state"]) if end is not None and over else TrialState.INTERRUPTED,
        restarts=sum(_is_restart(line, name) for line in sound.decisions),
        note=DEFAULTS if first else "",
        checkpoint=str(weights[0].relative_to(run.root)) if weights else "",
        reason=end["detail"] if end is not None and over else "",
        seconds=float(seconds[-1]) if seconds else 0.0,
    )


def _is_restart(line: Mapping[str, Any] | None, name: str) -> bool:
    """Whether the process of the trial died, and it went on in another: a retry of a failed one is none."""
    return line is not None and (line["trial"], line["state"]) == (name, RESTARTED) and line["rule"] != RETRY
