"""Why things happened in a run, in sentences: of one trial, or of the whole."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from runner.runs.decisions import EXPLOITED, PAUSED, PROMOTED, REPLAYED, RESTARTED
from runner.runs.gain import gain, nothing_learned
from runner.runs.pareto import dominates
from runner.runs.run import Run
from runner.runs.trial import FAILED, Trial, TrialState
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


class Explanation:
    """What happened in a run that is over or still going on.

    Args:
        run: read back from its folder.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self.objective = run.objective
        self.unit = run.unit
        self.decisions: dict[str, list[dict[str, Any]]] = {}
        for line in run.decision_lines:
            self.decisions.setdefault(line["trial"], []).append(line)

    def of_trial(self, name: str) -> Iterator[tuple[str, str]]:
        """Label and sentence, in the order in which it happened."""
        trial = self.run.rows[name]
        yield "trial", f"{name}: {parameters(trial.parameters) or 'no parameters'}"
        for line in self.decisions.get(name, []):
            when = f"{self.unit} {line['iteration']}"
            yield when, f"{self._verb(line)}: {line['detail']}{self._saved(line)}"
        if trial.state in {TrialState.RUNNING, TrialState.PAUSED, TrialState.INTERRUPTED}:
            yield "now", f"{trial.state}, after {plural(trial.iterations, self.unit)}"
        yield "best", self._best_of(trial)
        if trial.checkpoint:
            yield "weights", trial.checkpoint

    def of_run(self) -> Iterator[tuple[str, str]]:
        """Label and sentence."""
        yield "searcher", self._searcher()
        yield from self._scheduler()
        yield from self._stoppers()
        yield from self._failures()
        yield "cost", self._cost()
        front = self.run.pareto_front
        for place, trial in enumerate(front[:MOST_OF_FRONT]):
            yield "" if place else "front", f"{trial.name}: {self._values_of(trial)}"
        if len(front) > MOST_OF_FRONT:
            yield "", f"and {len(front) - MOST_OF_FRONT} more, in best/front.csv"
        winner = self.run.winner
        if winner and not self.objective.several:
            yield "best", f"{winner.name}: {self._best_of(winner)}"
            if self.run.repeat > 1:
                yield "", f"its configuration: {self.run.best_sample}"
        yield from self._gain()

    def _gain(self) -> Iterator[tuple[str, str]]:
        nothing = nothing_learned(self.run)
        if nothing:
            yield "", nothing
        gained = gain(self.run)
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

    def _best_of(self, trial: Trial) -> str:
        if trial.best is None:
            return f"no report held a finite {self.objective.needed}"
        if self.objective.several:
            return f"{self._values_of(trial)}, {self._place_at_front(trial)}"
        ranked = self.run.ranked
        place = f", place {ranked.index(trial) + 1} of {len(ranked)}" if trial in ranked else ", which does not count"
        return f"{self.objective.label} {number(trial.best)} at {self.unit} {trial.best_iteration}{place}"

    def _values_of(self, trial: Trial) -> str:
        """Of several objectives."""
        return f"{parameters(self.run.values(trial))} at {self.unit} {trial.best_iteration}"

    def _place_at_front(self, trial: Trial) -> str:
        if trial.front:
            return "on the Pareto front"
        if trial not in self.run.ranked:
            return "which does not count"
        own = self.run.values(trial)
        points = {other.name: self.run.values(other) for other in self.run.pareto_front}
        better = [name for name, point in points.items() if dominates(point, own, self.objective)]
        return f"not on the Pareto front: beaten by {', '.join(better)}" if better else "not on the Pareto front yet"

    def _searcher(self) -> str:
        searcher, amount = self.run.config["searcher"], len(self.run.rows)
        name, points = searcher["name"], len(searcher.get("points_to_evaluate") or [])
        given = f", the first {points} of them given by you" if points else ""
        first = "; trial 0 ran the defaults" if searcher.get("defaults_first") else ""
        return f"{name} proposed {plural(amount, 'configuration')}{given}{first}"

    def _scheduler(self) -> Iterator[tuple[str, str]]:
        name = self.run.config["scheduler"]["name"]
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
        scheduler = self.run.config["scheduler"]["name"]
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
        restarts = sum(trial.restarts for trial in self.run.rows.values())
        if restarts:
            yield "restarts", f"{restarts} times a trial's process died, and it went on"

    def _cost(self) -> str:
        rows = list(self.run.rows.values())
        epochs = sum(trial.iterations for trial in rows)
        seconds = sum(trial.seconds for trial in rows)
        full = self.run.config["budget"]["max_epochs"]
        share = f", {epochs / (full * len(rows)):.0%} of what full trials had taken" if full and rows else ""
        states = Counter(trial.state.words for trial in rows)
        told = ", ".join(f"{amount} {state}" for state, amount in states.items())
        return f"{plural(epochs, self.unit)} in {duration(seconds)} of trials{share} ({told})"
