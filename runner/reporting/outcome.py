"""What a run was, and what came out of it."""

import math
import shlex
from collections import Counter
from html import escape
from typing import Any

from runner.config.nested import flat
from runner.reporting.page import Section, fold, paragraph, table
from runner.runs.columns import BEST, CONFIGURATION, PARAMETER
from runner.runs.gain import gain, nothing_learned
from runner.runs.plain_yaml import dump
from runner.runs.run import Run
from runner.runs.trial import TrialState
from runner.runs.wording import duration, number, plural


def outcome(run: Run) -> Section:
    """The best trial, the states, the time, and the command that runs it again."""
    seeds = len(run.best_sample.values)
    of = f", mean of {plural(seeds, 'seed')}" if run.repeat > 1 and seeds else ""
    cards = [
        _card(number(run.best_value), f"best {run.objective.label} ({run.objective.mode}){of}", "best"),
        *([_card(str(len(run.front)), "on the Pareto front")] if run.objective.several else []),
        _card(str(len(run.trials)), f"trials: {states(run)}" if len(run.trials) else "trials"),
        _card(str(len(run.history)), f"{run.unit}s in all"),
        _card(duration(seconds(run)), "from the first start to the last end"),
    ]
    body = f'<div class="cards">{"".join(cards)}</div>\n'
    body += _best(run)
    return Section("Outcome", f'{body}<pre class="command">{escape(command(run))}</pre>\n')


def states(run: Run) -> str:
    """2 completed, 5 stopped."""
    amounts = Counter(run.trials["state"])
    return ", ".join(f"{amounts[state]} {state.words}" for state in TrialState if amounts[state])


def seconds(run: Run) -> float | None:
    """From the start of the first trial to the end of the last one that ended."""
    starts = started(run)
    return max((end for _, end in starts.values()), default=None) if starts else None


def started(run: Run) -> dict[str, tuple[float, float]]:
    """Start and end of each trial that ended, in seconds after the start of the first.

    The start lies its running time before the end.
    """
    ends = run.ends["time"]
    spent = run.trials["seconds"]
    spans = {
        str(name): (end.timestamp() - float(spent[name]), end.timestamp())
        for name, end in ends.items()
        if name in spent.index
    }
    first = min((start for start, _ in spans.values()), default=0.0)
    return {name: (start - first, end - first) for name, (start, end) in spans.items()}


def command(run: Run) -> str:
    """What to type to run it again."""
    return shlex.join(["python", "-m", "runner", *run.words])


def _best(run: Run) -> str:
    best = run.best
    if best is None:
        return paragraph(f"No trial that did not fail reported a finite {run.objective.needed}.")
    if run.objective.several:
        return _front(run)
    told = paragraph(
        f"{best.name} ({TrialState(best['state']).words}) was best at {run.unit} {best['best_iteration']:g}."
    )
    if run.repeat > 1:
        told += paragraph(f"Its configuration, number {best[CONFIGURATION]}: {run.best_sample}.")
    told += _gain(run)
    values = flat(run.best_parameters)
    rows = [[key, number(value) if isinstance(value, float) else value] for key, value in values.items()]
    metrics = {name.removeprefix(BEST): best[name] for name in run.trials.columns if name.startswith(BEST)}
    numbers = {
        name: value for name, value in metrics.items() if isinstance(value, (int, float)) and math.isfinite(value)
    }
    reported = table(["metric", "there"], [[name, number(float(value))] for name, value in numbers.items()])
    folded = f"<details><summary>{plural(len(numbers), 'metric')} of that {run.unit}</summary>{reported}</details>\n"
    return told + table(["parameter", "value"], rows) + (folded if numbers else "")


def _gain(run: Run) -> str:
    """Over the defaults, where a trial ran them; or that there is none to speak of."""
    nothing = nothing_learned(run)
    gained = gain(run)
    told = paragraph(f"{nothing[0].upper()}{nothing[1:]}.") if nothing else ""
    return told + (paragraph(f"Gain: {gained.told}.") if gained else "")


def _front(run: Run) -> str:
    first = run.objective.label
    told = _gain(run) + paragraph(
        f"By {run.objective} no trial beats one of the front, each taken at its best {first}. Where one number is asked"
        f" for (best, curves, analyses of the hyperparameters), it is {first}."
    )
    rows = [
        [trial.name, trial.state.words, *map(number, run.values(trial).values())]
        + [_told(run.front.loc[trial.name, PARAMETER + key]) for key in run.parameters]
        for trial in run.pareto_front
    ]
    return told + table(["trial", "state", *run.objective.metrics, *run.parameters], rows)


def _told(value: Any) -> str:
    return number(value) if isinstance(value, float) else str(value)


def configuration(run: Run) -> Section:
    """The resolved config, folded, and the lock where the run has one."""
    parts = [("config.yaml", dump(run.config))]
    if run.folder.lock.is_file():
        parts.append(("lock.yaml", run.folder.lock.read_text(encoding="utf-8", errors="replace")))
    return Section("Configuration", "".join(fold(name, text) for name, text in parts))


def _card(value: str, label: str, kind: str = "") -> str:
    return f'<div class="card {kind}"><b>{escape(value)}</b><span>{escape(label)}</span></div>'
