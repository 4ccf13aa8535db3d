"""What MLflow, Comet and Aim hold after a run, read back with their own readers."""

import importlib.util
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.conftest import Finished
from tests.end_to_end.test_endings import MINE

pytestmark = [
    pytest.mark.slow,
    # MLflow 3.17 beside SQLAlchemy 2.1
    pytest.mark.filterwarnings("ignore:The ``noload``:sqlalchemy.exc.SADeprecationWarning"),
    # Aim 3.29 beside SQLAlchemy 2
    pytest.mark.filterwarnings("ignore:The ``declarative_base:sqlalchemy.exc.MovedIn20Warning"),
]

PACKAGES = {"mlflow": "mlflow", "comet": "comet_ml", "aim": "aim"}
INSTALLED = [name for name, package in PACKAGES.items() if importlib.util.find_spec(package)]
KEY = "0123456789abcdef" * 2
NAMES = ["trial_000", "trial_001", "trial_002", "trial_003"]
STATES = ["completed", "stopped", "failed", "diverged"]
CURVES = "[[2, 3, 4], [1, 1, 1], [5, None, 5], [5, 'nan', 5]]"


def needs(name: str) -> Any:
    return pytest.mark.skipif(
        name not in INSTALLED, reason=f"{PACKAGES[name]} is not installed here: pip install -e '.[{name}]'"
    )


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Finished]:
    """One experiment with all of them, and a trial for each way to end."""
    import os
    import subprocess
    import sys

    folder = tmp_path_factory.mktemp("project")
    (folder / "mine.py").write_text(MINE)
    words = (
        "experiment=null", "trainable=function", "trainable.import_path=mine:curve", "trainable.reuse_workers=true",
        "objective.metric=score", "objective.mode=max", "name=mine", "report=false", "scheduler=asha",
        "budget={num_samples: 1, max_epochs: 3, max_concurrent: 1}",
        f"search_space={{curve: \"grid({CURVES})\", a: {{b: 7}}}}",
        f"logger=[{','.join(INSTALLED)}]",
    )  # fmt: skip
    ended = subprocess.run(
        [sys.executable, "-m", "runner", *words, "logger.comet.mode=offline"][: None if "comet" in INSTALLED else -1],
        cwd=folder, capture_output=True, check=False, text=True, timeout=200,
        env={**os.environ, "COMET_API_KEY": KEY},
    )  # fmt: skip
    yield Finished(ended.returncode, ended.stdout, ended.stderr, folder)


def test_no_tracker_puts_files_elsewhere_or_keeps_a_secret(done: Finished) -> None:
    assert [row["state"] for row in done.rows("trials.csv")] == STATES, done.out + done.err
    assert {path.name for path in done.folder.iterdir()} - {"__pycache__"} == {"mine.py", "outputs"}
    known = {"mine", "mlflow.db", ".aim", "mlartifacts"}
    assert {path.name for path in (done.folder / "outputs").iterdir()} <= known
    holding = [path for path in done.folder.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]
    assert holding == []
    for archive in done.run.glob("comet/*.zip"):
        with zipfile.ZipFile(archive) as file:
            assert not any(KEY.encode() in file.read(name) for name in file.namelist())


@needs("mlflow")
def test_mlflow_has_a_run_a_trial_in_one_database(done: Finished) -> None:
    from mlflow import MlflowClient

    assert "mlflow ui --backend-store-uri sqlite:///outputs/mlflow.db" in " ".join(done.out.split()).replace("\\ ", "")
    client = MlflowClient(f"sqlite:///{done.folder / 'outputs' / 'mlflow.db'}")
    experiment = client.get_experiment_by_name("mine")
    assert experiment is not None
    assert experiment.artifact_location == (done.folder / "outputs" / "mlartifacts" / "mine").as_uri()
    runs = sorted(client.search_runs([experiment.experiment_id]), key=lambda run: str(run.info.run_name))
    assert [run.info.run_name for run in runs] == NAMES
    assert [run.info.status for run in runs] == ["FINISHED", "FINISHED", "FAILED", "FAILED"]
    for run, state in zip(runs, STATES, strict=True):
        decision = done.decisions[str(run.info.run_name)]
        told = [run.data.tags[f"end.{key}"] for key in ("state", "rule", "reason")]
        assert told == [state, decision["rule"], decision["detail"]]
        assert run.data.params["a.b"] == "7"
        assert run.data.params["import_path"] == "mine:curve"
        assert run.data.params["max_epochs"] == "3"
    rows = client.get_metric_history(runs[0].info.run_id, "score")
    assert [(row.step, row.value) for row in rows] == [(1, 2.0), (2, 3.0), (3, 4.0)]
    assert len(client.get_metric_history(runs[3].info.run_id, "score")) == 2, "NaN is written too"


