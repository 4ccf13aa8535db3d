"""A run folder read back: for the report, and for notebooks as `runner.load`."""

import io
import math
from collections import deque
from dataclasses import fields
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runner.config.objective import OBJECTIVE, Objective
from runner.config.read_search_space import read_search_space
from runner.config.registry import unit_of
from runner.config.search_space import Distribution, SearchSpace
from runner.runs import history
from runner.runs.best_file import fixed_keys
from runner.runs.cells import cell, header
from runner.runs.damage import damaged
from runner.runs.decisions import GOES_ON, Decision, read
from runner.runs.folder import RunFolder
from runner.runs.kept_config import read_config, read_words, read_yaml
from runner.runs.locate import run_folder
from runner.runs.repeats import Outcome, alike, ranked, repeats, sample
from runner.runs.sample import Sample
from runner.runs.trial import TrialState
from runner.runs.trials_table import PARAMETER, PARETO, read_rows
from runner.runs.wording import shown

if TYPE_CHECKING:
    import pandas as pd
    from ray.tune import ResultGrid

_TEXT = ("trial", "state", "checkpoint", "reason")


def load(run: str | Path) -> "Run":
    """The run that `run` names: a run folder, a folder of runs (the newest of them), or `latest`. Raises ConfigError.

    >>> run = runner.load("latest")
    >>> run.trials.sort_values("objective", ascending=False).head()
    >>> run.history.pivot(index="iteration", columns="trial", values="objective").plot()
    """
    return Run(run_folder(str(run), Path.cwd()))


