"""What a tracker is told of every trial."""

import pytest

from runner.api.support.job import checked_job
from tests.config.composing import composed

SHAPES = "experiment=shapes"


def test_they_hold_what_is_fixed_by_the_names_of_ultralytics_and_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHERE", "hidden.yaml")
    words = ("trainable.data=${oc.env:WHERE}", "trainable.train_args.batch=4")
    experiment = checked_job(composed(SHAPES, *words, "seed=7")).experiment
    settings = experiment.trainable.settings(experiment)
    expected = {
        "model": experiment.config["trainable"]["model"], "data": "${oc.env:WHERE}", "task": "segment", "batch": 4,
        "epochs": experiment.budget.max_epochs, "seed": 7,
    }  # fmt: skip
    assert {key: settings[key] for key in expected} == expected
    assert {"imgsz", "optimizer"} <= settings.keys()
    assert "hidden" not in str(settings)
