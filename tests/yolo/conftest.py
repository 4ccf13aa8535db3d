"""A harness of our own: one trial of `Yolo` in a real `tune.Tuner`, without the rest of the runner."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from runner.config.experiment import Budget, Choice, Experiment, Resources
from runner.config.objective import Mode, Objective, Target
from runner.config.read_search_space import read_search_space
from runner.config.trainable import Trial
from runner.trainables.yolo import Yolo
from tests.ray_mode import without_tokens

SAVED = "saved.json"
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
    error: BaseException | None

    def weights(self, name: str) -> dict[str, Any]:
        """The metrics that best.pt or last.pt was saved with."""
        found: dict[str, Any] = json.loads((self.folder / SAVED).read_text())[name]
        return found

    def digest(self, name: str) -> str:
        """Of the numbers in best.pt or last.pt."""
        return str(self.weights(f"digest of {name}"))


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
    sabotage: Callable[[], None] | None = None,
) -> Trained:
    """One trial in a run folder of its own. `sabotage` is called in its process, before the training."""
    from ray import tune

    trial_folder = folder / "trials" / "trial_0"
    trial_folder.mkdir(parents=True)
    trial = Trial(
        name="trial_0",
        folder=trial_folder,
        run_folder=folder,
        project=project,
        objective=objective if isinstance(objective, Objective) else Objective((Target(*objective),)),
        seed=0,
        max_epochs=epochs,
        cpus=1,
        gpus=0,
    )
    options.prepare(experiment(options), folder, project)
    environment = {**options.environment(folder), "HOME": str(home)}

    def trainable(sampled: dict[str, Any]) -> None:
        os.environ.update(environment)
        if sabotage:
            sabotage()
        options.train(sampled, trial)
        keep_saved_metrics(trial_folder)

    reports: list[dict[str, Any]] = []
    tuner = tune.Tuner(
        tune.with_resources(trainable, {"cpu": 1}),
        param_space=config,
        run_config=tune.RunConfig(name="tune", storage_path=str(folder), verbose=0, callbacks=[Keep(reports)]),
    )
    result = tuner.fit()[0]
    return Trained(reports, trial_folder, result.error)


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


def script_validation(curve: list[dict[str, float]]) -> None:
    """In the trial's process: validation gives the next metrics of `curve`, `fitness` among them, in each epoch."""
    from ultralytics.engine.trainer import BaseTrainer

    def validate(self: Any) -> tuple[dict[str, float], float]:
        metrics = dict(curve[self.epoch])
        return metrics, metrics.pop("fitness")

    BaseTrainer.validate = validate


def double_in_optimizer(name: str) -> None:
    """In the trial's process: double an argument of build_optimizer, behind the back of train()'s arguments."""
    from ultralytics.engine.trainer import BaseTrainer

    build = BaseTrainer.build_optimizer

    def build_spoiled(self: Any, *arguments: Any, **keywords: Any) -> Any:
        return build(self, *arguments, **{**keywords, name: keywords[name] * 2})

    BaseTrainer.build_optimizer = build_spoiled


def change_argument(name: str, value: Any) -> None:
    """In the trial's process: the trainer takes another value than it was given."""
    from ultralytics.engine import trainer

    read = trainer.get_cfg

    def read_changed(*arguments: Any, **keywords: Any) -> Any:
        configuration = read(*arguments, **keywords)
        setattr(configuration, name, value)
        return configuration

    trainer.get_cfg = read_changed


def change_augmentation(name: str, value: Any) -> None:
    """In the trial's process: RandomPerspective takes another value than it was given."""
    from ultralytics.data.augment import RandomPerspective

    initialise = RandomPerspective.__init__

    def initialise_changed(self: Any, *arguments: Any, **keywords: Any) -> None:
        initialise(self, *arguments, **{**keywords, name: value})

    RandomPerspective.__init__ = initialise_changed
