"""A user's own data: what is refused, what is warned of, and what is told of it, before anything starts."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from runner.errors import Problem
from runner.trainables.yolo import Yolo
from runner.trainables.yolo.data import checks as data_checks
from runner.trainables.yolo.data import shapes
from runner.trainables.yolo.models import Task
from tests.end_to_end.test_presets import BCCD

MODELS: dict[Task, str] = {
    "detect": "yolo11n.yaml",
    "segment": "yolo11n-seg.yaml",
    "classify": "yolo11n-cls.yaml",
    "pose": "yolo11n-pose.yaml",
    "obb": "yolo11n-obb.yaml",
}


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A folder mine/ with 6 and 4 labelled images of three classes, and its path."""
    return generated(tmp_path, "detect")


def generated(project: Path, task: Task) -> Path:
    place = shapes.generate(shapes.Shapes(task, train=6, val=4, size=32), project / "g")
    shutil.move(place if task == "classify" else place.parent, project / "mine")
    return project / "mine"


def problems(folder: Path, task: Task = "detect", **options: object) -> list[Problem]:
    data = folder.name if task == "classify" else f"{folder.name}/data.yaml"
    return list(data_checks.problems(Yolo(model=MODELS[task], data=data, **options), folder.parent))  # type: ignore[arg-type]


def fatal(folder: Path, task: Task = "detect", **options: object) -> list[str]:
    return [problem.message for problem in problems(folder, task, **options) if problem.fatal]


def notes(folder: Path, task: Task = "detect", **options: object) -> list[str]:
    found = problems(folder, task, **options)
    assert not [problem for problem in found if problem.fatal]
    return [problem.message for problem in found]


def rewrite(folder: Path, **changes: object) -> None:
    path = folder / "data.yaml"
    content = yaml.safe_load(path.read_text()) | changes
    path.write_text(yaml.safe_dump({key: value for key, value in content.items() if value is not None}))


def label(folder: Path, number: int, split: str = "train") -> Path:
    return sorted((folder / "labels" / split).glob("*.txt"))[number]


@pytest.mark.parametrize("task", [task for task in MODELS if task != "classify"])
def test_what_whole_data_holds_is_told_in_one_line(tmp_path: Path, task: Task) -> None:
    folder = generated(tmp_path, task)
    rows = [line for path in (folder / "labels" / "train").iterdir() for line in path.read_text().splitlines()]
    [told] = notes(folder, task)
    assert told.startswith(f"train 6 images, 6 labelled, {len(rows)} instances; val 4 images, 4 labelled, ")
    circles = sum(line.startswith("0 ") for line in rows)
    assert f"circle {circles}" in told
    assert "\n" not in told


def test_every_kind_of_fault_is_told_once_with_its_files(mine: Path) -> None:
    for number in range(5):
        label(mine, number).write_text("7 .5 .5 .1 .1\n")
    label(mine, 0, "val").write_text("0 .5 .5 .1 .1\n0 50 50 9 9\n")
    label(mine, 1, "val").write_text("0 .5\n")
    told = fatal(mine)
    assert len(told) == 3
    [classes] = [text for text in told if "class ids" in text]
    assert classes.startswith("5 of 10 label files hold class ids that the data.yaml does not name: labels/train/")
    assert classes.count(".txt:1") == 3
    [outside] = [text for text in told if "outside of 0..1" in text]
    assert outside.endswith(f"{label(mine, 0, 'val').relative_to(mine)}:2")
    [row] = [problem for problem in problems(mine) if "wrong length" in problem.message]
    assert "class x y width height" in row.remedy


def test_boxes_are_not_segmented(mine: Path) -> None:
    [told] = [problem for problem in problems(mine, "segment") if problem.fatal]
    assert told.message.startswith("10 of 10 label files hold boxes where polygons are needed: labels/train/")
    assert "yolo11n.yaml" in told.remedy


def test_polygons_are_boxes_enough_for_detection(tmp_path: Path) -> None:
    assert len(notes(generated(tmp_path, "segment"), "detect")) == 1


