"""The folder of one run: the one place that names every file in it."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from runner.runs.atomic import replacing
from runner.runs.plain_yaml import dump


def fresh_folder(parent: Path, now: datetime) -> Path:
    """Make `parent/<date>_<time>`, with -2, -3 behind it where another run took that second."""
    parent.mkdir(parents=True, exist_ok=True)
    stamp = f"{now:%Y-%m-%d_%H-%M-%S}"
    for number in count(1):
        folder = parent / (stamp if number == 1 else f"{stamp}-{number}")
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        break
    return folder


FORMAT = 2
"""Of the files in a run folder. Version 1 did not name it in config.yaml, and is read as version 2 is."""


def config_text(config: Mapping[str, Any]) -> str:
    """A resolved configuration as config.yaml holds it."""
    return f"# format: {FORMAT}\n{dump(config)}"


@dataclass(frozen=True)
class RunFolder:
    """Every path of a run, below `root`."""

    root: Path

    @classmethod
    def create(cls, outputs: Path, name: str, now: datetime) -> "RunFolder":
        """Make `outputs/name/<date>_<time>`, with -2, -3 behind it where another run took that second."""
        return cls.at(fresh_folder(outputs / name, now))

    @classmethod
    def at(cls, root: Path) -> "RunFolder":
        """Make a run's folders below `root`, which is new."""
        run = cls(root)
        run.trials.mkdir(parents=True)
        run.best.mkdir()
        return run

    def discard(self) -> None:
        """Remove the folder of a run that was refused before it started."""
        shutil.rmtree(self.root)

    @property
    def config(self) -> Path:
        """The whole configuration, resolved."""
        return self.root / "config.yaml"

    @property
    def overrides(self) -> Path:
        """What the user typed, a list."""
        return self.root / "overrides.yaml"

    @property
    def trials_csv(self) -> Path:
        """A row a trial."""
        return self.root / "trials.csv"

    @property
    def history_csv(self) -> Path:
        """A row a report."""
        return self.root / "history.csv"

    @property
    def decisions(self) -> Path:
        """Why each trial ended, a JSON object a line."""
        return self.root / "decisions.jsonl"

    @property
    def journal(self) -> Path:
        """What a resume replays, a JSON object a line."""
        return self.root / "journal.jsonl"

    @property
    def confirm_yaml(self) -> Path:
        """Of a run that confirms another: who contends, and the verdict."""
        return self.root / "confirm.yaml"

    @property
    def confirm_csv(self) -> Path:
        """The same, a row a contender."""
        return self.root / "confirm.csv"

    @property
    def driver(self) -> Path:
        """The process that works on the run now."""
        return self.root / ".driver"

    @property
    def trials(self) -> Path:
        """Holds a folder a trial."""
        return self.root / "trials"

    @property
    def best(self) -> Path:
        """What is kept of the winner."""
        return self.root / "best"

    @property
    def best_yaml(self) -> Path:
        """The winner's parameters."""
        return self.best / "best.yaml"

    @property
    def best_weights(self) -> Path:
        """The winner's weights, where its trainable leaves any."""
        return self.best / "best.pt"

    @property
    def front_csv(self) -> Path:
        """The trials of the Pareto front, where there are several objectives."""
        return self.best / "front.csv"

    def front_yaml(self, trial: str) -> Path:
        """The plain parameters of a trial of the Pareto front."""
        return self.best / f"{trial}.yaml"

    @property
    def tune(self) -> Path:
        """Ray Tune's own files: tune/, and tune_2/ and so on, one for each time that the run was resumed."""
        return self.segments()[-1]

    def segments(self) -> list[Path]:
        """Every folder of Ray Tune's, the first even before it is there."""
        later = [path for path in self.root.glob("tune_*") if path.name.removeprefix("tune_").isdecimal()]
        return [self.root / "tune", *sorted(later, key=lambda path: int(path.name.removeprefix("tune_")))]

    def next_segment(self) -> Path:
        """Make the folder for what Ray Tune writes from now on."""
        segments = self.segments()
        folder = self.root / f"tune_{len(segments) + 1}" if segments[0].exists() else segments[0]
        folder.mkdir()
        return folder

    @property
    def lock(self) -> Path:
        """What it ran with: commit, packages, machine, data."""
        return self.root / "lock.yaml"

    def lock_diff(self, number: int) -> Path:
        """What was not committed at the `number`th lock, from 1."""
        return self.root / ("lock.diff" if number == 1 else f"lock_{number}.diff")

    @property
    def report(self) -> Path:
        """The page that tells it."""
        return self.root / "report.html"

    @property
    def plots(self) -> Path:
        """The figures of that page as pictures."""
        return self.root / "plots"

    @property
    def export(self) -> Path:
        """Trials and reports in the formats of other tools."""
        return self.root / "export"

    @property
    def log(self) -> Path:
        """What Ray and the trainables print."""
        return self.root / "runner.log"

    def trial(self, name: str) -> Path:
        """The folder of one trial's own files."""
        return self.trials / name

    def trial_weights(self, name: str) -> Path:
        """Where a trial keeps the weights of its best report."""
        return self.trial(name) / "weights" / "best.pt"

    def checkpoints(self, name: str) -> list[Path]:
        """The checkpoints of one trial that Ray keeps, the oldest first."""
        return [path for segment in self.segments() for path in sorted((segment / name).glob("checkpoint_*"))]

    def trial_error(self, name: str) -> Path:
        """The traceback of a trial that failed."""
        return self.trial(name) / "error.txt"

    def earlier_error(self, name: str) -> Path:
        """The traceback of a trial that failed and ran again."""
        return self.trial(name) / "error_earlier.txt"

    def write_config(self, config: Mapping[str, Any], overrides: Sequence[str]) -> None:
        """Keep the resolved `config` and the `overrides` as typed."""
        for path, text in ((self.config, config_text(config)), (self.overrides, dump(list(overrides)))):
            with replacing(path) as draft:
                draft.write_text(text, encoding="utf-8")


@dataclass(frozen=True)
class MultirunFolder:
    """Every path of a multirun, below `root`: a run folder a job, and what compares them."""

    root: Path

    @classmethod
    def create(cls, outputs: Path, name: str, now: datetime) -> "MultirunFolder":
        """Make `outputs/multirun/name/<date>_<time>`."""
        return cls(fresh_folder(outputs / "multirun" / name, now))

    def job(self, number: int) -> RunFolder:
        """Make the run folder of one job."""
        return RunFolder.at(self.root / f"job_{number}")

    def has_jobs(self) -> bool:
        """Whether a job has been started."""
        return any(self.root.glob("job_*"))

    @property
    def comparison(self) -> Path:
        """A row a job."""
        return self.root / "comparison.csv"

    @property
    def report(self) -> Path:
        """The same as a page."""
        return self.root / "comparison.html"

    @property
    def plots(self) -> Path:
        """The figures of that page as pictures."""
        return self.root / "plots"

    @property
    def log(self) -> Path:
        """What Ray prints between the jobs."""
        return self.root / "runner.log"

    def discard(self) -> None:
        """Remove the folder of a multirun that was refused before it started."""
        shutil.rmtree(self.root)
