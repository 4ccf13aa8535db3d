"""trials.csv: a row a trial, rewritten whenever a trial starts or ends."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from runner.config.nested import flat
from runner.config.objective import OBJECTIVE, Objective
from runner.runs.atomic import replacing
from runner.runs.cells import line, table
from runner.runs.columns import BEST, CONFIGURATION, LAST, NEEDED, PARAMETER, PARETO, cells, fault, header, read_trial
from runner.runs.damage import damaged
from runner.runs.trial import Trial


class TrialsTable:
    """Writes `path` with the columns of `runner.runs.columns`.

    A row that has ended is rendered once, so that writing the table again costs little with 1,000 trials.
    """

    def __init__(self, path: Path, objective: Objective, repeat: int = 1) -> None:
        self.path = path
        absent = {CONFIGURATION: repeat == 1, PARETO: not objective.several}
        self._without = frozenset(name for name, is_absent in absent.items() if is_absent)
        # Used as ordered sets.
        self._parameters: dict[str, None] = {}
        self._metrics: dict[str, None] = {}
        self._rendered: dict[str, str] = {}

    def write(self, rows: Iterable[Trial]) -> None:
        """Put all `rows` on disk."""
        rows = list(rows)
        self._add_columns(rows)
        keys = {PARAMETER: self._parameters, BEST: self._metrics, LAST: self._metrics}
        lines = [line(header(self._without, keys)), *(self._render(row, keys) for row in rows)]
        with replacing(self.path) as draft:
            draft.write_text("".join(lines), encoding="utf-8")

    def forget(self, name: str) -> None:
        """The row of `name` has changed after its end: render it anew."""
        self._rendered.pop(name, None)

    def _add_columns(self, rows: list[Trial]) -> None:
        """With a new column every row is another."""
        known = len(self._parameters) + len(self._metrics)
        for row in rows:
            if row.name not in self._rendered:
                self._parameters |= dict.fromkeys(flat(row.configuration))
                self._metrics |= dict.fromkeys([*row.best_metrics, *row.last_metrics])
        self._metrics.pop(OBJECTIVE, None)
        if len(self._parameters) + len(self._metrics) > known:
            self._rendered.clear()

    def _render(self, row: Trial, keys: Mapping[str, Iterable[str]]) -> str:
        text = self._rendered.get(row.name) or line(cells(row, self._without, keys))
        if row.state.ended:
            self._rendered[row.name] = text
        return text


def read_rows(path: Path) -> dict[str, dict[str, str]]:
    """The cells of every trial, by its name. Raises ConfigError where the file is damaged."""
    rows: dict[str, dict[str, str]] = {}
    for number, row in table(path, NEEDED):
        wrong = f"{row['trial']} stands there twice" if row["trial"] in rows else fault(row)
        if wrong:
            raise damaged(path, wrong, number)
        rows[row["trial"]] = row
    return rows


def read_trials(path: Path) -> dict[str, Trial]:
    """Every trial, by its name. Raises ConfigError where the file is damaged."""
    return {name: read_trial(row) for name, row in read_rows(path).items()}
