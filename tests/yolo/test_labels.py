"""What is found in label files, and that nothing escapes that the library would drop."""

from pathlib import Path

import pytest

from runner.trainables.yolo.data.labels import Fault, Rules, label_of, read_labels
from runner.trainables.yolo.models import Task

BOX = "0 .5 .5 .2 .2"
POLYGON = "1 .1 .1 .2 .1 .2 .2"
CORNERS = "1 .1 .1 .2 .1 .2 .2 .1 .2"
POSE = "0 .5 .5 .2 .2 .4 .4 2 .6 .6 0"

FILES: list[tuple[Task, str, Fault | None]] = [
    ("detect", BOX, None),
    ("detect", f"{BOX}\n\n2 1.0 0 1 1\n", None),
    ("detect", f"\ufeff{BOX}", None),
    ("detect", POLYGON, None),
    ("detect", "0 -.005 1.005 .2 .2", None),
    ("detect", "0 .5 .5 .2", Fault.COLUMNS),
    ("detect", "0 .5 .5 .2 .2 .9", Fault.COLUMNS),
    ("detect", "0 .1 .1 .2 .1 .2 .2 .3", Fault.COLUMNS),
    ("detect", "0 .5 .5 .2 a", Fault.NUMBERS),
    ("detect", "0 .5 .5 .2 nan", Fault.NUMBERS),
    ("detect", "0 .5 inf .2 .2", Fault.NUMBERS),
    ("detect", "3 .5 .5 .2 .2", Fault.CLASS),
    ("detect", "-1 .5 .5 .2 .2", Fault.CLASS),
    ("detect", "0.5 .5 .5 .2 .2", Fault.CLASS),
    ("detect", "0 50 60 20 20", Fault.RANGE),
    ("detect", "0 -.5 .5 .2 .2", Fault.RANGE),
    ("detect", "0 .5 .5 -.005 .2", Fault.RANGE),
    ("detect", f"{BOX}\n{POLYGON}", Fault.MIXED),
    ("detect", f"{POLYGON}\n{BOX}\n{BOX}1", Fault.MIXED),
    ("detect", f"{BOX}\n{BOX}", Fault.DUPLICATE),
    ("segment", POLYGON, None),
    ("segment", CORNERS, None),
    ("segment", BOX, Fault.BOXES),
    ("segment", "0 .1 .1 .2 .1 .2 .2 .3", Fault.COLUMNS),
    ("segment", "0 .1 .1 .2 .1 .2 2.2", Fault.RANGE),
    ("obb", CORNERS, None),
    ("obb", POLYGON, Fault.CORNERS),
    ("obb", BOX, Fault.BOXES),
    ("pose", POSE, None),
    ("pose", BOX, Fault.COLUMNS),
    ("pose", f"{POSE} 1", Fault.COLUMNS),
    ("pose", "0 .5 .5 .2 .2 .4 1.4 2 .6 .6 2", Fault.RANGE),
    ("pose", "0 1.5 .5 .2 .2 .4 .4 2 .6 .6 2", Fault.RANGE),
]


def rules(task: Task) -> Rules:
    return Rules(task, 3, (2, 3) if task == "pose" else (0, 0))


def faults(folder: Path, task: Task, text: str) -> dict[Fault, dict[Path, int]]:
    label = folder / "labels" / "a.txt"
    label.parent.mkdir(exist_ok=True)
    label.write_text(text, encoding="utf-8")
    return read_labels([folder / "images" / "a.png"], rules(task)).faults


@pytest.mark.parametrize(("task", "text", "fault"), FILES)
def test_each_fault_is_found(tmp_path: Path, task: Task, text: str, fault: Fault | None) -> None:
    assert set(faults(tmp_path, task, text)) == ({fault} if fault else set())


def test_the_first_line_of_a_fault_is_kept(tmp_path: Path) -> None:
    found = faults(tmp_path, "detect", f"{BOX}\n9 .5 .5 .1 .1\n0 5 5 1 1\n9 .4 .4 .1 .1\n")
    label = tmp_path / "labels" / "a.txt"
    assert found == {Fault.CLASS: {label: 2}, Fault.RANGE: {label: 3}}


def test_files_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "a.txt").write_bytes(b"\xff\xfe0\x00")
    assert set(read_labels([tmp_path / "images" / "a.png"], rules("detect")).faults) == {Fault.TEXT}


def test_counts(tmp_path: Path) -> None:
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "a.txt").write_text(f"{BOX}\n2 .5 .5 .1 .1\n{BOX}1\n")
    (tmp_path / "labels" / "b.txt").write_text("\n")
    (tmp_path / "labels" / "d.txt").mkdir()
    found = read_labels([tmp_path / "images" / f"{name}.png" for name in "abcd"], rules("detect"))
    assert (found.images, found.labelled, found.empty, found.missing) == (4, 1, 1, 2)
    assert found.instances == {0: 2, 2: 1}


def test_keypoints_are_left_out_where_the_task_has_none(tmp_path: Path) -> None:
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "a.txt").write_text(f"{POSE}\n{BOX}\n")
    assert read_labels([tmp_path / "images" / "a.png"], Rules("detect", 3, (2, 3))).faults == {}


def test_a_single_class_takes_any_id(tmp_path: Path) -> None:
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "a.txt").write_text("70 .5 .5 .1 .1\n")
    assert read_labels([tmp_path / "images" / "a.png"], Rules("detect", None)).faults == {}


@pytest.mark.slow
def test_nothing_escapes_that_the_library_drops(tmp_path: Path) -> None:
    """Its own reader, file by file: it ignores the corrupt ones; and the label files are where it looks for them."""
    import cv2
    import numpy as np
    from ultralytics.data.utils import img2label_paths, verify_image_label

    image = tmp_path / "images" / "a.png"
    image.parent.mkdir()
    cv2.imwrite(str(image), np.zeros((32, 32, 3), np.uint8))
    [label] = img2label_paths([image])
    assert label == str(label_of(image))
    stricter = {Fault.BOXES, Fault.CORNERS, Fault.DUPLICATE}
    for task, text, _ in FILES:
        found = set(faults(tmp_path, task, text))
        count, numbers = rules(task).keypoints
        dropped = verify_image_label((str(image), label, "", task == "pose", 3, count, numbers, False))[0] is None
        assert dropped <= bool(found), (task, text)
        polygon_or_box_of_a_pose = "2.2" in text or text.startswith("0 1.5")
        assert polygon_or_box_of_a_pose or dropped == bool(found - stricter), (task, text)


@pytest.mark.parametrize("image", ["images/train/a.b.jpg", "images/images/a.png", "pictures/a.png", "my.images/a.png"])
def test_labels_lie_where_the_library_looks(image: str) -> None:
    expected = {
        "images/train/a.b.jpg": "labels/train/a.b.txt",
        "images/images/a.png": "images/labels/a.txt",
        "pictures/a.png": "pictures/a.txt",
        "my.images/a.png": "my.images/a.txt",
    }
    assert label_of(Path("/data", image)) == Path("/data", expected[image])
