"""What the `download:` of a data.yaml may do: fetch an archive that the user trusts. A script of others never runs.

Ultralytics executes it, as Python or with bash, when the images of the validation are missing.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".xz", ".bz2", ".txz", ".tbz2")
"""What the library unpacks; it executes anything else."""


def url(content: Mapping[str, Any]) -> str | None:
    """The archive that a data.yaml names, or None: it names none, or a script."""
    stated = content.get("download")
    if not isinstance(stated, str) or stated != stated.strip() or len(stated.split()) != 1:
        return None
    parts = urlsplit(stated)
    known = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.path.lower().endswith(ARCHIVES)
    return stated if known else None
