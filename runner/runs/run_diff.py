"""Two runs beside each other: what differs in their config and environment, and what came out of both."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from runner.config.registry import common_unit
from runner.config.search_space import spelled_out
from runner.runs import lock
from runner.runs.differences import Difference, differences, table
from runner.runs.journal import read
from runner.runs.run import Run
from runner.runs.trial import Trial
from runner.runs.wording import number, parameters, plural, shown

HEADINGS = ("1", "2")


@dataclass(frozen=True)
class TrainedAgain:
    """A search and a training: their headings, and the trial whose parameters are trained, None where it is none's.

    `unit` is what one report of the search is called.
    """

    search: str
    training: str
    trial: Trial | None
    unit: str

    def __str__(self) -> str:
        if self.trial is None:
            return f"{self.search} is a search, {self.training} trains parameters that no trial of it had"
        came = f"{number(self.trial.best)} at {self.unit} {self.trial.best_iteration}"
        return (
            f"{self.training} trains the parameters of {self.trial.name} of {self.search}, which came to {came} there"
        )


@dataclass(frozen=True)
class RunDiff:
    """Of `after` against `before`."""

    before: Run
    after: Run

    @property
    def runs(self) -> tuple[Run, Run]:
        return self.before, self.after

    def config(self) -> list[Difference]:
        before, after = ({**run.config, "search_space": spelled_out(run.config["search_space"])} for run in self.runs)
        return differences(before, after)

    def environment(self) -> list[Difference] | None:
        """None where one of both has no lock.yaml. Raises ConfigError."""
        locks = [lock.read(run.folder) for run in self.runs]
        if locks[0] is None or locks[1] is None:
            return None
        return differences(lock.environment(locks[0]), lock.environment(locks[1]))

    def outcomes(self) -> tuple[dict[str, Any], dict[str, Any]]:
        return _outcome(self.before), _outcome(self.after)

    def proposals(self) -> tuple[int, int]:
        """How many trials of `before` were proposed with the same parameters in `after`, by name; and all of them."""
        before, after = _proposals(self.before), _proposals(self.after)
        return sum(after.get(name) == config for name, config in before.items()), len(before)

    def trained_again(self) -> TrainedAgain | None:
        """Of a search and a training of fixed parameters, as of a promoted preset: whose parameters those are."""
        pairs = ((self.before, self.after), (self.after, self.before))
        found = [place for place, (search, training) in enumerate(pairs) if search.searches and not training.searches]
        if not found:
            return None
        search, training = pairs[found[0]]
        fixed = training.fixed
        own = ((trial, search.trained(trial)) for trial in search.ranked)
        alike = (trial for trial, trained in own if all(key in fixed and fixed[key] == trained[key] for key in trained))
        return TrainedAgain(HEADINGS[found[0]], HEADINGS[1 - found[0]], next(alike, None), search.unit)

    def as_data(self) -> dict[str, Any]:
        """For --json."""
        environment = self.environment()
        same, of = self.proposals()
        again = self.trained_again()
        return {
            "runs": [str(self.before.folder.root), str(self.after.folder.root)],
            "config": [asdict(one) for one in self.config()],
            "environment": None if environment is None else [asdict(one) for one in environment],
            "outcomes": self.outcomes(),
            "same_proposals": {"same": same, "of": of},
            "trained_again": again and again.trial and again.trial.name,
        }

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for number_of, run in zip(HEADINGS, self.runs, strict=True):
            yield Text(f"{number_of}  {shown(run.folder.root)}")
        environment = self.environment()
        if environment is None:
            yield Text("environment: not known, as one of both has no lock.yaml")
        for title, found in (("config", self.config()), ("environment", environment)):
            if found:
                yield table(found, HEADINGS, title)
            elif found is not None:
                yield Text(f"{title}: the same")
        yield ""
        yield Outcomes(self)


@dataclass(frozen=True)
class Outcomes:
    """The part that a replay tells as well."""

    diff: RunDiff
    headings: tuple[str, str] = HEADINGS

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        before, after = self.diff.outcomes()
        told = [key for key in before if (before[key], after[key]) != (None, None)]
        unit = common_unit(run.unit for run in self.diff.runs)
        heads = {"iteration": unit, "iterations": f"{unit}s"}
        rows = [Difference(heads.get(key, key), _told(before, key), _told(after, key)) for key in told]
        yield table(rows, self.headings, "outcome")
        again = self.diff.trained_again()
        if again:
            yield Text(str(again))
            return
        same, of = self.diff.proposals()
        yield Text(f"the same parameters: {same} of {plural(of, 'trial')}")


def _outcome(run: Run) -> dict[str, Any]:
    best = None if run.objective.several else run.winner
    return {
        "objective": str(run.objective),
        "best": best and best.best,
        "trial": best and best.name,
        "iteration": best and best.best_iteration,
        "parameters": best and run.trained(best),
        "front": {trial.name: run.values(trial) for trial in run.pareto_front} or None,
        "trials": dict(Counter(trial.state.value for trial in run.rows.values())),
        "iterations": sum(trial.iterations for trial in run.rows.values()),
    }


def _told(outcome: Mapping[str, Any], key: str) -> str | None:
    value = outcome[key]
    if key == "best":
        return number(value)
    if key == "trials":
        return ", ".join(f"{count} {state}" for state, count in value.items())
    if key == "front" and value:
        return _front(list(value.values()))
    return parameters(value) if key == "parameters" and value else value


def _front(points: Sequence[Mapping[str, float]]) -> str:
    """How many trials are on it, and from where to where it reaches in each objective."""
    ranges = {metric: sorted(point[metric] for point in points) for metric in points[0]}
    told = (f"{metric} {number(values[0])} to {number(values[-1])}" for metric, values in ranges.items())
    return f"{plural(len(points), 'trial')}: {', '.join(told)}"


def _proposals(run: Run) -> dict[str, Any]:
    return {event.trial: event.config for event in read(run.folder.journal) if event.kind == "proposed"}
