"""What `download:` in a data.yaml may do: an archive that is trusted, the package's own, and never a script."""

import shutil
from pathlib import Path

import pytest
import yaml

from runner.errors import ConfigError, Problem, RunnerError
from runner.trainables.yolo import Yolo, checks
from runner.trainables.yolo.data import dataset, downloads, shapes
from tests.yolo.conftest import experiment

URL = "https://example.com/mine.zip"


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    """What the scripts below would make."""
    return tmp_path / "marker"


def scripts(marker: Path) -> list[str]:
    return [
        f"open({str(marker)!r}, 'w')",
        f"bash -c touch${{IFS}}{marker}",
        f"http = open({str(marker)!r}, 'w') # .zip",
        f"https://example.com/mine.zip\nopen({str(marker)!r}, 'w')",
        f"http://example.com/mine.sh?{marker}",
    ]


def write(project: Path, download: str | None, **changes: object) -> Path:
    """mine/data.yaml without images."""
    path = project / "mine" / "data.yaml"
    path.parent.mkdir(exist_ok=True)
    content = {"train": "images/train", "val": "images/val", "names": ["circle", "square", "triangle"]}
    path.write_text(yaml.safe_dump({**content, "download": download, **changes}))
    return path


def yolo(*, trust: bool) -> Yolo:
    return Yolo(model="yolo11n.yaml", data="mine/data.yaml", trust_data=trust)


def fatal(project: Path, *, trust: bool) -> list[Problem]:
    options = yolo(trust=trust)
    return [problem for problem in options.check_machine(experiment(options), project) if problem.fatal]


def test_what_is_an_archive() -> None:
    assert downloads.url({"download": URL}) == URL
    assert downloads.url({"download": "http://example.com/a/mine.TGZ?key=1"})
    assert downloads.url({}) is None
    assert downloads.url({"download": 5}) is None


@pytest.mark.parametrize("trust", [False, True])
@pytest.mark.parametrize("number", range(5))
def test_a_script_never_runs(tmp_path: Path, marker: Path, number: int, trust: bool) -> None:
    write(tmp_path, scripts(marker)[number])
    [problem] = fatal(tmp_path, trust=trust)
    assert "is a script, which never runs here" in problem.message
    assert not marker.exists()


@pytest.mark.slow
@pytest.mark.parametrize("number", range(2))
def test_not_even_where_the_images_vanish_after_the_check(tmp_path: Path, marker: Path, number: int) -> None:
    write(tmp_path, scripts(marker)[number])
    (tmp_path / "run").mkdir()
    options = yolo(trust=True)
    with pytest.raises(RunnerError, match="could not be prepared"):
        options.prepare(experiment(options), tmp_path / "run", tmp_path)
    assert not marker.exists()
    assert "download" not in yaml.safe_load(dataset.resolved_file(tmp_path / "run").read_text())


def test_an_address_must_be_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, URL)
    [problem] = fatal(tmp_path, trust=False)
    assert URL in problem.message
    assert "trainable.trust_data=true" in problem.remedy
    asked = []
    monkeypatch.setattr(checks, "reachable", lambda url: bool(asked.append(url)))
    [problem] = fatal(tmp_path, trust=True)
    assert problem.rule == "yolo-network"
    assert asked == [URL]


def test_images_that_are_there_need_no_trust(tmp_path: Path, marker: Path) -> None:
    shutil.move(shapes.generate(shapes.Shapes("detect", train=3, val=2, size=32), tmp_path).parent, tmp_path / "mine")
    for download in (URL, *scripts(marker)):
        write(tmp_path, download)
        assert fatal(tmp_path, trust=False) == []


def test_a_copy_of_what_comes_with_the_library_is_known(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    copy = tmp_path / "mine" / "data.yaml"
    for name in ("coco8.yaml", "VOC.yaml"):
        shutil.copyfile(dataset.packaged()[name], copy)
        assert dataset.shipped(copy) == dataset.packaged()[name]
        assert dataset.to_be_fetched("mine/data.yaml", tmp_path, trust=False) == copy
    copy.write_text(copy.read_text() + "# changed\n")
    assert dataset.to_be_fetched("mine/data.yaml", tmp_path, trust=True) is None
    assert "is a script" in fatal(tmp_path, trust=True)[0].message


def archive(folder: Path, tmp_path: Path) -> None:
    """www/parts.zip with the folder parts/."""
    shutil.move(folder, tmp_path / "packed" / "parts")
    shutil.make_archive(str(tmp_path / "www" / "parts"), "zip", tmp_path / "packed")


@pytest.mark.slow
def test_a_trusted_address_is_fetched_once(tmp_path: Path, server: str) -> None:
    folder = shapes.generate(shapes.Shapes("detect", train=3, val=2, size=32), tmp_path).parent
    archive(folder, tmp_path)
    write(tmp_path, f"{server}/parts.zip", path="parts")
    assert fatal(tmp_path, trust=True) == []
    options = yolo(trust=True)
    for run in ("one", "two"):
        (tmp_path / run).mkdir()
        options.prepare(experiment(options), tmp_path / run, tmp_path)
        parts = dataset.folder(tmp_path) / "parts"
        assert yaml.safe_load(dataset.resolved_file(tmp_path / run).read_text())["path"] == str(parts)
        assert (parts / "labels" / "train.cache").is_file()
        (tmp_path / "www" / "parts.zip").unlink(missing_ok=True)
    assert fatal(tmp_path, trust=False) == []


@pytest.mark.slow
def test_what_was_fetched_is_checked_before_a_trial_starts(tmp_path: Path, server: str) -> None:
    folder = shapes.generate(shapes.Shapes("detect", train=3, val=2, size=32), tmp_path).parent
    next((folder / "labels" / "train").iterdir()).write_text("5 .5 .5 .1 .1\n")
    archive(folder, tmp_path)
    write(tmp_path, f"{server}/parts.zip", path="parts")
    (tmp_path / "run").mkdir()
    options = yolo(trust=True)
    with pytest.raises(ConfigError, match="class ids"):
        options.prepare(experiment(options), tmp_path / "run", tmp_path)
