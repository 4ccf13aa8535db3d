"""A process of its own, before the first trial: fetches images and weights.

`python -m runner.trainables.yolo.data.fetch REQUEST`, with a `prepare.FetchRequest` as JSON.
"""

import json
import sys
from pathlib import Path

from runner.trainables.yolo.prepare import FetchRequest


def main(request: FetchRequest) -> None:
    """Raises what the library raises: the last line of the traceback is what the user is told."""
    from ultralytics.data.utils import check_det_dataset
    from ultralytics.utils.downloads import attempt_download_asset, safe_download

    if request.weights:
        Path(request.weights).parent.mkdir(parents=True, exist_ok=True)
        attempt_download_asset(request.weights)
    if request.package_data:
        check_det_dataset(request.package_data)
    if request.url:
        # Not by check_det_dataset, which would read the data.yaml again and run what stands there by then.
        safe_download(request.url, dir=request.folder, delete=True)


if __name__ == "__main__":
    main(FetchRequest(**json.loads(sys.argv[1])))
