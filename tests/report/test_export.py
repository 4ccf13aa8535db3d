"""Trials in the formats of other tools."""

import pytest

from runner.config.objective import Objective, Target
from tests.report.conftest import Play, trials

pytestmark = pytest.mark.slow


def test_each_format_holds_every_trial_and_report(play: Play) -> None:
    import optuna
    import pandas as pd

    from runner.reporting.export import FORMATS, export

    run = play(*trials(4), space={"mixed": {"distribution": "choice", "categories": [1, "a"]}})
    paths = export(run, list(FORMATS), run.folder.export)
    assert sorted(path.name for path in paths) == sorted(path.name for path in run.folder.export.iterdir())
    for kind, read in (("csv", pd.read_csv), ("parquet", pd.read_parquet)):
        assert read(run.folder.export / f"trials.{kind}")["trial"].tolist() == list(run.trials.index)
        assert len(read(run.folder.export / f"history.{kind}")) == len(run.history)
    (study,) = optuna.get_all_study_summaries(f"sqlite:///{run.folder.export / 'optuna.db'}")
    loaded = optuna.load_study(study_name=study.study_name, storage=f"sqlite:///{run.folder.export / 'optuna.db'}")
    assert loaded.best_trial.user_attrs["trial"] == "trial_003"
    assert [trial.state.name for trial in loaded.trials] == ["COMPLETE", "COMPLETE", "PRUNED", "COMPLETE"]
    assert export(run, ["optuna"], run.folder.export) == [run.folder.export / "optuna.db"]


def test_a_column_of_several_types_is_text_in_parquet(play: Play) -> None:
    import pandas as pd

    from runner.reporting.export import export

    told = [({"mixed": value}, [0.5], trials(1)[0][2]) for value in (1, "a")]
    run = play(*told, space={"mixed": {"distribution": "choice", "categories": [1, "a"]}})
    export(run, ["parquet"], run.folder.export)
    assert pd.read_parquet(run.folder.export / "trials.parquet")["config/mixed"].tolist() == ["1", "a"]


def test_a_study_of_several_objectives_has_their_values(play: Play) -> None:
    import optuna

    from runner.reporting.export import export

    run = play(*trials(4), objective=Objective((Target("accuracy", "max"), Target("loss", "min"))))
    (path,) = export(run, ["optuna"], run.folder.export)
    study = optuna.load_study(study_name=f"generated {run.folder.root.name}", storage=f"sqlite:///{path}")
    assert [direction.name for direction in study.directions] == ["MAXIMIZE", "MINIMIZE"]
    assert study.trials[3].values == [pytest.approx(0.2), pytest.approx(1 + 0.2)]
    assert {trial.user_attrs["trial"] for trial in study.best_trials} == set(run.front.index)
