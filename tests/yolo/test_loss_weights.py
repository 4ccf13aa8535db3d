"""Losses that an argument of train() multiplies, and what may not compare trials by them."""

import shlex
from typing import Any

import pytest

from runner.config.objective import Objective, Target
from runner.trainables.yolo import Yolo, loss_weights
from tests.config.composing import problems, refused
from tests.yolo.conftest import experiment

SHAPES = "experiment=shapes"  # segmentation; box is searched
PBT = [SHAPES, "searcher=random", "searcher.defaults_first=false", "scheduler=pbt", "budget.max_epochs=12"]
FACTORS = {"box": 2, "cls": 3, "dfl": 5, "pose": 7, "kobj": 11, "rle": 13, "angle": 17}


@pytest.mark.parametrize(
    ("words", "where", "key"),
    [
        ([SHAPES, "objective.metric=val/box_loss"], "objective.metric", "box"),
        ([SHAPES, "objective.metric=train/seg_loss"], "objective.metric", "box"),
        ([SHAPES, "scheduler.metric=val/seg_loss", "scheduler.mode=min"], "scheduler.metric", "box"),
        ([SHAPES, "stopper=threshold", "stopper.threshold={value: 1.0, metric: val/box_loss, mode: min}"],
         "stopper.threshold.metric", "box"),
        ([*PBT, "~search_space.box", "search_space.dfl=1.5", "scheduler.hyperparam_mutations={dfl: 'uniform(1,2)'}",
          "objective.metric=val/dfl_loss"], "objective.metric", "dfl"),
    ],
)  # fmt: skip
def test_each_remedy_is_accepted(words: list[str], where: str, key: str) -> None:
    problem = refused(*words)
    assert (problem.rule, problem.where) == ("yolo-loss-weight", where)
    assert "multiplies that loss by it" in problem.message
    another, removal = problem.remedy.removeprefix("type ").split(", or remove it from ")
    typed = removal.removeprefix("the search space: ")
    assert typed == (f"'~search_space.{key}'" if key == "box" else "scheduler.hyperparam_mutations")
    for remedy in (another, typed)[: 2 if key == "box" else 1]:
        assert [p for p in problems(*words, *shlex.split(remedy)) if p.fatal] == []


@pytest.mark.parametrize(
    ("model", "task", "space", "metric", "key"),
    [
        ("yolo11n.yaml", None, {"cls": "uniform(0.1, 1)"}, "val/cls_loss", "cls"),
        ("yolo11n.yaml", None, {"cls_pw": "uniform(0, 1)"}, "train/cls_loss", "cls_pw"),
        ("yolo26n.yaml", None, {"dfl": "choice([1, 2])"}, "val/l1_loss", "dfl"),
        ("yolo11n-pose.yaml", None, {"pose": "uniform(6, 18)"}, "val/pose_loss", "pose"),
        ("yolo11n-pose.yaml", None, {"kobj": "uniform(1, 2)"}, "val/kobj_loss", "kobj"),
        ("yolo11n-obb.yaml", None, {"angle": "uniform(1, 2)"}, "val/angle_loss", "angle"),
        ("yolo11n.yaml", None, {"cls": "uniform(0.1, 1)"}, "val/box_loss", None),
        ("yolo11n.yaml", None, {"box": "choice([7.5])"}, "val/box_loss", None),
    ],
)
def test_a_weight_that_is_searched_moves_its_loss(
    model: str, task: Any, space: dict[str, Any], metric: str, key: str | None
) -> None:
    options = Yolo(model=model, data="shapes", task=task, train_args={"optimizer": "AdamW"})
    for objective in (
        Objective((Target(metric, "min"),)),
        Objective((Target("fitness", "max"), Target(metric, "min"))),
        Objective((Target("fitness", "max", 0.5), Target(metric, "min", 0.5))),
    ):
        found = list(loss_weights.check(options, experiment(options, space, objective=objective)))
        assert [f"{metric} depends on {key}" in problem.message for problem in found] == ([True] if key else [])


def test_every_loss_of_a_report_has_the_weights_that_ultralytics_multiplies_it_by() -> None:
    """Each weight is multiplied by a number of its own, and so is the loss of two made-up images."""
    import torch
    from ultralytics.cfg import get_cfg
    from ultralytics.nn import tasks

    def losses(**gains: float) -> dict[str, float]:
        model.args, model.criterion = get_cfg(overrides=gains), None
        torch.manual_seed(0)
        return {name: float(value) for name, value in model.train().loss(batch)[1].items()}

    boxes = torch.tensor([[0.5, 0.5, 0.6, 0.6, 0.3], [0.4, 0.5, 0.5, 0.4, 0.2]])
    batch = {
        "img": torch.rand(2, 3, 64, 64), "batch_idx": torch.tensor([0.0, 1.0]), "cls": torch.tensor([[0.0], [1.0]]),
        "keypoints": torch.rand(2, 17, 3), "masks": torch.ones(2, 16, 16), "sem_masks": torch.zeros(2, 16, 16),
    }  # fmt: skip
    unequal = {gain: factor * float(getattr(get_cfg(), gain)) for gain, factor in FACTORS.items()}
    seen = set()
    for name, task in (("yolo26n-seg", "Segmentation"), ("yolo26n-pose", "Pose"), ("yolo11n-obb", "OBB")):
        batch["bboxes"] = boxes if task == "OBB" else boxes[:, :4]
        model = getattr(tasks, f"{task}Model")(f"{name}.yaml", verbose=False)
        before, after = losses(), losses(**unequal)
        for loss, value in before.items():
            (weight,) = (gain for gain in loss_weights.of(f"{name}.yaml", f"val/{loss}") if gain in FACTORS)
            assert after[loss] == pytest.approx(FACTORS[weight] * value, rel=1e-3) != 0, loss
        seen |= before.keys()
    assert seen == loss_weights.WEIGHTS.keys()
