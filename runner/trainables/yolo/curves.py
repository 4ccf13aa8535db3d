"""The curves of a trial, drawn from its best weights: training draws them at its end, which a stopped trial misses.

`python -m runner.trainables.yolo.curves FOLDER` draws those of one trial in a process of its own.
"""

import shutil
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import Field

from runner.trainables.yolo import helper
from runner.trainables.yolo.environment import switch_off_integrations

Curves = Literal["each"] | Annotated[int, Field(ge=0)] | None

SECONDS = 300.0
"""How long the drawing for one trial may take. Ray itself ends a trial that takes 600 s to stop."""

LAST = "results.png"
"""What training and `draw` write last: where it lies, the others do."""


def due(curves: Curves, folder: Path, place: int | None) -> bool:
    """Whether a trial that has ended lacks curves that it is to have; its `place` is 1 for the best, None: failed."""
    if place is None or (folder / LAST).is_file() or not _weights(folder).is_file():
        return False
    return curves == "each" or place <= (curves or 0)


def draw(folder: Path) -> None:
    """Validate best.pt with plots and plot results.csv; the trial's folder gets whole files only, `LAST` as the last.

    The arguments are those of the training, as its own last validation has them. Raises what Ultralytics raises.
    """
    import torch
    from ultralytics import YOLO
    from ultralytics.utils.plotting import plot_results

    switch_off_integrations()
    drawing = folder / ".curves"
    trained: dict[str, Any] = yaml.safe_load((folder / "args.yaml").read_text(encoding="utf-8"))
    del trained["rect"]  # training validates in rectangles whatever this says, and so does val() where it is not said
    changed = {
        "batch": max(1, int(trained["batch"])),  # -1 and 0.7 have train() look for one
        "device": trained["device"] if torch.cuda.is_available() else "cpu",  # a cluster's head may have no GPU
        "workers": 0,
        "compile": False,
        "plots": True,
        "save_dir": str(drawing),
    }
    shutil.rmtree(drawing, ignore_errors=True)  # of a process that was killed
    try:
        YOLO(_weights(folder)).val(**{**trained, **changed})
        shutil.copy(folder / "results.csv", drawing)
        plot_results(drawing / "results.csv")
        for picture in sorted(drawing.glob("*.[jp][pn]g"), key=lambda path: path.name == LAST):
            picture.replace(folder / picture.name)
    finally:
        shutil.rmtree(drawing, ignore_errors=True)


@contextmanager
def drawn_at_end(curves: Curves, folder: Path) -> Iterator[None]:
    """In a trial's process: where each trial draws its own, it does so when it has trained to its end or is stopped.

    A failure to draw changes nothing in how the trial ends: the run tries again when all have ended.
    """
    try:
        yield
    except SystemExit:  # Ray's way to stop a trial
        _draw_own(curves, folder)
        raise
    _draw_own(curves, folder)


def _draw_own(curves: Curves, folder: Path) -> None:
    if curves != "each" or not due(curves, folder, place=1):
        return
    try:
        draw(folder)
    except Exception:  # noqa: BLE001 -- a picture is no reason to lose a trial, whatever the library raises
        print(f"{folder.name}: the curves could not be drawn")
        traceback.print_exc()


def draw_missing(
    curves: Curves, ranked: Sequence[Path], run_folder: Path, project: Path, tell: Callable[[str], None]
) -> None:
    """Draw what is due when all trials have ended, one after the other, each for at most `SECONDS`.

    Args:
        ranked: folders of the trials that did not fail, best first.
        tell: takes a line for a person.
    """
    for place, folder in enumerate(ranked, 1):
        if due(curves, folder, place):
            tell(f"drawing the curves of {folder.name}")
            failure = helper.run_module(__name__, str(folder), run_folder, project, seconds=SECONDS)
            if failure:
                tell(f"the curves of {folder.name} are not drawn: {failure}")


def _weights(folder: Path) -> Path:
    return folder / "weights" / "best.pt"


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
