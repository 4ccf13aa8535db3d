"""What a local Ray would find on this machine, without starting one (private in Ray, tried on 2.60)."""


def detected_resources(num_cpus: int | None, num_gpus: int | None) -> dict[str, float]:
    """CPUs and GPUs, {"CPU": 16.0, "GPU": 2.0}; those that are given are taken as they are."""
    from ray._private.accelerators import get_accelerator_manager_for_resource
    from ray._private.utils import get_num_cpus

    if num_gpus is None:
        manager = get_accelerator_manager_for_resource("GPU")
        visible = manager.get_current_process_visible_accelerator_ids()
        seen = manager.get_current_node_num_accelerators()
        num_gpus = seen if visible is None else min(seen, len(visible))
    cpus = num_cpus if num_cpus is not None else get_num_cpus(override_docker_cpu_warning=True)
    return {"CPU": float(cpus), "GPU": float(num_gpus)}
