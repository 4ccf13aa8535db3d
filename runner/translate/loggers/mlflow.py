"""MLflow: one run a trial, written by the driver."""

import os
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from runner.config.experiment import Experiment
from runner.config.nested import flat
from runner.config.registry import LOGGERS
from runner.config.traits import Traits
from runner.runs.record import Record
from runner.runs.trial import Trial, TrialState

RUN_ID = "runner.run"
"""The tag by which a trial that is resumed finds its run."""


@LOGGERS.register("mlflow", requires=("mlflow",), traits=Traits(extra="mlflow"))
def mlflow(
    experiment: Experiment,
    record: Record,
    outputs: Path,
    tell: Callable[[str], None],
    *,
    tracking_uri: str | None = None,
    experiment_name: Annotated[str, Field(min_length=1)],
    tags: dict[str, str] = {},  # noqa: B006
    finish_timeout: Annotated[float, Field(gt=0)] = 60,
) -> Any:
    """MLflow (https://mlflow.org): one run a trial, with the trial's name, in one database for all experiments.

    Characters of a metric's name that MLflow does not allow become _ there.

    Args:
        tracking_uri: a server or database; empty: MLFLOW_TRACKING_URI, else mlflow.db in output_dir.
        experiment_name: MLflow's experiment; the experiment's name by default.
        tags: tags of every run.
        finish_timeout: seconds that all runs together may hold the experiment at its end.
    """
    from runner.translate.callbacks.tracked_runs import TrackedRuns

    tracker = Mlflow(record.folder.root.resolve(), outputs, tracking_uri, experiment_name, tags, finish_timeout)
    return TrackedRuns(tracker, experiment, record, tell)


def local_database(outputs: Path) -> str:
    """The address of the database that is used where no other is named."""
    return f"sqlite:///{outputs / 'mlflow.db'}"


class Mlflow:
    """Makes the runs of all trials.

    Ray's own callback gives a run no reason of its trial's end, keeps no artifacts but a whole folder of Ray's, and
    waits for the server at each report.
    """

    title = "MLflow"
    option = "logger.mlflow"

    def __init__(
        self,
        run_folder: Path,
        outputs: Path,
        tracking_uri: str | None,
        experiment_name: str,
        tags: Mapping[str, str],
        finish_timeout: float,
    ) -> None:
        self.run_folder = run_folder
        self.outputs = outputs
        named = tracking_uri or os.environ.get("MLFLOW_TRACKING_URI")
        self.tracking_uri = named or local_database(outputs)
        # Without a server, MLflow would put files into the folder in which the command is typed.
        self.artifacts = None if named else (outputs / "mlartifacts" / experiment_name).as_uri()
        self.experiment_name = experiment_name
        self.tags = tags
        self.finish_timeout = finish_timeout
        self._one_at_a_time = threading.Lock()
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")

    def start(self, name: str, config: Mapping[str, Any]) -> "MlflowRun":
        from mlflow import MlflowClient
        from mlflow.entities import Param

        from runner.translate.callbacks.tracked_runs import run_id

        trial = run_id(self.run_folder, name)
        with self._one_at_a_time:  # the first makes the tables and the experiment
            client = MlflowClient(self.tracking_uri)
            found = client.get_experiment_by_name(self.experiment_name)
            experiment = found.experiment_id if found else self._new_experiment(client)
        earlier = client.search_runs([experiment], f"tags.`{RUN_ID}` = '{trial}'", max_results=1)
        if earlier:
            run = earlier[0].info.run_id
            client.update_run(run, status="RUNNING")
            return MlflowRun(client, run)
        tags = {**self.tags, RUN_ID: trial, "runner.folder": f"{self.run_folder.parent.name}/{self.run_folder.name}"}
        run = client.create_run(experiment, run_name=name, tags=tags).info.run_id
        client.log_batch(run, params=[Param(allowed(key), str(value)) for key, value in flat(config).items()])
        return MlflowRun(client, run)

    def _new_experiment(self, client: Any) -> str:
        return str(client.create_experiment(self.experiment_name, artifact_location=self.artifacts))

    def later(self) -> str:
        return ""

    def let_go(self) -> None:
        """Its threads end with the process."""


class MlflowRun:
    """A run by its id."""

    def __init__(self, client: Any, run: str) -> None:
        self.client = client
        self.run = run

    def log(self, metrics: Mapping[str, Any], step: int) -> None:
        from mlflow.entities import Metric

        from runner.translate.callbacks.tracked_run import numbers

        now = int(time.time() * 1000)
        rows = [Metric(allowed(name), value, now, step) for name, value in numbers(metrics).items()]
        self.client.log_batch(self.run, metrics=rows)

    def finish(self, row: Trial, files: Sequence[Path], step: int) -> None:  # noqa: ARG002
        """State, rule and reason become tags; the files are copied to where MLflow keeps them."""
        from runner.translate.callbacks.tracked_run import by_kind, end_of, ended_well

        for key, value in end_of(row).items():
            self.client.set_tag(self.run, key.replace("/", "."), value)
        for kind, paths in by_kind(files):
            for path in paths:
                self.client.log_artifact(self.run, str(path), kind)
        interrupted = row.state is TrialState.INTERRUPTED
        status = "FINISHED" if ended_well(row) else "KILLED" if interrupted else "FAILED"
        self.client.set_terminated(self.run, status)


def allowed(name: str) -> str:
    """A name of a metric or parameter in the characters that MLflow takes."""
    return re.sub(r"[^\w\-. :/]", "_", name)
