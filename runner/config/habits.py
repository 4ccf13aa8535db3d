"""Names that users bring along from other programs, and where the same thing is said here."""

from collections.abc import Iterable, Mapping

HOMES = {
    "num_samples": "budget.num_samples",
    "iterations": "budget.num_samples",
    "max_samples": "budget.num_samples",
    "n_trials": "budget.num_samples",
    "trials": "budget.num_samples",
    "samples": "budget.num_samples",
    "max_t": "budget.max_epochs",
    "max_epochs": "budget.max_epochs",
    "epochs": "budget.max_epochs",
    "epoch": "budget.max_epochs",
    "time_budget": "budget.time_budget",
    "time_budget_s": "budget.time_budget",
    "max_concurrent": "budget.max_concurrent",
    "max_concurrent_trials": "budget.max_concurrent",
    "concurrent": "budget.max_concurrent",
    "n_jobs": "budget.max_concurrent",
    "metric": "objective.metric",
    "mode": "objective.mode",
    "seed": "seed",
    "random_state_seed": "seed",
    "gpu_per_trial": "resources.gpu",
    "resources_per_trial": "resources",
}
"""Keys of Ray Tune, Optuna and Ultralytics that users look for elsewhere, and the one place where each is said."""

TOP = {
    **HOMES,
    "data": "trainable.data",
    "model": "trainable.model",
    "weights": "trainable.model",
    "task": "trainable.task",
    "device": "resources.gpu",
    "project": "output_dir",
    "grace_period": "scheduler.grace_period",
    "space": "search_space.KEY",
}
"""The same for a name at the top of the config or of a command line."""

_FLAGS = {
    "resume": "type python -m runner resume latest, or the folder of a run",
    "config-name": "type experiment={value}",
    "cn": "type experiment={value}",
    "config-path": "type --config-dir {value}",
    "cp": "type --config-dir {value}",
    "run": "leave it out: an experiment runs unless a command says otherwise",
    "r": "leave it out: an experiment runs unless a command says otherwise",
    "list": "type python -m runner runs",
    "status": "type python -m runner runs",
    "dry-run": "type python -m runner plan",
    "hydra-help": "type python -m runner --help",
    "experimental-rerun": "type python -m runner replay RUN",
    "name": "type name={value}",
}

_LISTING = "type python -m runner runs: state, best, trials and time of each run"
COMMAND_NAMES = {
    **dict.fromkeys(("list", "ls", "status", "ps", "results", "history"), _LISTING),
    "best": f"{_LISTING}; of the newest run alone: python -m runner why latest",
    "run": "leave it out: an experiment runs unless a command says otherwise",
    "compare": "type python -m runner report RUN RUN, or diff RUN RUN",
    "show": "type python -m runner --cfg job for a config, report RUN for a run",
}
"""Words that users type for a command, and what to type."""

_HYDRA = {
    "hydra/launcher": "type ray=local or ray=cluster; budget.max_concurrent=N limits the trials that run at once",
    "hydra.launcher.n_jobs": "type budget.max_concurrent={value}",
    "hydra.launcher": "type ray=local or ray=cluster",
    "hydra.job.name": "type name={value}",
    "hydra.job.env_set": "set the variable in the shell",
    "hydra.run.dir": "type output_dir=FOLDER; each run has its own folder below",
    "hydra.sweep.dir": "type output_dir=FOLDER; each run has its own folder below",
    "hydra.sweeper.n_trials": "type budget.num_samples={value}",
    "hydra.sweeper.max_trials": "type budget.num_samples={value}",
    "hydra.sweeper.optim.budget": "type budget.num_samples={value}",
    "hydra.sweeper.optim.num_workers": "type budget.max_concurrent={value}",
    "hydra.sweeper.n_jobs": "type budget.max_concurrent={value}",
    "hydra.sweeper.study_name": "type name={value}",
    "hydra.sweeper.direction": "type objective.mode=max or objective.mode=min",
    "hydra.sweeper.sampler.seed": "type seed={value}",
    "hydra.sweeper.seed": "type seed={value}",
    "hydra.sweeper.sampler": "type searcher=optuna searcher.sampler=tpe, or another of its samplers",
    "hydra/sweeper/sampler": "type searcher=optuna searcher.sampler={value}",
    "hydra.sweeper.params": "type 'search_space.KEY=uniform(LOWER,UPPER)' for each parameter",
    "hydra.sweeper": "type searcher=NAME, and searcher.KEY=... for its options",
    "hydra.mode": "add -m for one job for each combination of values",
    "hydra.searchpath": "add --config-dir FOLDER",
}
"""By the beginning of a key; the first that fits decides."""

_SWEEPERS = {"basic": "add -m for one job for each combination of values"}


def flag_remedy(flag: str, value: str, train_args: Iterable[str]) -> str:
    """What to type in the place of a flag of another program; empty where it is none that we know."""
    name = flag.lstrip("-")
    if name in _FLAGS:
        return _FLAGS[name].format(value=value or "NAME")
    name = name.replace("-", "_")
    key = TOP.get(name) or (f"trainable.train_args.{name}" if name in train_args else "")
    return f"type {key}={value or '...'}" if key else ""


def hydra_remedy(key: str, value: object) -> str:
    """What to say in the place of a setting of Hydra's own."""
    if key in {"hydra/sweeper", "override /hydra/sweeper"}:
        return _SWEEPERS.get(str(value), f"type searcher={value}")
    return _first(_HYDRA, key).format(value=value)


def _first(known: Mapping[str, str], key: str) -> str:
    remedies = (remedy for beginning, remedy in known.items() if key.startswith(beginning))
    return next(remedies, "remove it: runner keeps its own run folders, log and multirun")
