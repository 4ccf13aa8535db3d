"""best/ of several objectives: the Pareto front as a table, and the parameters of each of its trials."""

from collections.abc import Iterator, Sequence

from runner.config.nested import flat
from runner.config.objective import Objective
from runner.runs.atomic import replacing
from runner.runs.best_file import BestFile
from runner.runs.cells import cell, line
from runner.runs.columns import BEST, PARAMETER
from runner.runs.folder import RunFolder
from runner.runs.trial import Trial


class Front:
    """Keeps front.csv and a YAML a trial in step with the front. Weights stay in the folders of their trials."""

    def __init__(self, run: RunFolder, objective: Objective, file: BestFile, unit: str) -> None:
        self.run = run
        self.objective = objective
        self.file = file
        self.unit = unit
        self._kept: dict[str, list[object]] | None = None

    def keep(self, rows: Sequence[Trial]) -> None:
        """Take `rows` for the front; the files of trials that are on it no more are removed."""
        head, *lines = self._lines(rows)
        now = {row.name: cells for row, cells in zip(rows, lines, strict=True)}
        if now == self._kept:
            return
        before = self._kept or {}
        for row in rows:
            if now[row.name] != before.get(row.name):
                with replacing(self.run.front_yaml(row.name)) as draft:
                    text = self.file.text(row, self.run.trial(row.name), self._told(row))
                    draft.write_text(text, encoding="utf-8")
        with replacing(self.run.front_csv) as draft:
            draft.write_text("".join(map(line, [head, *lines])), encoding="utf-8")
        there = before if self._kept is not None else [path.stem for path in self.run.best.glob("*.yaml")]
        for name in set(there) - set(now):
            self.run.front_yaml(name).unlink(missing_ok=True)
        self._kept = now

    def _lines(self, rows: Sequence[Trial]) -> Iterator[list[object]]:
        """The cells of the table, its head first; columns are named as in trials.csv."""
        keys = list(dict.fromkeys(key for row in rows for key in flat(row.parameters)))
        metrics, parameters = [BEST + name for name in self.objective.metrics], [PARAMETER + key for key in keys]
        yield ["trial", "state", *metrics, "best_iteration", *parameters, "checkpoint"]
        for row in rows:
            own = flat(row.parameters)
            cells = [cell(own[key]) if key in own else "" for key in keys]
            values = self.objective.values(row.best_metrics)
            yield [row.name, row.state, *values.values(), row.best_iteration, *cells, row.checkpoint]

    def _told(self, row: Trial) -> str:
        values = self.objective.values(row.best_metrics)
        told = ", ".join(
            f"{target.metric} = {values[target.metric]!r} ({target.mode})" for target in self.objective.targets
        )
        return f"{row.name}, on the Pareto front: {told} at {self.unit} {row.best_iteration}"
