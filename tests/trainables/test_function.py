"""How a function of the user's is called."""

from pathlib import Path
from typing import Any

import pytest

from runner.config.objective import Objective, Target
from runner.config.trainable import Trial
from runner.trainables.function import Function

SOURCE = """\
def names(lr, model, depth=2): return {"score": lr * model["width"] * depth}
def rest(lr, **others): return {"score": lr + len(others)}
def annotated(lr: dict): return {"score": lr["lr"]}
def attribute(config): return config.model.width
def broken(config): return config["lr"].nothing
"""
CONFIG: dict[str, Any] = {"lr": 0.5, "model": {"width": 4}, "seed": 3}


@pytest.fixture
def trial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trial:
    """A trial of the functions of `called.py`."""
    (tmp_path / "called.py").write_text(SOURCE, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    objective = Objective((Target("score", "max"),))
    return Trial("trial_000", tmp_path, tmp_path, tmp_path, objective, seed=0, max_epochs=None, cpus=1, gpus=0)


@pytest.mark.parametrize(("function", "score"), [("names", 4.0), ("rest", 2.5), ("annotated", 0.5)])
def test_a_function_gets_its_parameters_by_name_or_the_whole_mapping(trial: Trial, function: str, score: float) -> None:
    """`seed` reaches the generators; a function takes it only where it has the parameter."""
    assert Function(import_path=f"called:{function}").train(CONFIG, trial) == {"score": score}


def test_an_attribute_of_the_mapping_is_answered_with_what_to_write(trial: Trial) -> None:
    with pytest.raises(AttributeError, match=r"write \['model'\] instead of \.model$"):
        Function(import_path="called:attribute").train(CONFIG, trial)
    with pytest.raises(AttributeError, match="'float' object has no attribute 'nothing'"):
        Function(import_path="called:broken").train(CONFIG, trial)
