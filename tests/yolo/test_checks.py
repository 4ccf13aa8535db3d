"""What the config tier finds, by rule and place."""

from typing import Any

import pytest

from runner.errors import Problem
from runner.trainables.yolo import Yolo
from tests.yolo.conftest import experiment

GOOD = {"optimizer": "AdamW"}


def found(
    train_args: dict[str, Any] | None = None,
    space: dict[str, Any] | None = None,
    model: str = "yolo11n-seg.yaml",
    task: Any = None,
    **changes: Any,
) -> list[Problem]:
    options = Yolo(model=model, data="shapes", task=task, train_args={**GOOD, **(train_args or {})})
    return list(options.check(experiment(options, space, **changes)))


def only(problems: list[Problem]) -> Problem:
    assert len(problems) == 1, "\n".join(map(str, problems))
    return problems[0]


def test_a_good_experiment_has_no_problem() -> None:
    assert found({"imgsz": 96, "batch": 4}, {"lr0": "loguniform(1e-5, 1e-1)", "mosaic": "uniform(0, 1)", "box": 7.5},
                 max_epochs=50) == []  # fmt: skip


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("fl_gamma", "cls_pw"), ("label_smoothing", "removed"), ("save_hybrid", "removed"),
        ("crop_fraction", "removed"), ("training_epochs", "budget.max_epochs"), ("lr", "did you mean lr"),
        ("warmup_epoch", "did you mean warmup_epochs"), ("nested.lr0", "lr0"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("home", ["trainable.train_args", "search_space"])
def test_unknown_arguments(key: str, says: str, home: str) -> None:
    problem = only(found({key: 1.0}) if home.startswith("trainable") else found(None, {key: "uniform(0.1, 0.2)"}))
    assert (problem.rule, problem.where, problem.fatal) == ("yolo-argument", f"{home}.{key}", True)
    assert says in str(problem)


@pytest.mark.parametrize(
    ("key", "home"),
    [
        ("epochs", "budget.max_epochs"), ("time", "budget.time_budget"), ("data", "trainable.data"),
        ("model", "trainable.model"), ("task", "trainable.task"), ("device", "resources.gpu"), ("name", "name"),
        ("project", "output_dir"), ("save_dir", "runner"), ("exist_ok", "runner"), ("mode", "runner"),
        ("resume", "runner"), ("cfg", "runner"), ("seed", "seed"),
    ],
)  # fmt: skip
def test_arguments_with_another_home(key: str, home: str) -> None:
    problem = only(found({key: 1}))
    assert problem.rule == "yolo-home"
    assert home in str(problem)


def test_a_seed_can_be_searched() -> None:
    assert found(None, {"seed": "randint(0, 5)"}) == []


@pytest.mark.parametrize(
    ("space", "says"),
    [
        ({"lr0": "uniform(0.1, 2)"}, "the upper end is 2.0, above 1"),
        ({"box": "uniform(-1, 2)"}, "the lower end is -1.0, below 0"),
        ({"degrees": "uniform(0, 500)"}, "above 180"),
        ({"batch": "uniform(4, 64)"}, "whole number"),
        ({"close_mosaic": "uniform(0, 2)"}, "not whole"),
        ({"imgsz": "randint(320, 640)"}, "multiple of 32"),
        ({"imgsz": "qrandint(320, 640, 16)"}, "multiple of 32"),
        ({"optimizer": "choice(['AdamW', 'foo'])"}, "'foo'"),
        ({"cos_lr": "uniform(0, 1)"}, "searched as a number"),
        ({"lr0": "normal(0.01, 0.1)"}, "has no ends"),
        ({"lr0": {"distribution": "choice", "categories": ["1e-5", 0.1]}}, "the text '1e-5'"),
        ({"imgsz": "choice([320, 330])"}, "330"),
        ({"box": {"distribution": "grid", "categories": [1.0, -1.0]}}, "-1.0"),
    ],
)
def test_ranges_of_the_search_space(space: dict[str, Any], says: str) -> None:
    options = Yolo(model="yolo11n-seg.yaml", data="shapes", train_args={} if "optimizer" in space else GOOD)
    problem = only(list(options.check(experiment(options, space))))
    assert (problem.rule, problem.where) == ("yolo-value", f"search_space.{next(iter(space))}")
    assert says in str(problem)


@pytest.mark.parametrize("space", [{"imgsz": "qrandint(320, 640, 32)"}, {"cos_lr": "choice([True, False])"},
                                   {"batch": "randint(4, 64)"}, {"patience": 20}])  # fmt: skip
def test_good_searches(space: dict[str, Any]) -> None:
    assert found(None, space) == []


def test_every_problem_at_once() -> None:
    problems = found({"fl_gamma": 1, "box": -5, "epochs": 3}, {"lr0": "uniform(1, 2)", "dropout": "uniform(0, 1)"})
    assert {problem.where for problem in problems} == {
        "trainable.train_args.fl_gamma",
        "trainable.train_args.box",
        "trainable.train_args.epochs",
        "search_space.lr0",
        "search_space.dropout",
    }


@pytest.mark.parametrize(
    ("key", "value", "model"),
    [
        ("dropout", 0.1, "yolo11n.yaml"), ("erasing", 0.1, "yolo11n-seg.yaml"), ("pose", 12.0, "yolo11n.yaml"),
        ("angle", 1.0, "yolo11n.yaml"), ("mask_ratio", 2, "yolo11n.yaml"), ("mosaic", 0.5, "yolo11n-cls.yaml"),
        ("format", "onnx", "yolo11n.yaml"), ("dlog", 1.0, "yolo11n.yaml"),
    ],
)  # fmt: skip
def test_arguments_dead_for_the_task(key: str, value: object, model: str) -> None:
    assert only(found({key: value}, model=model, max_epochs=50)).rule == "yolo-dead"
    space = {key: {"distribution": "choice", "categories": [value]}}
    assert only(found(None, space, model=model, max_epochs=50)).rule == "yolo-dead"


def test_the_same_arguments_live_in_their_task() -> None:
    assert found({"dropout": 0.1}, model="yolo11n-cls.yaml") == []
    assert found({"mask_ratio": 2}) == []
    assert found({"angle": 1.0}, model="yolo11n-obb.yaml") == []


def test_copy_paste_on_boxes_is_a_warning() -> None:
    assert not only(found({"copy_paste": 0.5}, model="yolo11n.yaml")).fatal
    assert found({"copy_paste": 0.5}) == []


def test_copy_paste_has_nothing_to_copy_in_pose() -> None:
    problem = only(found({"copy_paste": 0.5}, model="yolo11n-pose.yaml"))
    assert (problem.rule, problem.fatal) == ("yolo-dead", True)


def test_colours_of_a_classifier_give_way_to_auto_augment() -> None:
    problem = only(found(None, {"hsv_h": "uniform(0, 0.1)"}, model="yolo11n-cls.yaml"))
    assert (problem.rule, problem.where) == ("yolo-dead", "search_space.hsv_h")
    assert "auto_augment=randaugment" in problem.message
    assert "auto_augment=null" in problem.remedy
    space = {"hsv_h": "uniform(0, 0.1)", "auto_augment": "choice([None, 'augmix'])"}
    assert "in some trials" in only(found(None, space, model="yolo11n-cls.yaml")).message
    assert found({"hsv_v": 0.2, "auto_augment": None}, model="yolo11n-cls.yaml") == []
    assert found({"hsv_v": 0.2}, model="yolo11n.yaml") == []


@pytest.mark.parametrize("optimizer", [None, "auto", "Auto"])
def test_dead_under_optimizer_auto(optimizer: str | None) -> None:
    train_args = {"momentum": 0.9} | ({"optimizer": optimizer} if optimizer else {})
    options = Yolo(model="yolo11n.yaml", data="shapes", train_args=train_args)
    problems = list(options.check(experiment(options, {"lr0": "loguniform(1e-5, 1e-1)"})))
    assert {(problem.rule, problem.where) for problem in problems} == {
        ("yolo-auto", "trainable.train_args.momentum"),
        ("yolo-auto", "search_space.lr0"),
    }


def test_dead_in_those_trials_that_sample_auto() -> None:
    options = Yolo(model="yolo11n.yaml", data="shapes")
    space = {"optimizer": "choice(['SGD', 'auto'])", "lr0": "loguniform(1e-5, 1e-1)"}
    assert "in some trials" in only(list(options.check(experiment(options, space)))).message


def test_what_is_searched_only_where_it_has_an_effect_has_one() -> None:
    """In the trials that have the argument the other one is what the condition says."""
    auto = {"optimizer": "choice(['SGD', 'auto'])", "when": {"optimizer": {"SGD": {"momentum": "uniform(0.6, 0.98)"}}}}
    rect = {"rect": "choice([True, False])", "mosaic": "uniform(0, 1, when={'rect': False})"}
    colours = {"auto_augment": "choice([None, 'augmix'])", "hsv_h": "uniform(0, 0.1, when={'auto_augment': None})"}
    options = Yolo(model="yolo11n.yaml", data="shapes")
    assert list(options.check(experiment(options, auto))) == []
    assert found(None, rect, max_epochs=50) == []
    assert found(None, colours, model="yolo11n-cls.yaml") == []
    auto["when"] = {"optimizer": {"auto": {"momentum": "uniform(0.6, 0.98)"}}}
    assert only(list(options.check(experiment(options, auto)))).rule == "yolo-auto"
    rect["mosaic"] = "uniform(0, 1, when={'rect': True})"
    assert only(found(None, rect, max_epochs=50)).rule == "yolo-dead"


def test_mosaic_that_is_closed_from_the_start_is_a_warning() -> None:
    problem = only(found(None, {"mosaic": "uniform(0, 1)"}, max_epochs=10))
    assert (problem.rule, problem.fatal) == ("yolo-mosaic", False)
    assert found(None, {"mosaic": "uniform(0, 1)"}, max_epochs=11) == []
    assert found({"close_mosaic": 0}, {"mosaic": "uniform(0, 1)"}, max_epochs=3) == []


def test_rectangular_batches_take_no_mosaic() -> None:
    problem = only(found({"rect": True}, {"mosaic": "uniform(0, 1)"}, max_epochs=20))
    assert (problem.rule, problem.where, problem.fatal) == ("yolo-dead", "search_space.mosaic", True)
    assert found({"rect": True, "mixup": 0.0}) == []
    assert found({"rect": False, "mixup": 0.5}) == []


def test_validation_and_saving_cannot_be_switched_off() -> None:
    assert "every metric is 0" in only(found({"val": False})).message
    assert "best weights" in only(found({"save": False})).message
    assert found({"val": True}) == []


def test_fixed_and_searched() -> None:
    problem = only(found({"box": 7.5}, {"box": "uniform(1, 20)"}))
    assert (problem.rule, problem.where) == ("yolo-twice", "search_space.box")


def test_the_number_of_epochs_is_needed() -> None:
    assert only(found(max_epochs=None)).where == "budget.max_epochs"


def test_several_gpus_for_one_trial() -> None:
    assert only(found(gpu=2)).where == "resources.gpu"


@pytest.mark.parametrize("space", [None, {"batch": "choice([-1, 16])"}])
def test_a_batch_for_a_whole_gpu_is_refused_on_a_share(space: dict[str, Any] | None) -> None:
    train_args = {} if space else {"batch": -1}
    problem = only(found(train_args, space, gpu=0.5))
    assert (problem.rule, problem.fatal) == ("yolo-batch", True)
    assert "resources.gpu=0.5 is a share" in problem.message
    assert found(train_args, space, gpu=1) == found(train_args, space, gpu=0) == []


@pytest.mark.parametrize(
    ("model", "says"),
    [("yolo11n-sge.yaml", "yolo11n-seg.yaml"), ("yolo11n", "yolo11n"), ("yolo11q.yaml", "yolo11")],
)
def test_unknown_models(model: str, says: str) -> None:
    problem = only(found(model=model, task="segment"))
    assert problem.rule == "yolo-model"
    assert says in problem.remedy


def test_a_task_that_the_model_contradicts() -> None:
    problem = only(found(model="yolo11n.pt", task="segment"))
    assert (problem.rule, problem.where) == ("yolo-task", "trainable.task")


def test_a_task_that_nothing_tells() -> None:
    problem = only(found(model="weights/mine.pt"))
    assert problem.rule == "yolo-task"
    assert "trainable.task=segment" in problem.remedy
    assert Yolo(model="weights/mine.pt", data="shapes").metrics() is None
    assert found(model="weights/mine.pt", task="segment") == []


def test_workers_on_the_cpu_are_a_warning() -> None:
    assert not only(found({"workers": 4})).fatal


def test_curves_are_drawn_from_weights_that_are_kept() -> None:
    def told(**options: Any) -> list[Problem]:
        yolo = Yolo(model="yolo11n.yaml", data="shapes", train_args=GOOD, **options)
        return list(yolo.check(experiment(yolo)))

    assert only(told(curves=5, keep_best=3)).remedy == "set trainable.curves=3"
    assert told(curves=3, keep_best=3) == told(curves=5) == told(curves="each", keep_best=1) == []


def test_rtdetr_has_no_weights_of_yolo() -> None:
    problems = found({"cls": 0.5}, {"box": "uniform(1, 9)"}, model="rtdetr-l.yaml")
    assert [(problem.rule, problem.where) for problem in problems] == [
        ("yolo-dead", "trainable.train_args.cls"), ("yolo-dead", "search_space.box"),
    ]  # fmt: skip
    assert found(model="rtdetr-l.yaml") == []