@needs("comet")
def test_comet_has_an_archive_a_trial(done: Finished) -> None:
    archives = list(done.run.glob("comet/*.zip"))
    assert len(archives) == len(NAMES)
    assert "comet upload" in done.out
    trials = {}
    for archive in archives:
        with zipfile.ZipFile(archive) as file:
            about = json.loads(file.read("experiment.json"))
            messages = [json.loads(line) for line in file.read("messages.json").splitlines()]
        others = {m["payload"]["key"]: m["payload"]["value"] for m in messages if m["type"] == "log_other"}
        metrics = [m["payload"]["metric"] for m in messages if m["type"] == "metric_msg"]
        scores = [(one["step"], one["metricValue"]) for one in metrics if one["metricName"] == "score"]
        trials[others["Name"]] = (about["tags"], others, scores)
    assert sorted(trials) == NAMES
    for name, state in zip(NAMES, STATES, strict=True):
        tags, others, _ = trials[name]
        assert {state, f"mine/{done.run.name}"} <= set(tags)
        assert others["end/reason"] == done.decisions[name]["detail"]
    assert trials["trial_000"][2] == [(1, 2.0), (2, 3.0), (3, 4.0)]


@needs("aim")
def test_aim_has_a_run_a_trial_in_one_repository(done: Finished) -> None:
    import subprocess
    import sys

    from aim import Repo

    assert "aim up --repo outputs" in " ".join(done.out.split())
    # Aim reads from an index, which `aim up` makes as it goes.
    reindex = "import sys; from aim.cli.cli import cli_entry_point; sys.exit(cli_entry_point())"
    storage = ["storage", "--repo", str(done.folder / "outputs"), "reindex", "-y"]
    subprocess.run([sys.executable, "-c", reindex, *storage], check=True, capture_output=True, timeout=60)
    runs = {run.name: run for run in Repo(str(done.folder / "outputs")).iter_runs()}
    assert sorted(runs) == NAMES
    for name, state in zip(NAMES, STATES, strict=True):
        run = runs[name]
        assert (run.experiment, run.active, run["parameters", "a", "b"]) == ("mine", False, 7)
        assert state in run.tags
        assert run["end", "reason"] == done.decisions[name]["detail"]
    (score,) = (metric for metric in runs["trial_000"].metrics() if metric.name == "score")
    assert sorted(score.values.values_list()) == [2.0, 3.0, 4.0]


@needs("mlflow")
def test_artifacts_are_kept_and_a_trial_that_is_taken_up_goes_on_in_its_run(done: Finished, tmp_path: Path) -> None:
    """As two processes would write it, into the database that is there."""
    from mlflow import MlflowClient

    from runner.runs.trial import Trial, TrialState
    from runner.translate.loggers.mlflow import Mlflow, local_database

    weights, picture = tmp_path / "best.pt", tmp_path / "results.png"
    weights.write_bytes(b"weights")
    picture.write_bytes(b"picture")
    outputs = done.folder / "outputs"
    for step, state in [(1, TrialState.INTERRUPTED), (2, TrialState.COMPLETED)]:
        run = Mlflow(tmp_path / "mine" / "run", outputs, None, "other", {"by": "me"}, 10).start("trial_0", {"x": 1})
        run.log({"metrics/mAP50(B)": 0.1 * step, "note": "text"}, step)
        row = Trial("trial_0", {}, 0.0, state=state, rule="end", reason="done")
        run.finish(row, [weights, picture] if step == 2 else [], step)
    client = MlflowClient(local_database(outputs))
    experiment = client.get_experiment_by_name("other")
    (found,) = client.search_runs([experiment.experiment_id if experiment else ""])
    assert (found.info.status, found.data.tags["by"], found.data.tags["end.state"]) == ("FINISHED", "me", "completed")
    assert [row.step for row in client.get_metric_history(found.info.run_id, "metrics/mAP50_B_")] == [1, 2]
    kept = [one.path for folder in ("model", "files") for one in client.list_artifacts(found.info.run_id, folder)]
    assert kept == ["model/best.pt", "files/results.png"]
