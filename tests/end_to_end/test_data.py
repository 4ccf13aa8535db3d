"""A user's own data, from the command line."""

import shutil
from pathlib import Path

import pytest
import yaml

from runner.trainables.yolo.data import shapes
from tests.end_to_end.conftest import Run

pytestmark = pytest.mark.slow
SHRUNK = [
    "experiment=shapes_detect", "budget={num_samples: 1, max_epochs: 1}", "trainable.train_args.imgsz=64",
    "scheduler=fifo", "searcher=random",
]  # fmt: skip


@pytest.fixture
def mine(project: Path) -> Path:
    """The folder of a data set two levels below the user's."""
    folder = project / "data" / "mine"
    generated = shapes.generate(shapes.Shapes("detect", train=8, val=4, size=64), project / "g").parent
    folder.parent.mkdir()
    shutil.move(generated, folder)
    return folder


def test_data_that_is_wrong_is_refused_before_anything_starts(run: Run, project: Path, mine: Path) -> None:
    labels = sorted((mine / "labels" / "train").iterdir())
    labels[0].write_text("9 .5 .5 .1 .1\n")
    labels[1].write_text("0 20 20 5 5\n")
    done = run(*SHRUNK, "trainable.data=data/mine/data.yaml")
    assert done.code == 2
    assert f"{labels[0].relative_to(mine)}:1" in done.err
    assert f"{labels[1].relative_to(mine)}:1" in done.err
    assert "starting Ray" not in done.out
    assert not (project / "outputs").exists()


def test_data_is_told_and_its_script_stays_where_it_is(run: Run, project: Path, mine: Path) -> None:
    path = mine / "data.yaml"
    script = f"open({str(project / 'marker')!r}, 'w')"
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | {"download": script}))
    (sorted((mine / "labels" / "train").iterdir())[0]).write_text("")
    done = run(*SHRUNK, "trainable.data=data/mine/data.yaml")
    assert done.code == 0, done.out + done.err
    assert "note: trainable.data: train 8 images, 7 labelled, " in done.err
    assert "train: 1 of 8 images count as background" in done.err
    assert not (project / "marker").exists()
    shutil.rmtree(mine / "images")
    done = run(*SHRUNK, "trainable.data=data/mine/data.yaml", "trainable.trust_data=true")
    assert done.code == 2
    assert "is a script, which never runs here" in done.err
    assert not (project / "marker").exists()


def test_what_was_fetched_and_is_wrong_leaves_no_run(run: Run, project: Path, mine: Path, server: str) -> None:
    sorted((mine / "labels" / "train").iterdir())[0].write_text("9 .5 .5 .1 .1\n")
    shutil.make_archive(str(project / "www" / "mine"), "zip", mine.parent, "mine")
    content = yaml.safe_load((mine / "data.yaml").read_text())
    shutil.rmtree(mine)
    (project / "data.yaml").write_text(yaml.safe_dump({**content, "path": "mine", "download": f"{server}/mine.zip"}))
    words = [*SHRUNK, "trainable.data=data.yaml"]
    assert "trainable.trust_data=true" in run(*words).err
    done = run(*words, "trainable.trust_data=true")
    assert done.code == 2, done.out + done.err
    assert "labels/train/" in done.err
    assert not list((project / "outputs").glob("shapes_detect/*"))
