"""What people type after a run."""

import shlex
from pathlib import Path

from runner.api.support.job import Job
from runner.config.experiment import SEED
from runner.config.registry import cannot_resume
from runner.errors import INTERRUPTED, OK
from runner.runs.decisions import FUNCTION_ERROR, MAX_FAILED_TRIALS, STALL
from runner.runs.folder import RunFolder
from runner.runs.gain import nothing_learned
from runner.runs.record import Record
from runner.runs.wording import shown


def next_commands(job: Job, run: RunFolder, record: Record, project: Path, code: int) -> tuple[str, ...]:
    """Commands for what people do next."""
    folder = shlex.quote(shown(run.root))
    commands = []
    lost = any(cannot_resume(job.experiment.config))
    if code == INTERRUPTED and lost:
        commands.append(_begin_again(job, run))
    elif code == INTERRUPTED:
        commands.append(f"python -m runner resume {folder}")
    else:
        commands.append(f"python -m runner why {folder}")
    if record.ended_by in (STALL, FUNCTION_ERROR, MAX_FAILED_TRIALS):
        again = " --retry-failed" if record.ended_by == MAX_FAILED_TRIALS else ""
        commands.append(f"python -m runner resume {folder}{again}")
    budget = job.experiment.budget
    tuned = set(job.experiment.search_space.searched()) - {SEED} and not run.confirm_yaml.is_file()
    learned = not nothing_learned(record)
    if code == OK and tuned and learned:
        trial = f"{record.front[0].name} " if len(record.front) > 1 else ""
        commands.append(f"python -m runner promote {folder} {trial}--name {shlex.quote(f'{job.experiment.name}_best')}")
    if code == OK and not lost and record.ended_by == "budget.time_budget" and budget.time_budget is not None:
        commands.append(f"python -m runner resume {folder} budget.time_budget={2 * budget.time_budget:g}s")
    elif code == OK and tuned and not lost:
        commands.append(f"python -m runner extend {folder} budget.num_samples=+{budget.num_samples}")
    chosen = {choice.name for choice in job.experiment.loggers}
    if "tensorboard" in chosen:
        commands.append(f"tensorboard --logdir {folder}")
    if "wandb" in chosen and list(run.root.glob("wandb/offline-run-*")):
        commands.append(f"wandb sync {shlex.quote(shown(run.root / 'wandb'))}/offline-run-*")
    outputs = shlex.quote(shown(project / job.experiment.output_dir))
    if "mlflow" in chosen and (project / job.experiment.output_dir / "mlflow.db").is_file():
        commands.append(f"mlflow ui --backend-store-uri sqlite:///{outputs}/mlflow.db")
    if "comet" in chosen and list(run.root.glob("comet/*.zip")):
        commands.append(f"comet upload {shlex.quote(shown(run.root / 'comet'))}/*.zip")
    if "aim" in chosen and (project / job.experiment.output_dir / ".aim").is_dir():
        commands.append(f"aim up --repo {outputs}")
    return tuple(commands)


def _begin_again(job: Job, run: RunFolder) -> str:
    """The same experiment as a run of its own, which tries first what this one has found."""
    overrides = [one for one in job.overrides if not one.startswith("searcher.warm_start")]
    found = [f"searcher.warm_start={shown(run.root)}"] if job.experiment.search_space.searched() else []
    return shlex.join(["python", "-m", "runner", *overrides, *found])
