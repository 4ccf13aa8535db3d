"""A plan as a page to read: on a terminal of any width, and in a file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from runner.config.conditions import condition_text
from runner.config.nested import flat
from runner.planning.duration import SLACK
from runner.planning.epochs import Rung
from runner.planning.plan import Part, Plan
from runner.planning.proposals import Proposal, Proposals
from runner.planning.space import Parameter
from runner.runs.wording import NOTHING, duration, labelled, number, parameters, plural, roughly, shown


@dataclass(frozen=True)
class Page:
    """Labels on the left and words on the right; tables where there is more than a line to say."""

    plan: Plan

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        plan, width = self.plan, options.max_width
        yield from _lines(_what(plan), width)
        if plan.space:
            yield _headline("search space")
            yield _space([parameter for parameter in plan.space if parameter.distribution])
        yield _headline("proposals", _how_many(plan.proposals))
        for one in plan.proposals.first:
            yield Text(labelled(one.trial, _proposal(one, plan.space), width))
        if plan.epochs is not None and plan.epochs.rungs:
            yield _headline("rungs", "trials that are expected to reach each, and to go on")
            yield _rungs(plan.epochs.rungs, plan.unit)
        yield Text()
        yield from _lines(_how_much(plan), width)
        yield from _problems(plan, width)


def _lines(lines: Iterator[tuple[str, str]], width: int) -> Iterator[Text]:
    for label, value in lines:
        text = Text(labelled(label, value, width))
        text.stylize("bold", 0, len(label))
        yield text


def _headline(title: str, more: str = "") -> Text:
    return Text.assemble("\n", (title, "bold"), (f"  {more}" if more else "", "dim"))


def _what(plan: Plan) -> Iterator[tuple[str, str]]:
    full = f" of at most {plural(plan.epochs.full, plan.unit)}" if plan.epochs is not None else ""
    seeds = f"seeds {plan.seed} to {plan.seed + plan.seeds - 1}" if plan.seeds > 1 else f"seed {plan.seed}"
    yield "experiment", f"{plan.name}: {plural(plan.trials, 'trial')}{full}, {seeds}"
    yield "objective", ", ".join(plan.objectives) or f"{plan.objective} ({plan.mode})"
    yield "trainable", _part(plan.trainable)
    fixed = {parameter.key: parameter.arguments["value"] for parameter in plan.space if not parameter.distribution}
    if fixed:
        yield "fixed", parameters(fixed)
    yield "searcher", _part(plan.searcher)
    yield "scheduler", _part(plan.scheduler)
    for stopper in plan.stoppers:
        yield "stopper", _part(stopper)
    for logger in plan.loggers:
        yield "logger", _part(logger)
    yield "run folder", f"{shown(Path(plan.output))}/<date>_<time>"


def _part(part: Part) -> str:
    """The name and what is set: an option that is empty says nothing, and configurations are shown below."""
    options = {
        key: f"{len(value)} of them" if isinstance(value, list) and isinstance(value[0], dict) else value
        for key, value in flat(part.options).items()
        if value not in (None, [], {}, "")
    }
    return f"{part.name} {parameters(options)}".rstrip() + (f": {part.about.rstrip('.')}" if part.about else "")


def _space(searched: Sequence[Parameter]) -> Table:
    told = any(parameter.default_inside is not None for parameter in searched)
    conditional = any(parameter.when for parameter in searched)
    table = _table(
        "parameter", "distribution", "values", *(["default"] if told else []), *(["when"] if conditional else [])
    )
    for parameter in searched:
        default = [_default(parameter)] if told else []
        when = [condition_text(parameter.when)] if conditional else []
        table.add_row(parameter.key, parameter.distribution, _values(parameter), *default, *when)
    return table


def _default(parameter: Parameter) -> str:
    """Of one outside of the space, as it is: 3.0 is no value of a whole number."""
    if parameter.default_inside is None:
        return NOTHING
    return _value(parameter.default) if parameter.default_inside else f"{parameter.default} (outside)"


def _values(parameter: Parameter) -> str:
    arguments = parameter.arguments
    if "categories" in arguments:
        return ", ".join(map(_value, arguments["categories"]))
    if parameter.bounds is None:
        told = f"mean {_value(arguments['mean'])}, sd {_value(arguments['sd'])}"
    else:
        told = " to ".join(map(_value, parameter.bounds))
    return f"{told}, in steps of {_value(arguments['q'])}" if "q" in arguments else told


def _value(value: Any) -> str:
    return number(value) if isinstance(value, float) else str(value)


def _how_many(proposals: Proposals) -> str:
    listed, foreseeable, trials = len(proposals.first), proposals.foreseeable, proposals.trials
    told = f"the first {listed} of {trials}" if listed < trials else f"all {trials}"
    if foreseeable == trials:
        return f"{told}; none depends on results"
    return f"{told}; from trial {foreseeable} on they depend on results"


def _proposal(one: Proposal, space: Sequence[Parameter]) -> str:
    """What is searched: the rest has been told."""
    values = flat(one.config)
    fixed = {parameter.key for parameter in space if not parameter.distribution}
    told = parameters({key: value for key, value in values.items() if key not in fixed})
    return told if one.origin == "drawn" else f"{one.origin}: {told}"


def _rungs(rungs: Sequence[Rung], unit: str) -> Table:
    several = len({rung.bracket for rung in rungs}) > 1
    table = _table(*(["bracket"] if several else []), unit, "reach", "go on", numbers=True)
    for rung in rungs:
        cells = [str(rung.epoch), f"{rung.reach:.1f}", f"{rung.go_on:.1f}"]
        table.add_row(*([str(rung.bracket)] if several else []), *cells)
    return table


def _table(*columns: str, numbers: bool = False) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="dim")
    for column in columns:
        table.add_column(column, justify="right" if numbers else "left", overflow="fold")
    return table


def _how_much(plan: Plan) -> Iterator[tuple[str, str]]:
    yield "at once", _at_once(plan)
    epochs = plan.epochs
    if epochs is None:
        yield f"{plan.unit}s", "not known: budget.max_epochs is not set, and a trial ends itself"
    else:
        likely = "" if epochs.likely is None else " ({} to {} in eight of ten simulated runs)".format(*epochs.likely)
        about = f"about {round(epochs.expected)}{likely}"
        told = "" if epochs.least == epochs.most else f"at least {epochs.least}, {about}, "
        yield f"{plan.unit}s", f"{told}at most {epochs.most}{_uncounted(plan)}"
    yield "time", _time(plan)
    yield from _timeout(plan)
    weights = "" if plan.disk_bytes is None else f"about {plan.disk_bytes / 1e9:.2g} GB of weights; "
    yield "disk", f"{weights}{plan.free_bytes / 1e9:.1f} GB are free"


def _uncounted(plan: Plan) -> str:
    """What may end trials early and cannot be foreseen."""
    names = [stopper.name for stopper in plan.stoppers if stopper.name != "max_iterations"]
    return f" ({' and '.join(names)} may end trials before that)" if names else ""


def _at_once(plan: Plan) -> str:
    together = plan.at_once
    first, *others = together.limits
    also = "".join(f"; {limit.trials} by {limit.why}" for limit in others)
    told = f"{plural(together.trials, 'trial')}, limited by {first.why}{also}"
    return told if together.exact else f"at most {told}; the CPUs and GPUs of the cluster are not known yet"


def _time(plan: Plan) -> str:
    budget = "" if plan.time_budget is None else f"; at most {duration(plan.time_budget)} by budget.time_budget"
    if plan.duration is None:
        why = "no earlier run trained alike; --probe trains one short trial"
        if plan.epochs is None:
            why = f"the {plan.unit}s are not known"
        return f"not known: {why}{budget}"
    pace = plan.duration.pace
    whose = "a trial" if pace.every_trial else "in each process"
    each = f"{pace.epoch:.2g} s per {plan.unit} and {pace.beside:.2g} s beside them {whose}, as in {pace.source}"
    return f"about {roughly(plan.duration.expected)}, at most {roughly(plan.duration.most)}: {each}{budget}"


def _timeout(plan: Plan) -> Iterator[tuple[str, str]]:
    if plan.trial_timeout is not None:
        yield "trial timeout", f"a trial that reports nothing for {duration(plan.trial_timeout)} fails"
    elif plan.proposed_timeout is not None:
        told = f"budget.trial_timeout={plan.proposed_timeout}m would end it, at {SLACK} times the usual first report"
        yield "trial timeout", f"none, so that a trial that hangs is waited for; {told}"


def _problems(plan: Plan, width: int) -> Iterator[Text]:
    for style, problems in (("yellow", plan.warnings), ("red", plan.obstacles)):
        for problem in problems:
            label = "obstacle" if problem.fatal else problem.kind
            where = f"{problem.where}: " if problem.where else ""
            remedy = f"; {problem.remedy}" if problem.remedy else ""
            text = Text(labelled(label, f"{where}{problem.message}{remedy}", width))
            text.stylize("dim" if label == "note" else style, 0, len(label))
            yield text
    if plan.obstacles:
        yield Text("\nthe experiment would be refused here as long as there is an obstacle")
