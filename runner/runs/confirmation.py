"""Whether the winner of a search beats the trainable's defaults by more than the seeds spread."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from runner.config.experiment import SEED
from runner.config.nested import flat
from runner.runs import ranking
from runner.runs.atomic import replacing
from runner.runs.cells import line
from runner.runs.folder import RunFolder
from runner.runs.plain_yaml import dump, plain
from runner.runs.run import Run
from runner.runs.sample import Sample
from runner.runs.wording import NOTHING, number, parameters

CONFIDENCE = 0.95
RULE = (
    f"beaten: the {CONFIDENCE:.0%} confidence interval of the difference of the means, by Welch's t-test (1947), which"
    " takes the two spreads as different, lies above 0"
)


@dataclass(frozen=True)
class Contender:
    """A configuration that is trained again.

    Attributes:
        name: its trial in the search, or `defaults`.
        objective: of that trial; None: it was none.
        parameters: every searched parameter, by dotted key.
    """

    name: str
    objective: float | None
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class Gain:
    """What a contender is better by than the reference, in the direction of the objective.

    `lower` and `upper` bound it with CONFIDENCE; None where one of both has no spread.
    """

    mean: float
    lower: float | None = None
    upper: float | None = None

    @property
    def beats(self) -> bool | None:
        """By more than the spread; None: not known, as no spread was seen."""
        return None if self.lower is None or self.lower == self.upper else self.lower > 0

    def __str__(self) -> str:
        if self.lower is None or self.upper is None:
            return f"{self.mean:+.4g}"
        return f"{self.mean:+.4g} ({self.lower:+.4g} to {self.upper:+.4g})"


def gain(winner: Sample, reference: Sample, mode: str) -> Gain | None:
    """Welch's interval of the difference of two means; None where a sample is empty.

    B. L. Welch (1947), The generalization of "Student's" problem, Biometrika 34.
    """
    if winner.mean is None or reference.mean is None:
        return None
    mean = (winner.mean - reference.mean) * (1 if mode == "max" else -1)
    if winner.spread is None or reference.spread is None:
        return Gain(mean)
    parts = [sample.spread**2 / len(sample.values) for sample in (winner, reference) if sample.spread is not None]
    error = math.sqrt(sum(parts))
    if error == 0:
        return Gain(mean, mean, mean)
    from scipy.stats import t

    squares = [part**2 / (len(sample.values) - 1) for part, sample in zip(parts, (winner, reference), strict=True)]
    margin = float(t.ppf((1 + CONFIDENCE) / 2, sum(parts) ** 2 / sum(squares))) * error
    return Gain(mean, mean - margin, mean + margin)


@dataclass(frozen=True)
class Confirmation:
    """The contenders, the search's best first and the defaults, where there are any, last; and what came out.

    Attributes:
        run: the search, as a path.
        reference: the name of the contender that the others are compared with; empty: there is none.
        samples: one for each contender.
    """

    run: str
    contenders: Sequence[Contender]
    reference: str
    samples: Sequence[Sample]
    objective: str
    mode: str

    @classmethod
    def read(cls, confirmed: Run, plan: Mapping[str, Any]) -> "Confirmation":
        """What came out of the run of a plan that `write_plan` kept."""
        contenders = [Contender(**contender) for contender in plan["contenders"]]
        samples = []
        for contender in contenders:
            own = flat(contender.parameters)
            trials = [trial for trial in confirmed.rows.values() if _trained(confirmed.sampled(trial), own)]
            samples.append(ranking.sample(trials))
        objective = confirmed.objective
        return cls(plan["run"], contenders, plan["reference"], samples, objective.label, objective.mode)

    def gains(self) -> list[Gain | None]:
        """Of each contender over the reference; None for that itself."""
        by_name = dict(zip([contender.name for contender in self.contenders], self.samples, strict=True))
        reference = by_name.get(self.reference, Sample((), 0))
        return [
            None if contender.name == self.reference else gain(sample, reference, self.mode)
            for contender, sample in zip(self.contenders, self.samples, strict=True)
        ]

    @property
    def verdict(self) -> str:
        """One sentence on the winner of the search, and one where another contender did better."""
        winner, found = self.contenders[0].name, self.gains()[0]
        if not self.reference:
            return f"{winner}: {self.samples[0]}; there are no defaults to compare it with"
        if found is None:
            return f"not known: {winner} or the {self.reference} have no training that ended with a finite objective"
        return f"{self._compared(winner, found)}{self._better()}"

    def _compared(self, winner: str, found: Gain) -> str:
        amount = f"{number(abs(found.mean))} in the mean of {len(self.samples[0].values)} seeds"
        if found.lower is None or found.upper is None:
            return f"not known: one seed shows no spread ({winner} differs by {found.mean:+.4g}); type --seeds 3"
        interval = f"{CONFIDENCE:.0%} interval {found.lower:+.4g} to {found.upper:+.4g}"
        if found.lower == found.upper:
            return f"{winner} differs by {found.mean:+.4g}; every seed gave the same value: is the seed used?"
        if found.lower > 0:
            return f"{winner} beats the {self.reference} by more than the seeds spread: {amount}, {interval}"
        if found.upper < 0:
            return f"{winner} is worse than the {self.reference}: by {amount}, {interval}"
        more = "; with so few seeds only a large gain shows" if len(self.samples[0].values) < 5 else ""
        word = "ahead" if found.mean >= 0 else "behind"
        return f"not shown that {winner} beats the {self.reference}: {word} by {amount}, {interval}, holds 0{more}"

    def _better(self) -> str:
        """Chosen after the fact, and so told with care."""
        sign = 1 if self.mode == "max" else -1
        means = [-math.inf if sample.mean is None else sign * sample.mean for sample in self.samples]
        best = max(range(len(means)), key=means.__getitem__)
        if best == 0 or self.contenders[best].name == self.reference:
            return ""
        return f"; {self.contenders[best].name} has the best mean of all here"

    def rows(self) -> Iterator[dict[str, Any]]:
        """A row a contender, as plain data."""
        for contender, sample, found in zip(self.contenders, self.samples, self.gains(), strict=True):
            yield {
                "name": contender.name,
                "searched": contender.objective,
                "mean": sample.mean,
                "spread": sample.spread,
                "seeds": len(sample.values),
                "failed": sample.failed,
                "unfinished": sample.unfinished,
                **{f"gain_{key}": value for key, value in asdict(found or Gain(0.0)).items() if found},
            }

    def write(self, folder: RunFolder) -> None:
        """confirm.csv, a row a contender, and confirm.yaml with the verdict and its rule."""
        rows = list(self.rows())
        columns = dict.fromkeys(key for row in rows for key in row)
        with replacing(folder.confirm_csv) as draft:
            cells = [["" if row.get(key) is None else row[key] for key in columns] for row in rows]
            draft.write_text(line(columns) + "".join(map(line, cells)), encoding="utf-8")
        beats = self.gains()[0]
        _write(
            folder,
            {
                **_plan(self.run, self.contenders, self.reference),
                "objective": self.objective,
                "mode": self.mode,
                "values": {
                    contender.name: list(sample.values)
                    for contender, sample in zip(self.contenders, self.samples, strict=True)
                },
                "results": rows,
                "rule": RULE,
                "beats": beats and beats.beats,
                "verdict": self.verdict,
            },
        )

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        title = f"{self.objective} ({self.mode}), trained again"
        view = Table(
            box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold", title=title, title_justify="left"
        )
        against = [f"gain ({CONFIDENCE:.0%} interval)"] if self.reference else []
        for heading in ("", "in the search", "mean", "spread", "seeds", *against, "parameters"):
            view.add_column(heading, overflow="fold")
        for contender, sample, found in zip(self.contenders, self.samples, self.gains(), strict=True):
            seeds = ", ".join([str(len(sample.values)), *sample.others])
            cells = (contender.name, number(contender.objective), number(sample.mean), number(sample.spread), seeds)
            gained = [NOTHING if found is None else str(found)] if self.reference else []
            view.add_row(*map(Text, (*cells, *gained, parameters(contender.parameters))))
        yield view
        yield Text(f"verdict: {self.verdict}", style="bold")
        if self.reference:
            yield Text(f"rule: {RULE}", style="dim")


def write_plan(folder: RunFolder, run: str, contenders: Sequence[Contender], reference: str) -> None:
    """Keep in confirm.yaml who contends, so that the verdict can be read from a run that was resumed."""
    _write(folder, _plan(run, contenders, reference))


def _plan(run: str, contenders: Sequence[Contender], reference: str) -> dict[str, Any]:
    return {"run": run, "reference": reference, "contenders": [asdict(contender) for contender in contenders]}


def _write(folder: RunFolder, content: Mapping[str, Any]) -> None:
    with replacing(folder.confirm_yaml) as draft:
        draft.write_text(dump(plain(content)), encoding="utf-8")


def _trained(sampled: Mapping[str, Any], own: Mapping[str, Any]) -> bool:
    """Whether a trial ran a contender's parameters; those that all contenders share are not sampled."""
    point = flat({key: value for key, value in sampled.items() if key != SEED})
    return all(own.get(key) == value for key, value in point.items())
