"""The table of train()'s arguments agrees with the installed package."""

import ast
import subprocess
import sys

import pytest

from runner.trainables.yolo import package
from runner.trainables.yolo.arguments import OPTIMIZERS, SMALLEST, arguments, fault


def test_every_argument_is_read_with_its_default_type_and_range() -> None:
    table = arguments()
    assert len(table) > 100
    assert (table["lr0"].default, table["lr0"].kind, table["lr0"].lower, table["lr0"].upper) == (0.01, "float", 0, 1)
    assert (table["nbs"].kind, table["nbs"].lower) == ("int", 1)
    assert table["cos_lr"].kind == "bool"
    assert table["degrees"].upper == 180
    assert not table["format"].trains
    assert table["classes"].trains


@pytest.mark.parametrize("name", sorted(arguments()))
def test_every_default_is_taken(name: str) -> None:
    assert fault(arguments()[name], arguments()[name].default) is None


def test_the_optimizers_are_those_of_the_package() -> None:
    tree = ast.parse((package.root() / "engine" / "trainer.py").read_text(encoding="utf-8"))
    listed = next(
        ast.literal_eval(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "optimizers"
    )
    assert set(OPTIMIZERS) == listed


def test_the_bounds_of_ours_are_for_arguments_that_exist() -> None:
    assert set(SMALLEST) <= set(arguments())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("box", -5), ("box", float("nan")), ("box", "7.5"), ("lr0", "1e-5"), ("lr0", 1.5), ("lr0", float("inf")),
        ("degrees", 500), ("warmup_epochs", -1), ("workers", -1), ("batch", 16.0), ("batch", 0), ("batch", "16"),
        ("optimizer", "foo"), ("imgsz", "big"), ("imgsz", 100), ("imgsz", [640, 480]), ("cache", "wat"),
        ("nbs", 0), ("cos_lr", 1), ("cos_lr", "true"), ("close_mosaic", 2.0), ("lr0", True), ("lr0", None),
        ("fraction", 0.0), ("scale", [1, 2, 3]), ("amp", "fp8"), ("split", "trian"), ("patience", -1),
    ],
)  # fmt: skip
def test_nonsense_is_a_fault(name: str, value: object) -> None:
    assert fault(arguments()[name], value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("box", 7), ("lr0", 1), ("lr0", 1e-5), ("degrees", 180), ("batch", 1), ("batch", -1), ("batch", 0.6),
        ("optimizer", "adamw"), ("imgsz", 96), ("cache", "ram"), ("cache", True), ("freeze", [0, 1]),
        ("scale", [0.5, 2]),
        ("amp", "bf16"), ("amp", False), ("fraction", 0.5), ("fraction", 100), ("auto_augment", None),
    ],
)  # fmt: skip
def test_sense_is_none(name: str, value: object) -> None:
    assert fault(arguments()[name], value) is None


@pytest.mark.slow
def test_checking_imports_neither_torch_nor_ultralytics_nor_ray() -> None:
    code = (
        "import sys\n"
        "from tests.yolo.conftest import experiment\n"
        "from runner.trainables.yolo import Yolo\n"
        "options = Yolo(model='yolo11n-seg.pt', data='coco8.yaml', train_args={'fl_gamma': 1.0})\n"
        "assert list(options.check(experiment(options)))\n"
        "assert options.metrics() and options.default_metric()\n"
        "print(sorted({'torch', 'ultralytics', 'ray', 'numpy', 'cv2'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
