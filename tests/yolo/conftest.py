"""A harness of our own: trials of `Yolo` in a real `tune.Tuner`, without the rest of the runner."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from runner.config.experiment import Budget, Choice, Experiment, Resources
from runner.config.objective import Mode, Objective, Target
from runner.config.read_search_space import read_search_space
from runner.config.trainable import Trial
from runner.errors import AttestationError, OutOfMemoryError
from runner.trainables.yolo import Yolo
from tests.ray_mode import without_tokens

SAVED = "saved.json"
ERROR = "error.txt"
TINY = {"imgsz": 64, "batch": 8, "nbs": 8, "optimizer": "AdamW", "mosaic": 0.0, "warmup_epochs": 0.0, "plots": False}


def experiment(options: Yolo, space: dict[str, Any] | None = None, **changes: Any) -> Experiment:
    """An experiment around `options`, valid but for what a test gives it."""
    search_space, problems = read_search_space(space or {})
    assert not problems
    budget = Budget(num_samples=1, max_epochs=changes.pop("max_epochs", 3))
    resources = Resources(cpu=1, gpu=changes.pop("gpu", 0))
    objective = changes.pop("objective", Objective((Target("fitness", "max"),)))
    scheduler = Choice("fifo", changes.pop("scheduler", {}))
    assert not changes
    return Experiment(
        name="test",
        seed=0,
        objective=objective,
        budget=budget,
        resources=resources,
        trainable=options,
        search_space=search_space,
        searcher=Choice("random"),
        scheduler=scheduler,
        stoppers=(),
        loggers=(),
        ray=Choice("local"),
        output_dir="outputs",
        report=False,
        config={},
    )


@dataclass(frozen=True)
class Trained:
    """What one trial left: its reports in order, its folder, its error."""

    reports: list[dict[str, Any]]
    folder: Path
    error: BaseException | str | None

    def weights(self, name: str) -> dict[str, Any]:
        """The metrics that best.pt or last.pt was saved with."""
        found: dict[str, Any] = json.loads((self.folder / SAVED).read_text())[name]
        return found

    def digest(self, name: str) -> str:
        """Of the numbers in best.pt or last.pt."""
        return str(self.weights(f"digest of {name}"))


@dataclass(frozen=True)
class Training:
    """What one trial trains. `sabotage` is called in its process before it, and what that patches ends with it."""

    options: Yolo
    objective: tuple[str, Mode] | Objective
    epochs: int
    config: dict[str, Any] = field(default_factory=dict)
    sabotage: Callable[[pytest.MonkeyPatch], None] = lambda patch: None


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the user typed the command; data is generated there once."""
    return tmp_path_factory.mktemp("project")


@pytest.fixture(scope="package")
def ray_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Ray with one CPU, and the home folder of its workers, which nothing may be written into."""
    import ray

    home = tmp_path_factory.mktemp("home")
    with without_tokens():
        ray.init(address="local", num_cpus=1, include_dashboard=False, log_to_driver=False)
        yield home
        ray.shutdown()


def train(
    options: Yolo,
    config: dict[str, Any],
    *,
    folder: Path,
    project: Path,
    home: Path,
    epochs: int,
    objective: tuple[str, Mode] | Objective,
    sabotage: Callable[[pytest.MonkeyPatch], None] = lambda patch: None,
) -> Trained:
    """One trial in a run folder of its own; what it raises is what Ray made of it."""
    from ray import tune

    training = Training(options, objective, epochs, config, sabotage)
    trial = prepared(training, folder, project)
    environment = {**options.environment(folder), "HOME": str(home)}

    def trainable(sampled: dict[str, Any]) -> None:
        os.environ.update(environment)
        run(training, trial)

    reports: list[dict[str, Any]] = []
    tuner = tune.Tuner(
        tune.with_resources(trainable, {"cpu": 1}),
        param_space=config,
        run_config=tune.RunConfig(name="tune", storage_path=str(folder), verbose=0, callbacks=[Keep(reports)]),
    )
    result = tuner.fit()[0]
    return Trained(reports, trial.folder, result.error)


def train_each(trainings: Sequence[Training], *, folder: Path, project: Path, home: Path) -> list[Trained]:
    """Trials one after the other in one process, which imports the libraries once; errors are their texts."""
    from ray import tune

    folders = [folder / str(number) for number in range(len(trainings))]
    trials = [prepared(*each, project) for each in zip(trainings, folders, strict=True)]
    environment = {**trainings[0].options.environment(folders[0]), "HOME": str(home)}

    def trainable(sampled: dict[str, Any]) -> None:
        os.environ.update(environment)
        trial = trials[sampled["number"]]
        try:
            run(trainings[sampled["number"]], trial)
        except (AttestationError, OutOfMemoryError) as error:  # Ray would end the process
            (trial.folder / ERROR).write_text(f"{type(error).__name__}: {error}")
            tune.report({"failed": True})

    reports: list[dict[str, Any]] = []
    tuner = tune.Tuner(
        tune.with_resources(trainable, {"cpu": 1}),
        param_space={"number": tune.grid_search(list(range(len(trainings))))},
        tune_config=tune.TuneConfig(reuse_actors=True),
        run_config=tune.RunConfig(name="tune", storage_path=str(folder), verbose=0, callbacks=[Keep(reports)]),
    )
    failures = [result.error for result in tuner.fit()]
    assert failures == [None] * len(trainings)
    trained = []
    for number, trial in enumerate(trials):
        own = [report for report in reports if report["config"]["number"] == number and "failed" not in report]
        error = (trial.folder / ERROR).read_text() if (trial.folder / ERROR).exists() else None
        trained.append(Trained(own, trial.folder, error))
    return trained


def prepared(training: Training, folder: Path, project: Path) -> Trial:
    """The trial of a training, in a run folder in which its data is prepared."""
    trial_folder = folder / "trials" / "trial_0"
    trial_folder.mkdir(parents=True)
    objective = training.objective
    training.options.prepare(experiment(training.options), folder, project)
    return Trial(
        name="trial_0",
        folder=trial_folder,
        run_folder=folder,
        project=project,
        objective=objective if isinstance(objective, Objective) else Objective((Target(*objective),)),
        seed=0,
        max_epochs=training.epochs,
        cpus=1,
        gpus=0,
    )


def run(training: Training, trial: Trial) -> None:
    """In the trial's process."""
    with pytest.MonkeyPatch.context() as patch:
        training.sabotage(patch)
        training.options.train(training.config, trial)
        keep_saved_metrics(trial.folder)


