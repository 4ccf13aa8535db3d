"""What `runner.load` gives back."""

import math
from pathlib import Path

import pytest

import runner
from runner.errors import ConfigError
from runner.runs.trial import TrialState
from tests.report.conftest import Play, trials

pytestmark = pytest.mark.slow

SPACE = {
    "net": {"width": {"distribution": "randint", "lower": 1, "upper": 9}, "name": "conv"},
    "batch": {"distribution": "choice", "categories": [16, "auto", True, None, [1, 2]]},
    "momentum": {"distribution": "uniform", "lower": 0.0, "upper": 1.0},
}


def test_columns_are_of_the_types_of_the_search_space(play: Play) -> None:
    tried = [16, "auto", True, None, [1, 2]]
    rows = [({"net": {"width": 3, "name": "conv"}, "batch": batch}, [0.5], TrialState.COMPLETED) for batch in tried]
    run = play(
        *rows, ({"net": {"width": 4, "name": "conv"}, "momentum": 0.5}, [0.6], TrialState.COMPLETED), space=SPACE
    )
    assert run.trials["config/batch"].tolist()[:5] == [16, "auto", True, "null", "[1, 2]"]
    assert run.trials["config/batch"].isna().tolist() == [False] * 5 + [True]
    assert run.trials["config/net.width"].dtype == "int64"
    assert run.trials["config/net.name"].tolist() == ["conv"] * 6
    assert run.trials["config/momentum"].dtype == "float64"
    assert run.trials["config/momentum"].isna().tolist() == [True] * 5 + [False]
    assert run.trials["best/note"].tolist() == ["text"] * 6
    assert run.parameters == ["net.width", "batch", "momentum"]


def test_best_is_no_trial_that_failed_and_has_a_finite_objective(play: Play) -> None:
    nan = ({"lr": 0.1}, [math.nan], TrialState.COMPLETED)
    good = ({"lr": 0.2}, [0.3, 0.1], TrialState.STOPPED)
    failed = ({"lr": 0.3}, [0.9], TrialState.FAILED)
    run = play(nan, good, failed)
    assert run.best is not None
    assert (run.best.name, run.best["objective"], run.best["best_iteration"]) == ("trial_001", 0.3, 1)
    assert run.best_parameters == {"lr": 0.2}
    assert play(nan, failed, name="none").best is None


def test_the_name_of_a_trial_is_index_and_column(play: Play) -> None:
    run = play(*trials(3))
    assert run.trials["trial"].tolist() == run.trials.index.tolist() == ["trial_000", "trial_001", "trial_002"]
    assert run.trials.groupby("trial")["objective"].max()["trial_001"] == run.trials.loc["trial_001", "objective"]
    assert run.trials.merge(run.history, on="trial").shape[0] == len(run.history)


def test_of_repeated_configurations_the_one_with_the_best_mean_has_the_best(play: Play) -> None:
    scores = [0.9, 0.1, 0.6, 0.7, 0.95, 0.2]
    told = [({"lr": 0.1 * (1 + n // 2)}, [score], TrialState.COMPLETED) for n, score in enumerate(scores)]
    run = play(*told, searcher={"name": "random", "repeat": 2})
    assert run.trials["configuration"].tolist() == [0, 0, 1, 1, 2, 2]
    assert run.best is not None
    assert (run.best.name, run.best_sample.values) == ("trial_003", (0.6, 0.7))
    once = play(*told, name="once")
    assert "configuration" not in once.trials
    assert once.best_sample.values == (0.95,)


def test_history_and_decisions_have_a_row_for_each(play: Play) -> None:
    run = play(*trials(4))
    assert run.history["iteration"].tolist() == [*range(1, 7), *range(1, 7), 1, 2, *range(1, 7)]
    assert run.history["objective"].dtype == "float64"
    assert run.decisions.set_index("trial").loc["trial_002", "rule"] == "asha"
    assert str(run.decisions["time"].dt.tz) == "UTC"
    assert run.words == ["experiment=generated", "searcher.sampler_args={a: 1}"]
    assert (run.objective.label, run.objective.mode) == ("accuracy", "max")


def test_a_run_of_no_trial_has_empty_frames(play: Play) -> None:
    run = play()
    assert (len(run.trials), len(run.history), len(run.decisions)) == (0, 0, 0)
    assert run.best is None


def test_load_takes_a_path_and_refuses_what_is_no_run(play: Play, tmp_path: Path) -> None:
    run = play(*trials(1))
    assert len(runner.load(run.folder.root).trials) == 1
    with pytest.raises(ConfigError, match="holds no run"):
        runner.load(tmp_path / "outputs" / "generated" / run.folder.root.name / "trials")
