"""A run as an Optuna study."""

import itertools
import math
from pathlib import Path

import pytest

from runner.runs.trial import TrialState
from tests.report.conftest import Play, trials

pytestmark = pytest.mark.slow


def test_values_parameters_and_curves_are_those_of_the_run(play: Play) -> None:
    from runner.reporting.study import study_of

    study = study_of(play(*trials(9)))
    assert study.best_trial.user_attrs["trial"] == "trial_008"
    assert study.best_value == pytest.approx(0.41)
    assert study.trials[2].intermediate_values == pytest.approx({1: 0.1, 2: 0.11})
    assert study.trials[1].params == pytest.approx({"lr": 10**-1.25, "momentum": 0.7, "optimizer": "Adam"})
    assert [trial.state.name for trial in study.trials] == ["COMPLETE"] * 9
    spans = [(trial.datetime_start, trial.datetime_complete) for trial in study.trials]
    assert [(end - start).total_seconds() for start, end in spans] == [6, 6, 2, 6, 6, 2, 6, 6, 2]
    assert all(end == start for (_, end), (start, _) in itertools.pairwise(spans)), "one after the other"


def test_a_trial_without_a_finite_objective_or_that_failed_has_no_value(play: Play) -> None:
    from runner.reporting.study import study_of, usable

    nan = ({"lr": 0.1}, [math.nan, math.nan], TrialState.COMPLETED)
    failed = ({"lr": 0.05}, [0.5], TrialState.FAILED)
    study = study_of(play(nan, failed, *trials(1)))
    assert [trial.state.name for trial in study.trials] == ["FAIL", "FAIL", "COMPLETE"]
    assert [trial.user_attrs["trial"] for trial in usable(study)] == ["trial_002"]


def test_a_value_outside_of_the_range_widens_it(play: Play) -> None:
    from runner.reporting.study import study_of

    space = {
        "lr": {"distribution": "loguniform", "lower": 1e-4, "upper": 1e-1},
        "size": {"distribution": "qrandint", "lower": 32, "upper": 64, "q": 32},
        "noise": {"distribution": "normal"},
        "pick": {"distribution": "choice", "categories": ["a", "b"]},
    }
    point = ({"lr": 0.5, "size": 96, "noise": -2.0, "pick": "c"}, [0.1], TrialState.COMPLETED)
    spaces = study_of(play(point, space=space)).trials[0].distributions
    assert (spaces["lr"].low, spaces["lr"].high, spaces["lr"].log) == (1e-4, 0.5, True)
    assert (spaces["size"].low, spaces["size"].high) == (32, 96)
    assert (spaces["noise"].low, spaces["noise"].high) == (-2.0, -2.0)
    assert spaces["pick"].choices == ("a", "b", "c")


CONDITIONAL = {
    "lr": {"distribution": "loguniform", "lower": 1e-4, "upper": 1e-1},
    "depth": {"distribution": "randint", "lower": 1, "upper": 9},
    "optimizer": {"distribution": "choice", "categories": ["SGD", "Adam"]},
    "momentum": {"distribution": "uniform", "lower": 0.0, "upper": 1.0, "when": {"optimizer": "SGD"}},
    "layers": {"distribution": "randint", "lower": 1, "upper": 9, "when": {"optimizer": "Adam"}},
}


def test_a_parameter_that_only_some_trials_have_is_drawn_where_it_can_be(play: Play, tmp_path: Path) -> None:
    from runner.reporting.hyperparameters import by_importance, hyperparameters, sometimes
    from runner.reporting.plots import write_plots
    from runner.reporting.study import study_of

    told = []
    for number, (config, values, state) in enumerate(trials(22)):
        own = {"momentum": config.pop("momentum")} if config["optimizer"] == "SGD" else {"layers": number // 2 + 1}
        config.pop("momentum", None)
        told.append(({**config, "depth": number % 4 + 1, **own}, values, state))
    run = play(*told, space=CONDITIONAL)
    study = study_of(run)
    assert study.trials[0].params.keys() == {"lr", "depth", "optimizer", "momentum"}
    assert study.trials[1].params == pytest.approx({"lr": 10**-1.25, "depth": 2, "optimizer": "Adam", "layers": 1})
    assert (set(by_importance(study)), sometimes(study)) == ({"lr", "depth", "optimizer"}, ["momentum", "layers"])
    sections = hyperparameters(run, study)
    parallel, importance, slices, contours = (section.body for section in sections)
    assert "cannot draw" not in parallel + importance + slices + contours
    assert "Only some trials have momentum, layers: those with the same hyperparameters" in importance
    for body in (importance, slices, contours):
        first, second = body.split("<h3>")[1:]
        assert {part.partition("</h3>")[0] for part in (first, second)} == {"optimizer=SGD", "optimizer=Adam"}
        assert all(part.count('class="figure"') == 1 for part in (first, second))
    assert "layers" in slices
    write_plots(sections, tmp_path)
    each = {f"{name}_optimizer={one}" for name in ("importance", "slices", "contours") for one in ("SGD", "Adam")}
    assert {path.stem for path in tmp_path.glob("*.png")} == each | {"parallel_coordinates"}


@pytest.mark.parametrize(("amount", "space", "needed"), [(9, 3, 10), (20, 11, 22)])
def test_too_few_trials_are_not_analysed(play: Play, tmp_path: Path, amount: int, space: int, needed: int) -> None:
    from runner.reporting.hyperparameters import hyperparameters
    from runner.reporting.plots import write_plots
    from runner.reporting.study import study_of

    names = [f"p{number}" for number in range(space)]
    told = [
        ({name: (trial * 7 + place * 3) % 11 / 11 for place, name in enumerate(names)}, values, state)
        for trial, (_, values, state) in enumerate(trials(amount))
    ]
    run = play(*told, space={name: {"distribution": "uniform", "lower": 0.0, "upper": 1.0} for name in names})
    study = study_of(run)
    sections = hyperparameters(run, study)
    parallel, *analyses = (section.body for section in sections)
    assert 'class="figure"' in parallel, "each trial is a line, and nothing is concluded"
    for body in analyses:
        assert 'class="figure"' not in body
        assert f"of which it takes {needed}" in body
    write_plots(sections, tmp_path / "plots")
    drawn = {path.stem for path in (tmp_path / "plots").iterdir()}
    assert drawn == {"parallel_coordinates"}
