"""history.csv: reports that it lost are in Ray's own files below tune/, and their objectives in the journal."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from runner.config.objective import OBJECTIVE, Objective
from runner.runs.cells import cell, is_number, line, scan
from runner.runs.columns import LAST
from runner.runs.folder import RunFolder
from runner.runs.history import FIRST, metric
from runner.runs.journal import Event
from runner.runs.json_lines import json_object, lines
from runner.runs.mending.aside import at_lines, rewrite
from runner.runs.mending.sound import Key, Sound
from runner.runs.wording import plural

RAY_SECONDS = "time_total_s"


def mend_history(run: RunFolder, objective: Objective, sound: Sound) -> Iterator[str]:
    """Repair the file, and `sound.reports` with it; a note where anything was wrong."""
    table, last = sound.reports, sound.last_iterations()
    columns = table.columns if table.columns and tuple(table.columns[: len(FIRST)]) == FIRST else None
    header = columns or _columns(sound, objective)
    told = sound.told
    rows = {_key(row): row for row in (table.rows if columns else [])}
    extra = [key for key in rows if key[0] in last and key[1] > last[key[0]] and key not in told]
    wanted = {key for key in told if key[0] in last and key[1] <= last[key[0]]}
    wanted |= {(trial, iteration) for trial, iteration in last.items() if iteration > 0}
    lost = sorted(wanted - rows.keys())
    if columns and not (table.wrong or table.again or extra or lost):
        return
    for key in extra:
        del rows[key]
    notes = ["the header cannot be read"] if columns is None else []
    notes += at_lines(table.wrong, "cannot be read") + at_lines(table.again, "repeats an earlier one")
    notes += [f"{trial} never had an iteration {iteration}" for trial, iteration in extra]
    from_ray = {key: row for key in lost if (row := _of_ray(run, key[0], header).get(key[1]))}
    from_journal = {key: _of_journal(told[key], header, objective) for key in lost if key in told.keys() - from_ray}
    gone = [key for key in lost if key not in {**from_ray, **from_journal}]
    for found, source in (
        (from_ray, "put back from Ray's files below tune/"),
        (from_journal, "put back from journal.jsonl, with the objective alone"),
        (dict.fromkeys(gone), "lost for good"),
    ):
        if found:
            notes.append(f"{plural(len(found), 'report')} {source} ({_spans([*found])})")
    table.rows = _in_order({**rows, **from_ray, **from_journal}, told)
    table.columns, table.wrong, table.again = header, [], []
    text = line(header) + "".join(line([row[column] for column in header]) for row in table.rows)
    yield f"history.csv: {'; '.join(notes)}; {rewrite(run.history_csv, text)}"


def _columns(sound: Sound, objective: Objective) -> list[str]:
    """Those of a history whose header is lost: what trials.csv knows, or the objective's metrics."""
    known = [c.removeprefix(LAST) for c in sound.table.columns or [] if c.startswith(LAST)] or objective.metrics
    return [*FIRST, *(f"metric/{name}" if name in FIRST else name for name in known if name != OBJECTIVE)]


def _key(row: Mapping[str, str]) -> Key:
    return row["trial"], int(row["iteration"])


def _in_order(rows: Mapping[Key, dict[str, str]], told: Mapping[Key, Event]) -> list[dict[str, str]]:
    """As the journal has them; one that it does not know stays behind the one before it."""
    order = {key: place for place, key in enumerate(told)}
    places: dict[Key, int] = {}
    place = -1
    for key in rows:
        place = order.get(key, place)
        places[key] = place
    ordered = [rows[key] for key in sorted(rows, key=lambda key: (places[key], key[1]))]
    seconds: dict[str, str] = defaultdict(lambda: "0.0")
    for row in ordered:
        row["seconds"] = row["seconds"] or seconds[row["trial"]]
        seconds[row["trial"]] = row["seconds"]
    return ordered


def _of_ray(run: RunFolder, trial: str, header: list[str]) -> dict[int, dict[str, str]]:
    """The reports of a trial by iteration, the last where it reported one again."""
    found = {}
    for segment in run.segments():
        for result in (*_csv(segment / trial / "progress.csv"), *_json(segment / trial / "result.json")):
            iteration = str(result.get("training_iteration", ""))
            if not iteration.isdecimal() or not is_number(str(result.get(OBJECTIVE, ""))):
                continue
            first = {"trial": trial, "iteration": iteration, "seconds": str(result.get(RAY_SECONDS, ""))}
            rest = {column: str(result.get(metric(column), "")) for column in header if column not in first}
            found[int(iteration)] = {**first, **rest}
    return found


def _csv(path: Any) -> Iterator[dict[str, Any]]:
    rows = scan(path) if path.is_file() else iter(())
    _, columns = next(rows, (1, None))
    for _, row in rows:
        if columns and row and len(row) == len(columns):
            yield dict(zip(columns, row, strict=True))


def _json(path: Any) -> Iterator[dict[str, Any]]:
    for _, text in lines(path):
        try:
            yield _flat(json_object(text))
        except ValueError:
            continue


def _flat(node: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested metrics as history.csv names them: a/b."""
    flat: dict[str, Any] = {}
    for key, value in node.items():
        flat |= _flat(value, f"{prefix}{key}/") if isinstance(value, dict) else {f"{prefix}{key}": cell(value)}
    return flat


def _of_journal(event: Event, header: list[str], objective: Objective) -> dict[str, str]:
    known = objective.as_result(event.objective) if event.objective is not None else {}
    row = {column: json.dumps(known[metric(column)]) if metric(column) in known else "" for column in header}
    score = str(known.get(OBJECTIVE, "nan"))
    return {**row, "trial": event.trial, "iteration": str(event.iteration), "seconds": "", OBJECTIVE: score}


def _spans(keys: list[Key]) -> str:
    """trial_001: 3 to 5; trial_002: 1."""
    iterations: dict[str, list[int]] = defaultdict(list)
    for trial, iteration in keys:
        iterations[trial].append(iteration)
    spans = (f"{t}: {i[0]} to {i[-1]}" if len(i) > 1 else f"{t}: {i[0]}" for t, i in iterations.items())
    told = list(spans)
    return ", ".join(told[:3]) + (f" and {len(told) - 3} trials more" if len(told) > 3 else "")
