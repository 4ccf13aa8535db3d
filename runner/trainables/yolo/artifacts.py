"""The files of a trial that are worth keeping beside its metrics."""

from collections.abc import Sequence
from pathlib import Path

NAMES = ("weights/best.pt", "args.yaml", "results.csv", "labels.jpg")


def artifacts(folder: Path) -> Sequence[Path]:
    """Those that exist: best weights, arguments, results, the labels' distribution and every curve."""
    named = [folder / name for name in NAMES]
    return [path for path in [*named, *sorted(folder.glob("*.png"))] if path.is_file()]
