"""A process of its own, before the first trial: builds the label caches.

`python -m runner.trainables.yolo.data.caches REQUEST`, with a `prepare.CacheRequest` as JSON. A cache lies beside its
labels; trials that started without it would write it at the same time.
"""

import json
import sys

from runner.trainables.yolo.prepare import CacheRequest


def main(request: CacheRequest) -> None:
    """Read every label once, as a trial will. Raises what the library raises: the user is told the last line."""
    import matplotlib.font_manager  # noqa: F401 -- builds its list of fonts once, for every trial
    from ultralytics.cfg import get_cfg
    from ultralytics.data.build import build_yolo_dataset
    from ultralytics.data.utils import check_det_dataset

    if request.task == "classify":
        return
    data = check_det_dataset(request.data, autodownload=False, split=request.split)
    arguments = get_cfg(overrides={"task": request.task, "fraction": request.fraction})
    build_yolo_dataset(arguments, data["train"], batch=1, data=data, mode="train")
    build_yolo_dataset(arguments, data[request.split], batch=1, data=data, mode="val")


if __name__ == "__main__":
    main(CacheRequest(**json.loads(sys.argv[1])))