class Run:
    """What one run left. Each part is read when it is first asked for, and then kept.

    Attributes:
        folder: every path of the run.
    """

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder

    def __repr__(self) -> str:
        return f"Run({str(self.folder.root)!r})"

    @cached_property
    def config(self) -> dict[str, Any]:
        """The resolved configuration."""
        return read_config(self.folder)

    @cached_property
    def words(self) -> list[str]:
        """What was typed behind `python -m runner`."""
        return read_words(self.folder)

    @cached_property
    def objective(self) -> Objective:
        """What was optimised."""
        return Objective.of(self.config)

    @cached_property
    def unit(self) -> str:
        """What one report is called: an epoch or an iteration."""
        return unit_of(self.config)

    @cached_property
    def search_space(self) -> SearchSpace:
        """Distributions and constants."""
        space, _ = read_search_space(self.config.get("search_space") or {})
        return space

    @cached_property
    def trials(self) -> "pd.DataFrame":
        """A row a trial, with the columns of trials.csv, indexed by the trial's name, which is the column `trial` too.

        A category is of the type that the config gives it (a null is the text `null`, a list JSON), numbers are
        numbers, and what a trial does not have is NaN.
        """
        import numpy as np
        import pandas as pd

        rows = read_rows(self.folder.trials_csv)
        cells = pd.DataFrame(rows.values(), columns=header(self.folder.trials_csv), dtype=object).replace("", np.nan)
        leaves = {PARAMETER + ".".join(path): leaf for path, leaf in self.search_space.leaves().items()}
        columns = {
            name: cells[name] if name in _TEXT else _typed(cells[name], leaves.get(name)) for name in cells.columns
        }
        frame = pd.DataFrame(columns)
        if PARETO in frame:
            frame[PARETO] = cells[PARETO].notna()
        return frame.fillna({"checkpoint": "", "reason": ""}).set_index("trial", drop=False).rename_axis(None)

    @cached_property
    def history(self) -> "pd.DataFrame":
        """A row a report, in the order in which they came, with the columns of history.csv."""
        import pandas as pd

        path = self.folder.history_csv
        types = {"trial": str, "iteration": int, "seconds": float, OBJECTIVE: float}
        content = path.read_bytes()
        whole = io.BytesIO(content[: content.rfind(b"\n") + 1])  # the last line may be half written
        try:
            return pd.read_csv(whole, dtype=types, low_memory=False, index_col=False)
        except ValueError as error:  # pandas' own errors are such
            deque(history.rows(path), maxlen=0)  # raises with the line
            raise damaged(path, str(error)) from error

    @cached_property
    def decisions(self) -> "pd.DataFrame":
        """A row a decision, in the order in which they were made: time, state and the attributes of `Decision`."""
        import pandas as pd

        keys = ["time", "state", *(field.name for field in fields(Decision))]
        frame = pd.DataFrame(list(read(self.folder.decisions)), columns=keys)
        frame["time"] = pd.to_datetime(frame["time"].map(datetime.fromisoformat), utc=True)
        numbers = ("value", "compared_with", "rank", "ranked", "epochs_saved")
        return frame.astype(dict.fromkeys(numbers, float))

    @property
    def ends(self) -> "pd.DataFrame":
        """The decision that ended each trial, by its name; of a trial that was taken up again the last one."""
        over = self.decisions[~self.decisions["state"].isin(GOES_ON)]
        return over.drop_duplicates("trial", keep="last").set_index("trial")

    @cached_property
    def best(self) -> "pd.Series | None":
        """The row of the best trial, named by it; None where no trial that did not fail has a finite objective.

        Of several objectives it is the best by the first; where configurations are repeated, it is of the one with the
        best mean.
        """
        return self.trials.loc[self.ranked[0]] if self.ranked else None

    @cached_property
    def ranked(self) -> list[str]:
        """The names of the trials that may be the best, the best first."""
        return [row.name for row in ranked(self._outcomes, self.repeat, self.objective)]

    @property
    def repeat(self) -> int:
        """Trials of each configuration."""
        return repeats(self.config)

    @property
    def best_sample(self) -> Sample:
        """What the trials of the best configuration came to; empty where there is no best."""
        best = self.best
        return sample(() if best is None else alike(self._outcomes, str(best.name), self.repeat))

    @property
    def best_value(self) -> float | None:
        """The best objective; of repeated configurations the best mean."""
        best = self.best
        return self.best_sample.mean if self.repeat > 1 or best is None else float(best[OBJECTIVE])

    @cached_property
    def _outcomes(self) -> list[Outcome]:
        rows = zip(self.trials.index, self.trials["state"], self.trials[OBJECTIVE], strict=True)
        return [
            Outcome(name, TrialState(state), float(value) if math.isfinite(value) else None)
            for name, state, value in rows
        ]

    @property
    def front(self) -> "pd.DataFrame":
        """The rows of the trials on the Pareto front of several objectives; none where there is one objective."""
        return self.trials[self.trials[PARETO]] if PARETO in self.trials else self.trials[:0]

    @cached_property
    def best_parameters(self) -> dict[str, Any]:
        """What the best trial was trained with, nested as in the search space; empty where there is no best.

        Of several objectives there is no best: each trial of the front has a file in best/.
        """
        path = self.folder.best_yaml
        if not path.is_file():
            return {}
        content = read_yaml(path)
        if not isinstance(content, dict):
            raise damaged(path, "holds no parameters", remedy=f"remove it: rm {shown(path)}")
        fixed = fixed_keys(path.read_text(encoding="utf-8"))
        return {key: value for key, value in content.items() if key not in fixed}

    @property
    def parameters(self) -> list[str]:
        """Dotted keys of what was searched."""
        return [key for key in self.search_space.searched() if PARAMETER + key in self.trials]

    @cached_property
    def result_grid(self) -> "ResultGrid":
        """Ray Tune's own results, since the run was last taken up; imports Ray.

        `get_best_result()` goes by the objective of each trial's last report, as Ray does; `best` goes by the best one.
        """
        from ray.tune import ExperimentAnalysis, ResultGrid

        analysis = ExperimentAnalysis(
            str(self.folder.tune.resolve()), default_metric=OBJECTIVE, default_mode=self.objective.mode
        )
        return ResultGrid(analysis)


def _typed(cells: "pd.Series", leaf: Any) -> "pd.Series":
    """The cells of one column as what they stand for; `leaf` is that of the search space, where it is a parameter."""
    import pandas as pd

    listed = leaf.values() if isinstance(leaf, Distribution) else None if leaf is None else (leaf,)
    if listed is None:
        numbers = pd.to_numeric(cells.astype(object), errors="coerce")
        # A metric or a constant of the trainable may be text.
        return numbers if numbers.notna().sum() >= (cells.notna() & (cells != "nan")).sum() else cells
    scalars = {str(cell(value)): value for value in listed if isinstance(value, (str, int, float))}
    return cells.map(lambda text: scalars.get(text, text), na_action="ignore").infer_objects()
