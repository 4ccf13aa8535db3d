"""A process of its own, before the first trial: fetches what is missing and builds the label caches.

`python -m runner.trainables.yolo.caches REQUEST`, with a `prepare.Request` as JSON. A cache lies beside its labels;
trials that started without it would write it at the same time.
"""

import json
import sys
from pathlib import Path

from runner.trainables.yolo.prepare import Request


def main(request: Request) -> None:
    """Raises what the library raises: the last line of the traceback is what the user is told."""
    import matplotlib.font_manager  # noqa: F401 -- builds its list of fonts once, for every trial
    from ultralytics.data.utils import check_det_dataset
    from ultralytics.utils.downloads import attempt_download_asset

    if request.fetch_weights:
        Path(request.fetch_weights).parent.mkdir(parents=True, exist_ok=True)
        attempt_download_asset(request.fetch_weights)
    if request.fetch_data:
        check_det_dataset(request.fetch_data)
    if request.task != "classify":
        build_label_caches(request)


def build_label_caches(request: Request) -> None:
    """Read every label once, as a trial will."""
    from ultralytics.cfg import get_cfg
    from ultralytics.data.build import build_yolo_dataset
    from ultralytics.data.utils import check_det_dataset

    data = check_det_dataset(request.data, autodownload=False, split=request.split)
    arguments = get_cfg(overrides={"task": request.task, "fraction": request.fraction})
    build_yolo_dataset(arguments, data["train"], batch=1, data=data, mode="train")
    build_yolo_dataset(arguments, data[request.split], batch=1, data=data, mode="val")


if __name__ == "__main__":
    main(Request(**json.loads(sys.argv[1])))
