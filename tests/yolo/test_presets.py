"""The published search spaces and the guide, key for key: the tables stand here as their pages give them."""

import ast
from typing import Any

import pytest

from runner.trainables.yolo import package
from tests.config.composing import CONF, config, experiment, problems, refused

V8 = {
    "lr0": "uniform(1e-5, 1e-1)",
    "lrf": "uniform(0.01, 1.0)",
    "momentum": "uniform(0.6, 0.98)",
    "weight_decay": "uniform(0.0, 0.001)",
    "warmup_epochs": "uniform(0.0, 5.0)",
    "warmup_momentum": "uniform(0.0, 0.95)",
    "box": "uniform(0.02, 0.2)",
    "cls": "uniform(0.2, 4.0)",
    "hsv_h": "uniform(0.0, 0.1)",
    "hsv_s": "uniform(0.0, 0.9)",
    "hsv_v": "uniform(0.0, 0.9)",
    "degrees": "uniform(0.0, 45.0)",
    "translate": "uniform(0.0, 0.9)",
    "scale": "uniform(0.0, 0.9)",
    "shear": "uniform(0.0, 10.0)",
    "perspective": "uniform(0.0, 0.001)",
    "flipud": "uniform(0.0, 1.0)",
    "fliplr": "uniform(0.0, 1.0)",
    "mosaic": "uniform(0.0, 1.0)",
    "mixup": "uniform(0.0, 1.0)",
    "copy_paste": "uniform(0.0, 1.0)",
}
V11 = V8 | {"cutmix": "uniform(0.0, 1.0)"}
LEGACY = V8 | {"fl_gamma": "uniform(0.0, 2.0)"}
GUIDE = {
    "lr0": "loguniform(1e-5, 1e-1)",
    "lrf": "uniform(0.01, 1.0)",
    "momentum": "uniform(0.6, 0.98)",
    "weight_decay": "uniform(0.0, 0.005)",
    "optimizer": "choice(['AdamW'])",
    "warmup_epochs": "randint(0, 5)",
    "warmup_momentum": "uniform(0.00, 0.95)",
    "box": "uniform(5.0, 8.0)",
    "cls": "uniform(1.0, 3.0)",
    "dropout": "uniform(0.0, 0.1)",
    "fliplr": "uniform(0.0, 0.5)",
    "hsv_h": "uniform(0.0, 0.5)",
    "hsv_s": "uniform(0.0, 0.5)",
    "hsv_v": "uniform(0.0, 0.5)",
    "degrees": "uniform(0.0, 10.0)",
    "translate": "uniform(0.0, 0.25)",
    "scale": "uniform(0.0, 0.5)",
    "perspective": "uniform(0.0, 0.1)",
    "mosaic": "uniform(0.7, 1.0)",
    "copy_paste": "uniform(0.0, 0.3)",
    "cutmix": "uniform(0.0, 0.3)",
    "batch": "choice([16, 32, 64])",
}
GUIDE_WORDS = ("experiment=yolo11_seg_guide", "trainable.data=path/to/data.yaml")


def searched(*words: str) -> dict[str, Any]:
    return experiment(*words).search_space.searched()


def read(table: dict[str, str]) -> dict[str, Any]:
    """A published table, read as what a user pastes on the command line."""
    words = [f"search_space.{key}={call}" for key, call in table.items()]
    return searched("experiment=shapes", "search_space=none", "trainable.train_args={}", *words)


def default_space() -> dict[str, str]:
    """The space in the installed package's run_ray_tune, as it is written there."""
    tree = ast.parse((package.root() / "utils" / "tuner.py").read_text(encoding="utf-8"))
    space = next(
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id == "default_space"
    )
    assert isinstance(space, ast.Dict)
    return {ast.literal_eval(key): ast.unparse(value) for key, value in zip(space.keys, space.values, strict=True)}


@pytest.mark.parametrize(
    ("preset", "table", "dead"),
    [("yolo_v8", V8, set()), ("yolo_v11", V11, set()), ("coco8", V11, set()), ("yolo_legacy", LEGACY, {"fl_gamma"})],
)
def test_a_published_space_key_for_key(preset: str, table: dict[str, str], dead: set[str]) -> None:
    alive = {key: call for key, call in table.items() if key not in dead}
    assert searched(f"experiment={preset}") == read(alive)


def test_todays_own_space_key_for_key() -> None:
    space = default_space()
    assert len(space) == 26
    assert list(searched("experiment=ultralytics_default").items()) == list(read(space).items())


@pytest.mark.parametrize("preset", ["yolo_v8", "yolo_v11", "coco8", "yolo_legacy", "ultralytics_default"])
def test_all_that_the_check_says_of_a_published_space_is_what_its_preset_says(preset: str) -> None:
    assert [(problem.where, problem.fatal) for problem in problems(f"experiment={preset}")] == [
        ("search_space.copy_paste", False)
    ]


def test_the_key_that_is_gone_is_refused_with_what_replaced_it() -> None:
    problem = refused("experiment=yolo_legacy", f"search_space.fl_gamma={LEGACY['fl_gamma']}")
    assert problem.where == "search_space.fl_gamma"
    assert "cls_pw" in problem.message


def test_the_guide_key_for_key() -> None:
    assert searched(*GUIDE_WORDS) == read({key: call for key, call in GUIDE.items() if key != "dropout"})
    assert problems(*GUIDE_WORDS) == []


def test_the_guides_dead_key_is_refused() -> None:
    words = ("searcher.points_to_evaluate=[]", f"search_space.dropout={GUIDE['dropout']}")
    problem = refused(*GUIDE_WORDS, *words)
    assert (problem.rule, problem.where) == ("yolo-dead", "search_space.dropout")
    assert "only classify reads it" in problem.message


def test_the_guides_parts() -> None:
    guide = experiment(*GUIDE_WORDS)
    assert (guide.objective.label, guide.objective.mode) == ("F1(M)", "max")
    assert (guide.budget.num_samples, guide.budget.max_epochs) == (50, 250)
    assert guide.resources.gpu == 0.5
    assert (guide.searcher.name, guide.scheduler.name) == ("optuna", "asha")
    scheduler = {key: guide.scheduler.options[key] for key in ("grace_period", "reduction_factor", "brackets")}
    assert scheduler == {"grace_period": 25, "reduction_factor": 2, "brackets": 1}
    assert [logger.name for logger in guide.loggers] == ["csv", "wandb"]
    assert 1 <= len(guide.searcher.options["points_to_evaluate"]) <= 5


def test_the_guides_plateau_as_its_preset_says_how_to_have_it() -> None:
    text = (CONF / "experiment" / "yolo11_seg_guide.yaml").read_text(encoding="utf-8")
    added = [line.removeprefix("# ") for line in text.splitlines() if line.startswith(("# trainable:", "# stopper:"))]
    words = [line.replace(": ", "=", 1) for line in added]
    guide = experiment(*GUIDE_WORDS, "stopper=[plateau]", *words)
    assert problems(*GUIDE_WORDS, "stopper=[plateau]", *words) == []
    options = {key: guide.stoppers[0].options[key] for key in ("metric", "std", "num_results", "grace_period")}
    assert options == {"metric": "train/F1(M)", "std": 0.01, "num_results": 5, "grace_period": 10}


def test_the_guides_points_stay_with_another_searcher() -> None:
    points = config(*GUIDE_WORDS)["searcher"]["points_to_evaluate"]
    assert points
    assert config(*GUIDE_WORDS, "searcher=random")["searcher"]["points_to_evaluate"] == points
