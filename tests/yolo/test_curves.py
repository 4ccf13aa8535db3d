"""The curves of trials that training left without."""

from pathlib import Path

import pytest

from runner.trainables.yolo import Yolo, curves
from runner.trainables.yolo.curves import Curves


def trained(folder: Path, *, drawn: bool = False) -> Path:
    """What a training leaves, as far as `due` looks."""
    (folder / "weights").mkdir(parents=True)
    (folder / "weights" / "best.pt").write_bytes(b"no weights")
    (folder / "args.yaml").write_text("{rect: false, batch: 4, device: cpu, task: segment}")
    if drawn:
        (folder / curves.LAST).touch()
    return folder


@pytest.mark.parametrize(
    ("option", "places"),
    [("each", {1, 2, 3, 4}), (2, {1, 2}), (1, {1}), (0, set()), (None, set())],
)
def test_who_gets_curves(option: Curves, places: set[int], tmp_path: Path) -> None:
    folder = trained(tmp_path / "lacking")
    assert {place for place in range(1, 5) if curves.due(option, folder, place)} == places
    assert not curves.due(option, folder, None), "a failed one"
    assert not curves.due(option, trained(tmp_path / "drawn", drawn=True), 1)
    assert not curves.due(option, tmp_path, 1), "there are no weights"


def test_a_trial_that_draws_has_the_time_to() -> None:
    each, best = (Yolo(model="yolo11n.yaml", data="shapes", curves=option) for option in ("each", 3))
    assert each.ending_seconds == best.ending_seconds + curves.SECONDS < 600


@pytest.mark.slow
def test_a_failure_to_draw_is_told_with_its_reason(tmp_path: Path) -> None:
    folder = trained(tmp_path / "trials" / "trial_000")
    told: list[str] = []
    options = Yolo(model="yolo11n-seg.yaml", data="shapes")
    options.finish([folder], tmp_path, tmp_path, told.append)
    assert told[0] == "drawing the curves of trial_000"
    assert told[1].startswith("the curves of trial_000 are not drawn: ")
    assert len(told) == 2
    assert "Traceback" in (tmp_path / "runner.log").read_text()
    assert not (folder / ".curves").exists()


@pytest.mark.slow
def test_drawing_that_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curves, "SECONDS", 0.2)
    told: list[str] = []
    curves.draw_missing(1, [trained(tmp_path / "trial_000")], tmp_path, tmp_path, told.append)
    assert told[1] == "the curves of trial_000 are not drawn: it took more than 0.2 s"
