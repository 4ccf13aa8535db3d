"""What plain Ultralytics is given to train a trial again."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runner.trainables.yolo import models
from runner.trainables.yolo.attestation import FILE

if TYPE_CHECKING:
    from runner.trainables.yolo import Yolo

HOW = "yolo train cfg=best.yaml, or with this file as best: YOLO(best['model'], best['task']).train(**best)"

OF_THE_TRIAL = frozenset({"save_dir", "exist_ok", "device"})
"""Its own folder, and the device that it was given: neither decides what is trained."""


def retraining(
    options: "Yolo", parameters: Mapping[str, Any], folder: Path, project: Path
) -> tuple[str, Mapping[str, Any]]:
    """How, and the model with all that the trial in `folder` passed to train(), as it wrote down at its first batch."""
    file = folder / FILE
    try:
        requested = json.loads(file.read_text(encoding="utf-8"))["requested"]
    except (OSError, ValueError, KeyError) as error:
        return f"what every trial had is missing here: {file} cannot be read ({error})", parameters
    task = {"task": options.known_task(project)}
    rest = {key: value for key, value in requested.items() if key not in OF_THE_TRIAL}
    return HOW, {"model": models.resolve(options.model, project), **task, **rest, **parameters}
