"""CPUs and GPUs of a trial, where the experiment leaves them open."""

from collections.abc import Mapping
from dataclasses import replace

from runner.config.experiment import Experiment


def resolve_resources(experiment: Experiment, available: Mapping[str, float]) -> tuple[Experiment, str]:
    """Fill open resources from what Ray has ({"CPU": 16.0, "GPU": 2.0}); returns what to tell, or "".

    An open `gpu` is one GPU where there is any. An open `cpu` is the trial's share of the CPUs when every GPU is
    taken, so that its data loaders keep up; without a GPU it is one.
    """
    resources = experiment.resources
    gpus = available.get("GPU", 0.0)
    gpu = resources.gpu if resources.gpu is not None else float(gpus >= 1)
    at_once = gpus // gpu if gpu else 0
    share = float(available.get("CPU", 1.0) // at_once) if at_once else 1.0
    cpu = resources.cpu if resources.cpu is not None else max(1.0, share)
    settled = resources.model_copy(update={"cpu": cpu, "gpu": gpu})
    told = f"resources.gpu is not set: one GPU a trial, of {gpus:g} seen" if gpu and resources.gpu is None else ""
    return replace(experiment, resources=settled), told
