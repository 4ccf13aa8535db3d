"""Ray on this machine."""

from typing import Annotated, Any

from pydantic import Field

from runner.config.registry import RAY


@RAY.register("local")
def local(
    *, num_cpus: Annotated[int, Field(ge=1)] | None = None, num_gpus: Annotated[int, Field(ge=0)] | None = None
) -> dict[str, Any]:
    """Ray on this machine, started for the run and stopped after it.

    Args:
        num_cpus: CPUs that trials may use; empty: all.
        num_gpus: GPUs that trials may use; empty: all.
    """
    return {"address": "local", "num_cpus": num_cpus, "num_gpus": num_gpus, "include_dashboard": False}