def test_background_is_a_warning_and_no_labels_at_all_an_error(mine: Path) -> None:
    label(mine, 0).write_text("")
    label(mine, 1).unlink()
    assert "train: 2 of 6 images count as background (1 empty label files, 1 without one)" in notes(mine)
    for path in (mine / "labels" / "val").iterdir():
        path.write_text("\n")
    assert fatal(mine) == ["val: no labels, every label file is empty"]


def test_a_class_that_train_does_not_show(mine: Path) -> None:
    rewrite(mine, names=["circle", "square", "triangle", "star"])
    assert "train shows no star" in notes(mine)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"names": ["circle"]}, "hold class ids"),
        ({"names": {0: "a", 2: "b"}}, "the ids in names are not 0 to 1"),
        ({"names": "circle"}, "no list of names"),
        ({"nc": 4}, "nc is 4, and names has 3"),
        ({"names": None, "nc": "many"}, "no number of classes"),
        ({"train": 5}, "neither a path nor a list of paths"),
        ({"train": "instances.json"}, "COCO's JSON"),
    ],
)
def test_what_the_data_yaml_says_of_itself(mine: Path, changes: dict[str, object], says: str) -> None:
    (mine / "instances.json").write_text("{}")
    rewrite(mine, **changes)
    [told] = fatal(mine)
    assert says in told


def test_a_single_class_needs_no_ids(mine: Path) -> None:
    rewrite(mine, names=["shape"])
    assert notes(mine, train_args={"single_cls": True})


@pytest.mark.parametrize("shape", [None, [4], [4, 5], "4 3"])
def test_pose_needs_the_shape_of_its_keypoints(tmp_path: Path, shape: object) -> None:
    folder = generated(tmp_path, "pose")
    rewrite(folder, kpt_shape=shape, flip_idx=None)
    [told] = fatal(folder, "pose")
    assert "kpt_shape" in told


@pytest.mark.parametrize("mirror", [[0, 1], 5, True])
def test_a_mirror_of_other_keypoints(tmp_path: Path, mirror: object) -> None:
    folder = generated(tmp_path, "pose")
    rewrite(folder, flip_idx=mirror)
    [told] = fatal(folder, "pose")
    assert "flip_idx" in told


def listed(folder: Path, *, start: str) -> None:
    for split in ("train", "val"):
        images = sorted((folder / "images" / split).iterdir())
        (folder / f"{split}.txt").write_text("".join(f"{start}images/{split}/{path.name}\n" for path in images))
    rewrite(folder, train="train.txt", val="val.txt")


@pytest.mark.parametrize("relative", [True, False])
def test_lists_of_images(mine: Path, relative: bool) -> None:
    listed(mine, start="./" if relative else f"{mine}/")
    assert notes(mine)[-1].startswith("train 6 images, 6 labelled")
    next((mine / "images" / "train").iterdir()).unlink()
    assert "train: 1 listed images do not exist" in fatal(mine)[0]


def test_a_list_that_starts_in_no_folder(mine: Path) -> None:
    listed(mine, start="")
    assert "start in no folder, such as images/train/" in fatal(mine)[0]


def test_several_folders_and_links(mine: Path) -> None:
    (mine / "images" / "val").rename(mine.parent / "elsewhere")
    (mine / "images" / "val").symlink_to(mine.parent / "elsewhere")
    assert "val: no labels" in fatal(mine)[0], "the library follows the link and looks beside the images"
    for path in (mine / "labels" / "val").iterdir():
        path.rename(mine.parent / "elsewhere" / path.name)
    rewrite(mine, train=["images/train", "images/val"])
    assert notes(mine)[-1].startswith("train 10 images, 10 labelled")


def test_paths_as_roboflow_exports_them(mine: Path) -> None:
    rewrite(mine, path=None, train="../images/train", val="../images/val")
    assert notes(mine)[-1].startswith("train 6 images")


def test_validation_on_the_test_split(mine: Path) -> None:
    assert "lacks test" in fatal(mine, train_args={"split": "test"})[0]
    rewrite(mine, test="images/nowhere")
    assert len(notes(mine)) == 1
    assert "test: there is no" in fatal(mine, train_args={"split": "test"})[0]
    rewrite(mine, test="images/val")
    assert "; test 4 images" in notes(mine, train_args={"split": "test"})[-1]


