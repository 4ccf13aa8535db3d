"""A Ray cluster that runs already."""

from typing import Any

from runner.config.registry import RAY


@RAY.register("cluster")
def cluster(*, address: str = "auto") -> dict[str, Any]:
    """A Ray cluster that runs already; the run folder must lie on storage that all of its nodes share.

    Args:
        address: auto for the cluster that this machine belongs to, or host:6379.
    """
    return {"address": address}
