"""The trainings of one configuration with several seeds, as a table."""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from runner.config.experiment import SEED
from runner.runs.ranking import sample
from runner.runs.run import Run
from runner.runs.wording import NOTHING, number, shown


def seeds_table(run: Run) -> RenderableType:
    """A row a seed, and the mean and the spread of all."""
    return SeedsTable(run)


@dataclass(frozen=True)
class SeedsTable:
    """For people."""

    run: Run

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        objective = self.run.objective
        first = f", the first of {len(objective.targets)} objectives" if objective.several else ""
        title = f"{objective.label} ({objective.mode}) of each seed{first}"
        view = Table(
            box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold", title=title, title_justify="left"
        )
        for heading in ("seed", "trial", "best", "at", "state", "left"):
            view.add_column(heading, no_wrap=heading != "left", overflow="fold")
        for cells in self._rows():
            view.add_row(*(Text(text) for text in cells))
        yield view
        yield Text(str(sample(self.run.rows.values())))

    def _rows(self) -> Iterator[tuple[str, ...]]:
        for trial in self.run.rows.values():
            at = NOTHING if trial.best_iteration is None else str(trial.best_iteration)
            left = shown(self.run.folder.root / trial.checkpoint) if trial.checkpoint else NOTHING
            yield str(self.run.sampled(trial).get(SEED)), trial.name, number(trial.best), at, trial.state.words, left
