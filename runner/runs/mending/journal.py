"""journal.jsonl: a proposal is in trials.csv as well, a report in history.csv; the place of a lost line is known."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from runner.config.objective import Objective
from runner.config.read_search_space import read_search_space
from runner.runs.decisions import CUT_OFF
from runner.runs.folder import RunFolder
from runner.runs.history import History
from runner.runs.journal import Event, Kind, as_line
from runner.runs.mending.aside import at_lines, rewrite
from runner.runs.mending.sound import Sound
from runner.runs.proposed import proposed
from runner.runs.trial import TrialState
from runner.runs.wording import plural


def mend_journal(run: RunFolder, config: Mapping[str, Any], objective: Objective, sound: Sound) -> Iterator[str]:
    """Repair the file where what is lost can be put where it stood; a note where anything was wrong.

    A searcher is brought back by the same questions in the same order: a journal without its proposals stays as it is,
    and whoever needs them says so.
    """
    wrong = [place for place, event in enumerate(sound.events) if event is None]
    proposals = _proposals(config, sound)
    reports = _reports(run, objective, sound)
    lost = [*proposals, *reports]
    if not (wrong or reports or sound.repeated_events) or (proposals and len(lost) > len(wrong)):
        return
    ends = [*_ends(sound), *_last_reports(sound)] if len(wrong) > len(lost) else []
    lost += ends
    events = list(sound.events)
    loose = _fill(events, lost)
    kept = [event for event in events if event is not None]
    for event in loose:
        kept.insert(_behind(kept, event), event)
    for place, event in enumerate(kept):
        if not event.time and place:
            kept[place] = Event(**{**vars(event), "time": kept[place - 1].time})
    notes = at_lines([place + 1 for place in wrong], "cannot be read")
    notes += at_lines(sound.repeated_events, "repeats the one before")
    if proposals:
        notes.append(f"{plural(len(proposals), 'proposal')} put back from trials.csv")
    if reports:
        notes.append(f"{plural(len(reports), 'report')} put back from history.csv")
    if ends:
        notes.append(f"{plural(len(ends), 'end')} of a trial put back from decisions.jsonl")
    if len(wrong) > len(lost):
        notes.append("an end, a checkpoint or a time of work is lost for good")
    if not any(event.kind == "began" for event in kept):
        notes.append("the folder that the run was started in is not known: relative paths are looked for here")
    sound.events = list(kept)
    yield f"journal.jsonl: {'; '.join(notes)}; {rewrite(run.journal, ''.join(map(as_line, kept)))}"


def _proposals(config: Mapping[str, Any], sound: Sound) -> list[Event]:
    lost = [name for name in sound.started if name not in sound.proposals]
    space, _ = read_search_space(config["search_space"] or {})
    return [
        Event("proposed", name, config=proposed(sound.trials[name], space) if name in sound.trials else {})
        for name in sorted(lost)
    ]


def _reports(run: RunFolder, objective: Objective, sound: Sound) -> list[Event]:
    told, history = sound.told, History(run.history_csv)
    found = []
    for row in sound.reports.rows:
        report = history.report(row)
        if (report.trial, report.iteration) not in told:
            metrics = report.metrics
            value = objective.values(metrics) if objective.several else float(metrics["objective"])
            # A rule that ends a trial at a report does so before the searcher is told of that.
            end = sound.ends.get(report.trial)
            stopped = end is not None and end["state"] == TrialState.STOPPED and end["iteration"] == report.iteration
            kind: Kind = "ended" if stopped else "reported"
            found.append(Event(kind, report.trial, report.iteration, value))
    return found


def _ends(sound: Sound) -> list[Event]:
    """Of trials that ended by themselves or by a rule of their own: the searcher was told of those."""
    known = {event.trial for event in sound.events if event is not None and event.kind == "ended"}
    last = {event.trial: event for event in sound.told.values()}
    found = []
    for name, end in sound.ends.items():
        state = TrialState(end["state"])
        if name not in known and (state.ended_well or state.failed) and end["rule"] not in CUT_OFF:
            event = Event("ended") if state.failed else last.get(name, Event("ended"))
            found.append(Event("ended", name, event.iteration, event.objective, failed=state.failed))
    return found


def _last_reports(sound: Sound) -> list[Event]:
    """Of trials that ended by themselves: the searcher was told of the last report, and then of the end."""
    reported = {(e.trial, e.iteration) for e in sound.events if e is not None and e.kind == "reported"}
    by_itself = {name for name, end in sound.ends.items() if end["state"] == TrialState.COMPLETED}
    last = {name: event for (name, _), event in sound.told.items() if name in by_itself}
    return [
        Event("reported", name, event.iteration, event.objective)
        for name, event in last.items()
        if (name, event.iteration) not in reported
    ]


def _fill(events: list[Event | None], lost: list[Event]) -> list[Event]:
    """Put each into the first damaged line where it may have stood. Returns those without one."""
    loose = []
    for event in lost:
        behind = _behind(events, event)
        ahead = next((p for p, e in enumerate(events) if p >= behind and e is not None and _follows(e, event)), None)
        places = [
            p for p, e in enumerate(events) if e is None and behind <= p < (len(events) if ahead is None else ahead)
        ]
        if places:
            events[places[0]] = event
        else:
            loose.append(event)
    return loose


def _behind(events: list[Event | None] | list[Event], event: Event) -> int:
    """The first place behind all that came before this event."""
    return max(
        (place + 1 for place, other in enumerate(events) if other is not None and _follows(event, other)), default=0
    )


def _follows(later: Event, earlier: Event) -> bool:
    """Whether the one must stand behind the other: proposals by name, what a trial does by its iterations."""
    if later.kind == earlier.kind == "proposed":
        return later.trial > earlier.trial
    if later.trial != earlier.trial or later.kind == "proposed":
        return False
    return earlier.kind == "proposed" or _place(earlier) < _place(later)


def _place(event: Event) -> tuple[float, bool]:
    """Within a trial; an end behind the report of its iteration, or, without one, behind all."""
    over = event.kind == "ended"
    return event.iteration or (math.inf if over else 0), over