def test_coco_json_in_place_of_labels(mine: Path) -> None:
    shutil.rmtree(mine / "labels")
    (mine / "annotations").mkdir()
    (mine / "annotations" / "instances_train.json").write_text("{}")
    found = problems(mine)
    assert all("instances_train.json seems to be COCO's JSON" in problem.message for problem in found if problem.fatal)
    assert "convert_coco" in found[0].remedy
    named = Yolo(model=MODELS["detect"], data="mine/annotations/instances_train.json")
    assert "convert_coco" in next(data_checks.problems(named, mine.parent)).remedy


def test_classes_in_folders(tmp_path: Path) -> None:
    folder = generated(tmp_path, "classify")
    [told] = notes(folder, "classify")
    assert told.startswith("train 6 images, val 4 images of 3 classes; in train from ")


@pytest.mark.parametrize(
    ("spoil", "says", "stops"),
    [
        (lambda folder: shutil.rmtree(folder / "val"), "there is no ", True),
        (lambda folder: (folder / "val").rename(folder / "test"), "there is no ", True),
        (lambda folder: [path.unlink() for path in folder.glob("val/*/*")], "val: no images", True),
        (lambda folder: [shutil.rmtree(folder / "train" / name) for name in ("circle", "square")], "one class", True),
        (lambda folder: shutil.rmtree(folder / "val" / "circle"), "val holds no image of circle", False),
        (lambda folder: shutil.rmtree(folder / "train" / "circle"), "val holds circle, which train does not", False),
        (lambda folder: (folder / "train" / "star").mkdir(), "train holds no image of star", False),
    ],
)
def test_class_folders_that_are_not_whole(
    tmp_path: Path, spoil: Callable[[Path], object], says: str, stops: bool
) -> None:
    folder = generated(tmp_path, "classify")
    spoil(folder)
    found = problems(folder, "classify")
    assert [problem.fatal for problem in found if says in problem.message] == [stops], found


def test_validation_of_a_classifier_on_another_split(tmp_path: Path) -> None:
    folder = generated(tmp_path, "classify")
    (folder / "val").rename(folder / "test")
    assert "split=test" in problems(folder, "classify")[0].remedy
    assert len(notes(folder, "classify", train_args={"split": "test"})) == 1


@pytest.mark.skipif(not BCCD.is_file(), reason="the blood cell images are not beside the project (../shared/data/bccd)")
def test_real_data_is_whole(tmp_path: Path) -> None:
    [told] = data_checks.problems(Yolo(model="yolo11n.yaml", data=str(BCCD)), tmp_path)
    assert told.message.startswith("train 205 images, 205 labelled, ")


@pytest.mark.slow
def test_reading_imports_neither_torch_nor_ultralytics(mine: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from runner.trainables.yolo import Yolo\n"
        "from runner.trainables.yolo.data import checks as data_checks\n"
        "found = list(data_checks.problems(Yolo(model='yolo11n.yaml', data='mine/data.yaml'), Path()))\n"
        "assert len(found) == 1, found\n"
        "assert not {'torch', 'ultralytics', 'ray'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=mine.parent, check=True)


def test_a_folder_that_is_there_is_told_what_it_needs(mine: Path) -> None:
    def told(name: str, task: Task = "detect") -> Problem:
        [problem] = data_checks.problems(Yolo(model=MODELS[task], data=name), mine.parent)
        return problem

    assert (told("mine").message, told("mine").remedy) == (
        f"{mine} is a folder, and detect takes a data.yaml", "type trainable.data=mine/data.yaml"
    )  # fmt: skip
    (mine / "data.yaml").rename(mine / "my set.yaml")
    assert told("mine").remedy == "type trainable.data='mine/my set.yaml'"
    (mine / "empty").mkdir()
    (mine / "train").mkdir()  # as a folder of classes has one
    assert told("mine").remedy == "type trainable.data='mine/my set.yaml'"
    assert "write one with path:, train:, val: and names:" in told("mine/images").remedy
    assert "is a folder without train/" in told("mine/empty", "classify").message
    assert "there is no nothing" in told("nothing").message
