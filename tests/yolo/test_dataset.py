"""Where data lies, and what the machine tier says of it."""

import shutil
from pathlib import Path

import pytest
import yaml

from runner.errors import Problem
from runner.trainables.yolo import Yolo, checks, prepare
from runner.trainables.yolo.data import dataset, shapes
from tests.yolo.conftest import experiment


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A user's folder with a data set in mine/."""
    shutil.move(shapes.generate(shapes.Shapes(train=3, val=2, size=32), tmp_path / "g").parent, tmp_path / "mine")
    return tmp_path


def found(project: Path, data: str, model: str = "yolo11n-seg.yaml", **options: object) -> list[Problem]:
    """What keeps the experiment from starting."""
    trainable = Yolo(model=model, data=data, **options)  # type: ignore[arg-type]
    return [problem for problem in trainable.check_machine(experiment(trainable), project) if problem.fatal]


def test_whole_data_has_no_problem(mine: Path) -> None:
    assert found(mine, "mine/data.yaml") == []
    assert found(mine, "shapes") == []
    assert found(mine, str(mine / "mine" / "data.yaml")) == []


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda folder: shutil.rmtree(folder / "images" / "val"), "val: there is no"),
        (lambda folder: shutil.rmtree(folder / "labels" / "train"), "no labels"),
        (lambda folder: [path.unlink() for path in (folder / "images" / "train").iterdir()], "no images"),
        (lambda folder: (folder / "data.yaml").write_text("train: images/train\nval: images/val\n"), "lacks names"),
        (lambda folder: (folder / "data.yaml").write_text("train: images/train\nnames: [a]\n"), "lacks val"),
        (lambda folder: (folder / "data.yaml").write_text("a: [b\n"), "is not YAML"),
        (lambda folder: (folder / "data.yaml").unlink(), "there is no mine/data.yaml"),
    ],
)
def test_what_is_missing_is_told(mine: Path, spoil: object, says: str) -> None:
    spoil(mine / "mine")  # type: ignore[operator]
    problems = found(mine, "mine/data.yaml")
    assert problems[0].where == "trainable.data"
    assert says in str(problems[0])


def test_a_mistyped_name_gets_a_hint(tmp_path: Path) -> None:
    assert "coco8.yaml" in found(tmp_path, "coco9.yaml")[0].remedy


@pytest.mark.parametrize("stated", [".", "mine", None])
def test_paths_start_where_they_exist(mine: Path, stated: str | None) -> None:
    """From the data.yaml, or from the user's folder: never from the folder of Ray's worker."""
    path = mine / "mine" / "data.yaml"
    content = yaml.safe_load(path.read_text()) | ({"path": stated} if stated else {}) | {"download": "exit()"}
    path.write_text(yaml.safe_dump(content))
    run_folder = mine / "run"
    run_folder.mkdir()
    resolved = yaml.safe_load(dataset.resolve(path, run_folder, mine).read_text())
    assert resolved["path"] == str(mine / "mine")
    assert "download" not in resolved


def test_flips_need_the_keypoints_that_change_places(tmp_path: Path) -> None:
    folder = shapes.generate(shapes.Shapes("pose", train=3, val=2, size=32), tmp_path / "g").parent
    shutil.move(folder, tmp_path / "mine")
    flips = {"data": "mine/data.yaml", "model": "yolo11n-pose.yaml", "train_args": {"fliplr": 0.5, "flipud": 0.0}}
    assert found(tmp_path, **flips) == []  # type: ignore[arg-type]
    assert found(tmp_path, **flips | {"data": "shapes"}) == []  # type: ignore[arg-type]
    path = tmp_path / "mine" / "data.yaml"
    path.write_text(path.read_text().replace("flip_idx", "other"))
    problems = found(tmp_path, **flips)  # type: ignore[arg-type]
    assert [problem.where for problem in problems] == ["trainable.train_args.fliplr"]
    assert "flip_idx" in problems[0].message


def test_without_a_network_what_must_be_fetched_is_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "reachable", lambda url: False)
    problems = found(tmp_path, "coco8.yaml", "yolo11n.pt")
    assert [(problem.rule, problem.where) for problem in problems] == [
        ("yolo-network", "trainable.model"),
        ("yolo-network", "trainable.data"),
    ]
    monkeypatch.setattr(checks, "reachable", lambda url: True)
    assert found(tmp_path, "coco8.yaml", "yolo11n.pt") == []


def test_weights_that_are_nowhere(tmp_path: Path) -> None:
    assert found(tmp_path, "shapes", "mine.pt", task="segment")[0].rule == "yolo-model"
    assert found(tmp_path, "shapes", train_args={"pretrained": "mine.pt"})[0].where == "trainable.train_args.pretrained"


@pytest.mark.slow
def test_data_that_the_library_refuses_is_told_with_its_log(mine: Path) -> None:
    for path in (mine / "mine" / "images" / "train").iterdir():
        path.write_bytes(b"no image")
    run_folder = mine / "run"
    run_folder.mkdir()
    options = Yolo(model="yolo11n-seg.yaml", data="mine/data.yaml")
    with pytest.raises(prepare.RunnerError, match=r"No valid images|could not be prepared") as caught:
        options.prepare(experiment(options), run_folder, mine)
    assert str(run_folder / "runner.log") in str(caught.value)
