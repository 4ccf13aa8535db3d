"""A disk that fills up while a run writes."""

import errno
import os
import shutil
import tempfile
import traceback
from pathlib import Path

from runner.runs.wording import shown


def full_disk(error: BaseException, folder: Path) -> str:
    """Where `error` comes from a full disk: what to tell and to do; else nothing.

    Ray wraps the error of a callback into one of its own: so the whole text of it is read.
    """
    told = "".join(traceback.format_exception(error))
    if not any(os.strerror(code) in told for code in (errno.ENOSPC, errno.EDQUOT)):
        return ""
    places = (Path(tempfile.gettempdir()), folder)
    free = ", ".join(f"{shutil.disk_usage(place).free / 1e6:.1f} MB are free in {shown(place)}" for place in places)
    return f"the disk is full: {free}. What was written is kept; make room, then resume"
