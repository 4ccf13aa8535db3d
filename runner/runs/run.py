"""A run folder read back: the one reader, for every command, for the report, and for notebooks: `runner.load`."""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from runner.config.experiment import SEED
from runner.config.nested import flat
from runner.config.objective import OBJECTIVE, Objective
from runner.config.read_search_space import read_search_space
from runner.config.registry import unit_of
from runner.config.search_space import SearchSpace
from runner.errors import ConfigError, Problem
from runner.runs import frames
from runner.runs.best_file import fixed_keys
from runner.runs.cells import header
from runner.runs.columns import PARAMETER, read_trial
from runner.runs.damage import damaged
from runner.runs.decisions import GOES_ON, read
from runner.runs.folder import RunFolder
from runner.runs.kept_config import read_config, read_words, read_yaml
from runner.runs.proposed import sampled
from runner.runs.ranking import alike, ranked, repeats, sample
from runner.runs.sample import Sample
from runner.runs.trial import Trial
from runner.runs.trial_name import trial_name
from runner.runs.trials_table import read_rows
from runner.runs.wording import parameters, shown

if TYPE_CHECKING:
    import pandas as pd
    from ray.tune import ResultGrid

MOST_OF_FRONT = 10


class Run:
    """What one run left. Each part is read when it is first asked for, and then kept; it may raise ConfigError.

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
        """The overrides that were typed behind `python -m runner`."""
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

    @property
    def repeat(self) -> int:
        """Trials of each configuration."""
        return repeats(self.config)

    @cached_property
    def rows(self) -> dict[str, Trial]:
        """Every trial by its name, in order of start."""
        return {name: read_trial(row) for name, row in self._cells.items()}

    @cached_property
    def ranked(self) -> list[Trial]:
        """Every trial with an objective but for failed ones, the best first.

        Of several objectives those of the front come first, and the first objective decides among them, and the others;
        where configurations are repeated, the best mean decides.
        """
        return ranked(self.rows.values(), self.repeat, self.objective)

    @property
    def winner(self) -> Trial | None:
        """The best trial; None where no trial that did not fail has a finite objective."""
        return self.ranked[0] if self.ranked else None

    @property
    def pareto_front(self) -> list[Trial]:
        """The trials on the Pareto front of several objectives, the best by the first objective first."""
        return [trial for trial in self.ranked if trial.front]

    @property
    def finished(self) -> list[Trial]:
        """The trials that were completed or stopped by a rule, with a finite last objective."""
        return [trial for trial in self.rows.values() if trial.state.ended_well and trial.last_finite is not None]

    def chosen(self, name: str | None = None) -> Trial:
        """The trial of that name, or the best.

        Raises ConfigError where that has no parameters worth keeping, or where several objectives leave several.
        """
        if name is None and not self.ranked:
            message = f"no trial reported a finite {self.objective.needed} without failing"
            raise ConfigError([Problem("trial", shown(self.folder.root), message, "name another run folder")])
        front = self.pareto_front
        if name is None and len(front) > 1:
            points = ((trial.name, self.values(trial)) for trial in front[:MOST_OF_FRONT])
            told = "; ".join(f"{trial} {parameters(values)}" for trial, values in points)
            more = f"; and {len(front) - MOST_OF_FRONT} more, in best/front.csv" if len(front) > MOST_OF_FRONT else ""
            message = f"{len(front)} trials are on the Pareto front of {self.objective}: {told}{more}"
            where = shown(self.folder.root)
            raise ConfigError([Problem("trial", where, message, "name one of them after the run")])
        if name is None:
            return self.ranked[0]
        trial = self.rows[trial_name(name, list(self.rows))]
        if trial.state.failed or trial.best is None:
            why = trial.state.words if trial.state.failed else f"it reported no finite {self.objective.needed}"
            known = ", ".join(other.name for other in self.ranked[:5]) or "none"
            raise ConfigError([Problem("trial", trial.name, why, f"choose another trial; the best: {known}")])
        return trial

    def values(self, trial: Trial) -> dict[str, float]:
        """Each metric of the objective at the best report of a trial that has one."""
        return self.objective.values(trial.best_metrics)

    def sampled(self, trial: Trial) -> dict[str, Any]:
        """By dotted key the searched parameters of a trial, as they were proposed. Raises ConfigError."""
        try:
            return sampled(self._cells[trial.name], self.search_space)
        except ValueError as error:
            remedy = "name another run folder"
            raise ConfigError([Problem("run-folder", shown(self.folder.root), str(error), remedy)]) from error

    def trained(self, trial: Trial) -> dict[str, Any]:
        """The searched parameters, and each fixed one that had to be adjusted, as the trial was trained with them."""
        return {**self.sampled(trial), **trial.adjusted}

    def point(self, trial: Trial) -> dict[str, Any]:
        """The searched parameters alone, as the trial was trained with them."""
        return {key: trial.adjusted.get(key, value) for key, value in self.sampled(trial).items()}

    @property
    def constants(self) -> dict[str, Any]:
        """Those of the search space, by dotted key."""
        return self.search_space.constants()

    @property
    def fixed(self) -> dict[str, Any]:
        """By dotted key what all trials trained with: arguments of the trainable, constants of the search space."""
        trainable = self.config.get("trainable")
        options = trainable.values() if isinstance(trainable, Mapping) else ()
        arguments = (flat(value) for value in options if isinstance(value, Mapping))
        return {key: value for one in (*arguments, self.constants) for key, value in one.items()}

    @property
    def searches(self) -> bool:
        """Whether its trials differ in more than their seed."""
        return any(self.sampled(trial).keys() - {SEED} for trial in self.rows.values())

    @property
    def best_sample(self) -> Sample:
        """What the trials of the best configuration came to; empty where there is no best."""
        winner = self.winner
        return sample(() if winner is None else alike(self.rows.values(), winner.name, self.repeat))

    @property
    def best_value(self) -> float | None:
        """The best objective; of repeated configurations the best mean."""
        if self.repeat > 1 or self.winner is None:
            return self.best_sample.mean
        return self.winner.best

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
    def decision_lines(self) -> list[dict[str, Any]]:
        """Every decision, in the order in which they were made, as plain data."""
        return list(read(self.folder.decisions))

    @cached_property
    def trials(self) -> "pd.DataFrame":
        """A row a trial, with the columns of trials.csv, indexed by the trial's name, which is the column `trial` too.

        A category is of the type that the config gives it (a null is the text `null`, a list JSON), numbers are
        numbers, and what a trial does not have is NaN.
        """
        return frames.trials(header(self.folder.trials_csv), self._cells.values(), self.search_space)

    @cached_property
    def history(self) -> "pd.DataFrame":
        """A row a report, in the order in which they came, with the columns of history.csv."""
        return frames.reports(self.folder.history_csv)

    @cached_property
    def decisions(self) -> "pd.DataFrame":
        """A row a decision, in the order in which they were made: time, state and the attributes of `Decision`."""
        return frames.decisions(self.decision_lines)

    @property
    def ends(self) -> "pd.DataFrame":
        """The decision that ended each trial, by its name; of a trial that was resumed the last one."""
        over = self.decisions[~self.decisions["state"].isin(GOES_ON)]
        return over.drop_duplicates("trial", keep="last").set_index("trial")

    @property
    def best(self) -> "pd.Series | None":
        """The row of `winner` in `trials`, or None."""
        return None if self.winner is None else self.trials.loc[self.winner.name]

    @property
    def front(self) -> "pd.DataFrame":
        """The rows of `pareto_front` in `trials`; none where there is one objective."""
        return self.trials.loc[[trial.name for trial in self.pareto_front]]

    @cached_property
    def result_grid(self) -> "ResultGrid":
        """Ray Tune's own results, since the run was last resumed; imports Ray.

        `get_best_result()` goes by the objective of each trial's last report, as Ray does; `best` goes by the best one.
        """
        from ray.tune import ExperimentAnalysis, ResultGrid

        analysis = ExperimentAnalysis(
            str(self.folder.tune.resolve()), default_metric=OBJECTIVE, default_mode=self.objective.mode
        )
        return ResultGrid(analysis)

    @cached_property
    def _cells(self) -> dict[str, dict[str, str]]:
        return read_rows(self.folder.trials_csv)
