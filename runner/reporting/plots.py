"""The figures of a page as PNG files."""

import re
import warnings
from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl

from runner.reporting.page import Section
from runner.reporting.picture import picture
from runner.reporting.style import PICTURE


def write_plots(sections: Sequence[Section], folder: Path) -> None:
    """Put the pictures of `sections` into `folder`, named by their titles; those of an earlier report are removed."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    for section in sections:
        for part, drawing in section.pictures.items():
            title = f"{section.title}: {part}" if part else section.title
            name = re.sub(r"[^\w.=-]+", "_", f"{section.title.lower()} {part}").strip("_")
            with warnings.catch_warnings(), mpl.rc_context(PICTURE):
                # Matplotlib warns of letters that its font lacks and of labels too long for their figure.
                warnings.simplefilter("ignore")
                picture(drawing, title).savefig(folder / f"{name}.png", bbox_inches="tight", pad_inches=0.1)
