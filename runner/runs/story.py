"""What happened in a run, in sentences: of one trial, or of the whole."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from runner.config.objective import OBJECTIVE, Objective
from runner.config.registry import unit_of
from runner.runs.cells import read_cell
from runner.runs.decisions import EXPLOITED, PAUSED, PROMOTED, REPLAYED, RESTARTED, read
from runner.runs.folder import RunFolder
from runner.runs.gain import gain, nothing_learned
from runner.runs.kept_config import read_config
from runner.runs.pareto import dominates
from runner.runs.repeats import Outcome, alike, ranked, repeats, sample
from runner.runs.trial import FAILED, TrialState
from runner.runs.trials_table import PARAMETER, PARETO, adjusted_in, read_rows, values_in
from runner.runs.wording import changed, duration, number, parameters, plural

MOST_OF_FRONT = 10
VERBS = {
    PROMOTED: "{rule} let it go on",
    PAUSED: "{rule} let it wait",
    EXPLOITED: "{rule} changed it",
    REPLAYED: "{rule} changed it",
    RESTARTED: "restarted",
    TrialState.STOPPED: "stopped by {rule}",
}


@dataclass(frozen=True)
class Story:
    """A run as its folder tells it.

    Attributes:
        run: its folder.
        trials: the cells of trials.csv, by name.
        decisions: those of each trial, in their order.
    """

    run: RunFolder
    config: Mapping[str, Any]
    objective: Objective
    trials: dict[str, dict[str, str]]
    decisions: dict[str, list[dict[str, Any]]]

    @classmethod
    def read(cls, run: RunFolder) -> "Story":
        """Of a run that is over or still going on."""
        config = read_config(run)
        objective = Objective.of(config)
        decisions: dict[str, list[dict[str, Any]]] = {}
        for line in read(run.decisions):
            decisions.setdefault(line["trial"], []).append(line)
        return cls(run, config, objective, read_rows(run.trials_csv), decisions)

    @property
    def unit(self) -> str:
        """What one report is called."""
        return unit_of(self.config)

    def of_trial(self, name: str) -> Iterator[tuple[str, str]]:
        """Label and sentence, in the order in which it happened."""
        cells = self.trials[name]
        config = {
            key.removeprefix(PARAMETER): read_cell(cell)
            for key, cell in cells.items()
            if key.startswith(PARAMETER) and cell != ""
        }
        yield "trial", f"{name}: {parameters(config | adjusted_in(cells)) or 'no parameters'}"
        for line in self.decisions.get(name, []):
            when = f"{self.unit} {line['iteration']}"
            yield when, f"{self._verb(line)}: {line['detail']}{self._saved(line)}"
        if cells["state"] in {TrialState.RUNNING, TrialState.PAUSED, TrialState.INTERRUPTED}:
            yield "now", f"{cells['state']}, after {plural(int(cells['iterations']), self.unit)}"
        yield "best", self._best_of(name)
        if cells["checkpoint"]:
            yield "weights", cells["checkpoint"]

    def of_run(self) -> Iterator[tuple[str, str]]:
        """Label and sentence."""
        yield "searcher", self._searcher()
        yield from self._scheduler()
        yield from self._stoppers()
        yield from self._failures()
        yield "cost", self._cost()
        front = self._front()
        for place, name in enumerate(front[:MOST_OF_FRONT]):
            yield "" if place else "front", f"{name}: {self._values_of(name)}"
        if len(front) > MOST_OF_FRONT:
            yield "", f"and {len(front) - MOST_OF_FRONT} more, in best/front.csv"
        best = self._ranked()
        if best and not self.objective.several:
            yield "best", f"{best[0]}: {self._best_of(best[0])}"
            if repeats(self.config) > 1:
                yield "", f"its configuration: {sample(alike(self._outcomes(), best[0], repeats(self.config)))}"
        yield from self._gain()

    def _gain(self) -> Iterator[tuple[str, str]]:
        nothing = nothing_learned(self.run, self.objective, repeats(self.config))
        if nothing:
            yield "", nothing
        gained = gain(self.run, self.objective, repeats(self.config), self.unit)
        if gained:
            yield "gain", gained.told

    def _verb(self, line: Mapping[str, Any]) -> str:
        state = line["state"]
        return VERBS[state].format(rule=line["rule"]) if state in VERBS else str(TrialState(state).words)

    def _saved(self, line: Mapping[str, Any]) -> str:
        saved = line.get("epochs_saved")
        ranked = line["state"] == TrialState.STOPPED and line.get("rank")
        rank = f"; place {line['rank']} of {line['ranked']} there" if ranked else ""
        return rank + (f"; {plural(saved, self.unit)} saved" if saved else "")

    def _best_of(self, name: str) -> str:
        cells = self.trials[name]
        if not cells[OBJECTIVE]:
            return f"no report held a finite {self.objective.needed}"
        if self.objective.several:
            return f"{self._values_of(name)}, {self._place_at_front(name)}"
        ranked = self._ranked()
        place = f", place {ranked.index(name) + 1} of {len(ranked)}" if name in ranked else ", which does not count"
        at = f"{self.unit} {cells['best_iteration']}"
        return f"{self.objective.label} {number(float(cells[OBJECTIVE]))} at {at}{place}"

    def _values_of(self, name: str) -> str:
        """Of several objectives."""
        return f"{parameters(self._point(name))} at {self.unit} {self.trials[name]['best_iteration']}"

    def _place_at_front(self, name: str) -> str:
        front = self._front()
        if name in front:
            return "on the Pareto front"
        if name not in self._ranked():
            return "which does not count"
        better = [other for other in front if dominates(self._point(other), self._point(name), self.objective)]
        return f"not on the Pareto front: beaten by {', '.join(better)}" if better else "not on the Pareto front yet"

    def _point(self, name: str) -> dict[str, float]:
        return values_in(self.trials[name], self.objective)

    def _front(self) -> list[str]:
        return [name for name in self._ranked() if self.trials[name].get(PARETO)]

    def _ranked(self) -> list[str]:
        """Every trial that may be the best, the best first."""
        return [row.name for row in ranked(self._outcomes(), repeats(self.config), self.objective)]

    def _outcomes(self) -> list[Outcome]:
        return [Outcome.read(name, cells) for name, cells in self.trials.items()]

    def _searcher(self) -> str:
        name, amount = self.config["searcher"]["name"], len(self.trials)
        points = len(self.config["searcher"].get("points_to_evaluate") or [])
        given = f", the first {points} of them given by you" if points else ""
        first = "; trial 0 ran the defaults" if self.config["searcher"].get("defaults_first") else ""
        return f"{name} proposed {plural(amount, 'configuration')}{given}{first}"

    def _scheduler(self) -> Iterator[tuple[str, str]]:
        name = self.config["scheduler"]["name"]
        lines = [line for lines in self.decisions.values() for line in lines if line["rule"] == name]
        changed = [line for line in lines if line["state"] in {EXPLOITED, REPLAYED}]
        if changed:
            yield "scheduler", f"{name} changed {plural(len({line['trial'] for line in changed}), 'trial')}"
            yield from (("", self._change(line)) for line in changed)
            return
        lines = [line for line in lines if line["state"] in {PROMOTED, TrialState.STOPPED}]
        if not lines:
            yield "scheduler", f"{name} stopped no trial"
            return
        stopped = [line for line in lines if line["state"] == TrialState.STOPPED]
        saved = sum(line.get("epochs_saved") or 0 for line in stopped)
        yield "scheduler", f"{name} stopped {plural(len(stopped), 'trial')} and saved {plural(saved, self.unit)}"
        rungs = sorted({line["iteration"] for line in lines})
        for rung in rungs:
            there = [line for line in lines if line["iteration"] == rung]
            out = [line for line in there if line["state"] == TrialState.STOPPED]
            cutoffs = [line["compared_with"] for line in there if line["compared_with"] is not None]
            cutoff = f"; the cut-off came to {number(cutoffs[-1])}" if cutoffs else ""
            went_on = len(there) - len(out)
            yield "", f"{self.unit} {rung}: {len(there)} came, {went_on} went on, {len(out)} stopped{cutoff}"

    def _change(self, line: Mapping[str, Any]) -> str:
        return f"{self.unit} {line['iteration']}: {line['trial']}, {changed(line['exploit']['changes'])}"

    def _stoppers(self) -> Iterator[tuple[str, str]]:
        ends = [lines[-1] for lines in self.decisions.values()]
        scheduler = self.config["scheduler"]["name"]
        rules = Counter(e["rule"] for e in ends if e["state"] == TrialState.STOPPED and e["rule"] != scheduler)
        for rule, amount in rules.most_common():
            saved = sum(e.get("epochs_saved") or 0 for e in ends if e["rule"] == rule)
            told = f" and saved {plural(saved, self.unit)}" if saved else ""
            yield "stopper", f"{rule} stopped {plural(amount, 'trial')}{told}"

    def _failures(self) -> Iterator[tuple[str, str]]:
        ends = [lines[-1] for lines in self.decisions.values() if lines[-1]["state"] in FAILED]
        for detail, amount in Counter(end["detail"] for end in ends).most_common(5):
            first = next(end["trial"] for end in ends if end["detail"] == detail)
            who = first if amount == 1 else f"{first} and {amount - 1} more"
            yield "failed", f"{who}: {detail}"
        restarts = sum(int(cells["restarts"]) for cells in self.trials.values())
        if restarts:
            yield "restarts", f"{restarts} times a trial's process died, and it went on"

    def _cost(self) -> str:
        rows = list(self.trials.values())
        epochs = sum(int(cells["iterations"]) for cells in rows)
        seconds = sum(float(cells["seconds"]) for cells in rows)
        full = self.config["budget"]["max_epochs"]
        share = f", {epochs / (full * len(rows)):.0%} of what full trials had taken" if full and rows else ""
        states = Counter(TrialState(cells["state"]).words for cells in rows)
        told = ", ".join(f"{amount} {state}" for state, amount in states.items())
        return f"{plural(epochs, self.unit)} in {duration(seconds)} of trials{share} ({told})"