class Keep:
    """Keeps every report. Made a Ray callback where it is used, so that this module imports no Ray."""

    def __new__(cls, reports: list[dict[str, Any]]) -> Any:
        from ray.tune import Callback

        class KeepReports(Callback):
            def on_trial_result(self, iteration: int, trials: Any, trial: Any, result: Any, **info: Any) -> None:
                reports.append(dict(result))

        return KeepReports()


def keep_saved_metrics(folder: Path) -> None:
    """In the trial's process: loading weights imports ultralytics, which writes settings wherever it is."""
    import torch

    found = {}
    for name in ("best.pt", "last.pt"):
        saved = torch.load(folder / "weights" / name, map_location="cpu", weights_only=False)
        numbers = b"".join(tensor.numpy().tobytes() for tensor in saved["model"].state_dict().values())
        found |= {name: saved["train_metrics"], f"digest of {name}": hashlib.sha256(numbers).hexdigest()}
    (folder / SAVED).write_text(json.dumps(found))


def script_validation(curve: list[dict[str, float]], patch: pytest.MonkeyPatch) -> None:
    """In the trial's process: validation gives the next metrics of `curve`, `fitness` among them, in each epoch."""
    from ultralytics.engine.trainer import BaseTrainer

    def validate(self: Any) -> tuple[dict[str, float], float]:
        metrics = dict(curve[self.epoch])
        return metrics, metrics.pop("fitness")

    patch.setattr(BaseTrainer, "validate", validate)


def double_in_optimizer(name: str, patch: pytest.MonkeyPatch) -> None:
    """In the trial's process: double an argument of build_optimizer, behind the back of train()'s arguments."""
    from ultralytics.engine.trainer import BaseTrainer

    build = BaseTrainer.build_optimizer

    def build_spoiled(self: Any, *arguments: Any, **keywords: Any) -> Any:
        return build(self, *arguments, **{**keywords, name: keywords[name] * 2})

    patch.setattr(BaseTrainer, "build_optimizer", build_spoiled)


def change_argument(name: str, value: Any, patch: pytest.MonkeyPatch) -> None:
    """In the trial's process: the trainer takes another value than it was given."""
    from ultralytics.engine import trainer

    read = trainer.get_cfg

    def read_changed(*arguments: Any, **keywords: Any) -> Any:
        configuration = read(*arguments, **keywords)
        setattr(configuration, name, value)
        return configuration

    patch.setattr(trainer, "get_cfg", read_changed)


def change_augmentation(name: str, value: Any, patch: pytest.MonkeyPatch) -> None:
    """In the trial's process: RandomPerspective takes another value than it was given."""
    from ultralytics.data.augment import RandomPerspective

    initialise = RandomPerspective.__init__

    def initialise_changed(self: Any, *arguments: Any, **keywords: Any) -> None:
        initialise(self, *arguments, **{**keywords, name: value})

    patch.setattr(RandomPerspective, "__init__", initialise_changed)
