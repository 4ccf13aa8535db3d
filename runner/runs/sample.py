"""One configuration, trained with several seeds."""

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from runner.config.experiment import SEED
from runner.runs.earlier_run import EarlierRun, EarlierTrial
from runner.runs.folder import RunFolder
from runner.runs.wording import NOTHING, number, plural, shown


@dataclass(frozen=True)
class Sample:
    """The objectives of the trainings that ended well, and how many did not."""

    values: tuple[float, ...]
    failed: int

    @classmethod
    def of(cls, trials: Sequence[EarlierTrial]) -> "Sample":
        """The best objective of each."""
        values = tuple(trial.best for trial in trials if trial.ended_well and trial.best is not None)
        return cls(values, len(trials) - len(values))

    @property
    def mean(self) -> float | None:
        return statistics.fmean(self.values) if self.values else None

    @property
    def spread(self) -> float | None:
        """The sample's standard deviation (divided by n - 1); None for fewer than two values."""
        return statistics.stdev(self.values) if len(self.values) > 1 else None

    def __str__(self) -> str:
        if self.mean is None:
            return "no training ended with a finite objective"
        of = f"{plural(len(self.values), 'seed')}" + (f", {self.failed} failed" if self.failed else "")
        if self.spread is None:
            return f"{number(self.mean)} ({of}: no spread is known)"
        same = "; every seed gave the same value: is the seed used?" if self.spread == 0 else ""
        return f"mean {number(self.mean)}, standard deviation {number(self.spread)} ({of}){same}"


def seeds_table(run: EarlierRun) -> RenderableType:
    """A row a seed, and the mean and the spread of all."""
    return SeedsTable(run)


@dataclass(frozen=True)
class SeedsTable:
    """For people."""

    run: EarlierRun

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
        yield Text(str(Sample.of(self.run.trials)))

    def _rows(self) -> Iterator[tuple[str, ...]]:
        for trial in self.run.trials:
            at = NOTHING if trial.best_iteration is None else str(trial.best_iteration)
            left = shown(RunFolder(self.run.root).root / trial.checkpoint) if trial.checkpoint else NOTHING
            yield str(trial.sampled.get(SEED)), trial.name, number(trial.best), at, trial.state.words, left
