"""Real trainings, of a few tiny epochs, in a real Tuner."""

import json
from functools import partial
from pathlib import Path

import pytest

from runner.config.objective import Objective, Target
from runner.trainables.yolo import Yolo
from tests.yolo.conftest import TINY, Trained, Training, double_in_optimizer, script_validation, train, train_each

pytestmark = pytest.mark.slow
EPOCHS = 3
SEGMENT = Yolo(model="yolo11n-seg.yaml", data="shapes", train_args=TINY)
SAMPLED = {"lr0": 0.004, "momentum": 0.8, "weight_decay": 0.001, "box": 6.0, "fliplr": 0.25}


@pytest.fixture(scope="module")
def segmented(ray_session: Path, project: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """Three epochs of segmentation, whose best epoch is that of the lowest validation loss of the boxes."""
    folder = tmp_path_factory.mktemp("segment")
    return train(
        SEGMENT, SAMPLED, folder=folder, project=project, home=ray_session, epochs=EPOCHS,
        objective=("val/box_loss", "max"),
    )  # fmt: skip


def test_segment_reports_each_epoch_once(segmented: Trained) -> None:
    assert segmented.error is None
    assert [report["epoch"] for report in segmented.reports] == [1, 2, 3]
    assert [report["training_iteration"] for report in segmented.reports] == [1, 2, 3]


def test_segment_reports_what_is_promised(segmented: Trained) -> None:
    promised = set(SEGMENT.metrics() or ())
    for report in segmented.reports:
        ours = {key for key in report if "/" in key and not key.startswith("config/")}
        assert ours | {"F1(B)", "F1(M)", "batch", "epoch", "epoch_seconds", "fitness"} == promised
        assert all(type(report[key]) in {int, float} for key in promised)


def test_best_weights_follow_the_objective(segmented: Trained) -> None:
    """The objective is turned round on purpose: the highest loss, which no fitness of the library would choose."""
    losses = [report["val/box_loss"] for report in segmented.reports]
    assert segmented.weights("best.pt")["val/box_loss"] == max(losses)
    assert len(set(losses)) == EPOCHS
    assert segmented.weights("last.pt")["val/box_loss"] == losses[-1]


def test_weights_of_another_run_start_a_trial_and_tell_its_task(
    segmented: Trained, ray_session: Path, project: Path, tmp_path: Path
) -> None:
    options = Yolo(model=str(segmented.folder / "weights" / "last.pt"), data="shapes", train_args=TINY)
    assert options.known_task() == "segment"
    trained = train(
        options, SAMPLED, folder=tmp_path, project=project, home=ray_session, epochs=1, objective=("fitness", "max")
    )
    assert trained.error is None
    assert trained.reports[0]["train/seg_loss"] < segmented.reports[0]["train/seg_loss"]
    assert set(options.metrics() or ()) == set(SEGMENT.metrics() or ())


def scripted(precision: float, recall: float, half: float, strict: float, fitness: float) -> dict[str, float]:
    return {
        "metrics/precision(M)": precision, "metrics/recall(M)": recall, "metrics/mAP50(M)": half,
        "metrics/mAP50-95(M)": strict, "val/box_loss": 1 - recall, "fitness": fitness,
    }  # fmt: skip


CURVE = [
    scripted(0.9, 0.1, 0.2, 0.1, 0.1),
    scripted(0.6, 0.5, 0.3, 0.2, 0.2),
    scripted(0.3, 0.6, 0.4, 0.3, 0.6),
    scripted(0.2, 0.4, 0.8, 0.2, 0.4),
    scripted(0.1, 0.3, 0.5, 0.8, 0.5),
]
"""Five epochs, each the best by another objective."""


BEST_AT = {
    1: [Target("metrics/precision(M)", "max")],
    2: [Target("F1(M)", "max")],
    3: [Target("fitness", "max")],
    4: [Target("metrics/mAP50(M)", "max", 0.7), Target("metrics/mAP50-95(M)", "max", 0.3)],
    5: [Target("metrics/mAP50-95(M)", "max", 0.7), Target("val/box_loss", "min", 0.3)],
}


def test_best_weights_follow_each_kind_of_objective(ray_session: Path, project: Path, tmp_path: Path) -> None:
    options = Yolo(model="yolo11n-seg.yaml", data="shapes", train_args={**TINY, "fraction": 8})
    scripted = partial(script_validation, CURVE)
    trainings = [
        Training(options, Objective(tuple(targets)), len(CURVE), sabotage=scripted) for targets in BEST_AT.values()
    ]
    done = train_each(trainings, folder=tmp_path, project=project, home=ray_session)
    for epoch, trained in zip(BEST_AT, done, strict=True):
        assert trained.error is None
        assert [report["fitness"] for report in trained.reports] == [metrics["fitness"] for metrics in CURVE]
        best = trained.weights("best.pt")
        assert {name: best[name] for name in CURVE[0] if name != "fitness"} == {
            name: value for name, value in CURVE[epoch - 1].items() if name != "fitness"
        }


def test_sampled_values_are_at_work(segmented: Trained) -> None:
    record = json.loads((segmented.folder / "applied.json").read_text())
    assert {key: record["applied"][key] for key in SAMPLED} == SAMPLED
    weights = record["optimizer"]["groups"][0]
    assert (weights["initial_lr"], weights["betas"][0], weights["weight_decay"]) == (0.004, 0.8, 0.001)
    assert record["optimizer"]["class"] == "AdamW"
    assert record["mismatches"] == []


def test_everything_lies_in_the_trial_folder(segmented: Trained, project: Path, ray_session: Path) -> None:
    assert (segmented.folder / "args.yaml").is_file()
    assert (segmented.folder / "results.csv").is_file()
    assert not [path for path in ray_session.rglob("*") if path.is_file()]
    assert [path.name for path in project.iterdir()] == ["outputs"]
    assert not list(segmented.folder.parent.parent.rglob("runs"))


def test_detection_reports_what_is_promised(ray_session: Path, project: Path, tmp_path: Path) -> None:
    """On the same polygons, whose boxes the library takes; the objective is a loss to be minimised."""
    options = Yolo(model="yolo11n.yaml", data="shapes", train_args=TINY)
    trained = train(
        options, {"optimizer": "SGD", "momentum": 0.7, "lr0": 0.01}, folder=tmp_path, project=project,
        home=ray_session, epochs=2, objective=("val/cls_loss", "min"),
    )  # fmt: skip
    assert trained.error is None
    assert [report["epoch"] for report in trained.reports] == [1, 2]
    promised = set(options.metrics() or ())
    assert {key for key in trained.reports[0] if "/" in key and not key.startswith("config/")} <= promised
    assert promised <= set(trained.reports[0])
    losses = [report["val/cls_loss"] for report in trained.reports]
    assert trained.weights("best.pt")["val/cls_loss"] == min(losses)


def test_a_value_that_does_not_arrive_fails_the_trial(ray_session: Path, project: Path, tmp_path: Path) -> None:
    trained = train(
        SEGMENT, {"lr0": 0.004}, folder=tmp_path, project=project, home=ray_session, epochs=2,
        objective=("fitness", "max"), sabotage=partial(double_in_optimizer, "lr"),
    )  # fmt: skip
    assert trained.reports == []
    assert "lr0 of the optimizer: requested 0.004, found [0.008, 0.008, 0.008]" in str(trained.error)
    assert json.loads((trained.folder / "applied.json").read_text())["mismatches"]
