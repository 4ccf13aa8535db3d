"""The Python API from an experiment to its report, in one process and one Ray."""

import os
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import runner
from tests.ray_mode import without_tokens

pytestmark = pytest.mark.slow

RELAYED = re.compile(r"^\S*\((\w+ pid=\d+|raylet)\)")
"""How lines begin that Ray has from a worker or from its raylet."""

FUNCTIONS = """
from ray import tune


def line(config):
    for epoch in range(2):
        tune.report({"score": config["x"] * (epoch + 1)})


def broken(config):
    raise ValueError("no such luck")
"""
BASE = (
    "experiment=null", "trainable=function", "trainable.import_path=mine:line", "trainable.reuse_workers=true",
    "objective.metric=score", "objective.mode=max", "search_space={x: uniform(0, 1)}", "budget.num_samples=2",
    "budget.max_epochs=2", "name=mine", "report=false",
)  # fmt: skip


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A user's folder, with one Ray for all runs of this module."""
    from runner.translate.ray_session import ray_session

    folder, before, path = tmp_path_factory.mktemp("project"), Path.cwd(), list(sys.path)
    (folder / "mine.py").write_text(FUNCTIONS)
    os.chdir(folder)
    try:
        with without_tokens(), ray_session(runner.compose(*BASE).ray, lambda line: None):
            yield folder
    finally:
        os.chdir(before)
        sys.path[:] = path


@pytest.fixture(scope="module")
def search(project: Path) -> runner.Run:
    return runner.tune(*BASE)


@pytest.fixture(autouse=True)
def silent(project: Path, capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    """No function prints anything."""
    yield
    assert printed(capfd) == ([], [])


def printed(capfd: pytest.CaptureFixture[str]) -> tuple[list[str], list[str]]:
    """The lines on stdout and stderr, but for what workers print when their run is over: this Ray still relays it."""
    out, err = ([line for line in text.splitlines() if not RELAYED.match(line)] for text in capfd.readouterr())
    return out, err


def test_a_plan_is_a_value(project: Path) -> None:
    plan = runner.plan(*BASE, proposals=1)
    assert (plan.trials, plan.name, plan.obstacles) == (2, "mine", ())


def test_a_run_comes_back_with_its_events(search: runner.Run, capfd: pytest.CaptureFixture[str]) -> None:
    events: list[str] = []

    def listen(event: str) -> None:
        events.append(event)
        print(event)

    run = runner.tune(*BASE, "seed=3", on_event=listen)
    assert list(run.trials["state"]) == ["completed", "completed"]
    assert run.best_parameters.keys() == {"x"}
    assert run.words[-1] == "seed=3"
    assert events[0] == "starting Ray (local)"
    assert any(
        event.endswith("mine: 2 trials of at most 2 iterations, in outputs/mine/" + run.folder.root.name)
        for event in events
    )
    assert any(event.startswith("best ") for event in events)
    assert printed(capfd) == (events, []), "what a callback prints does not go to the log of the run"
    assert run.folder.root != search.folder.root


def test_a_run_is_extended_and_resumed(project: Path) -> None:
    run = runner.tune(*BASE, "budget.num_samples=1")
    with pytest.raises(runner.ConfigError, match="nothing more to do is asked for"):
        runner.extend(run)
    longer = runner.extend(run, "budget.num_samples=+1")
    assert (len(longer.trials), longer.folder.root) == (2, run.folder.root)
    events: list[str] = []
    same = runner.resume(longer.folder.root, on_event=events.append)
    assert len(same.trials) == 2
    assert events[0].startswith("all 2 trials of ")


def test_an_interrupted_run_goes_on(project: Path) -> None:
    sent: list[str] = []

    def interrupt(event: str) -> None:
        if "mine: 3 trials" in event and not sent:
            sent.append(event)
            os.kill(os.getpid(), signal.SIGINT)

    handler = signal.getsignal(signal.SIGINT)
    with pytest.raises(runner.Interrupted, match=r"runner\.resume\(") as stopped:
        runner.tune(*BASE, "budget.num_samples=3", on_event=interrupt)
    assert signal.getsignal(signal.SIGINT) is handler
    run = runner.resume(stopped.value.run_folder)
    assert list(run.trials["state"]) == ["completed"] * 3


def test_a_failed_experiment_names_its_run(project: Path) -> None:
    with pytest.raises(runner.ExperimentFailed, match="no such luck") as failed:
        runner.tune(*BASE, "trainable.import_path=mine:broken")
    assert failed.value.run_folder is not None
    assert set(runner.load(failed.value.run_folder).trials["state"]) == {"failed"}
    with pytest.raises(runner.ExperimentFailed):
        runner.resume(failed.value.run_folder, retry_failed=["1"])


def test_a_wrong_experiment_starts_nothing(project: Path) -> None:
    folders = set((project / "outputs" / "mine").iterdir())
    with pytest.raises(runner.ConfigError, match="there is no module nowhere"):
        runner.tune(*BASE, "trainable.import_path=nowhere:line")
    assert set((project / "outputs" / "mine").iterdir()) == folders


def test_a_run_is_explained(search: runner.Run) -> None:
    assert ("searcher", "random proposed 2 configurations") in runner.explain(search)
    labels = [label for label, _ in runner.explain(str(search.folder.root), "1")]
    assert labels[0] == "trial"
    with pytest.raises(runner.ConfigError, match="trial_009"):
        runner.explain(search, "trial_009")


def test_the_best_trial_becomes_a_preset_that_trains(search: runner.Run, project: Path) -> None:
    file = runner.promote(search, name="mine_best")
    assert file == project / "conf" / "experiment" / "mine_best.yaml"
    with pytest.raises(runner.ConfigError, match="is there already"):
        runner.promote(search, name="mine_best")
    run = runner.train("experiment=mine_best", seeds=2)
    assert [round(x, 12) for x in run.trials["config/x"]] == [round(search.best_parameters["x"], 12)] * 2
    diff = runner.compare(search, run)
    assert diff.trained_again() is not None
    assert any(one.key == "search_space.x" or one.key.startswith("search_space.x.") for one in diff.config())
    with pytest.raises(runner.ConfigError, match="train trains one configuration"):
        runner.train(*BASE)


def test_a_search_is_confirmed(search: runner.Run) -> None:
    found = runner.confirm(search, top=1, seeds=2)
    assert len(found.run.trials) == 2
    assert [len(sample.values) for sample in found.confirmation.samples] == [2]
    assert runner.confirm(found.run).confirmation.verdict == found.confirmation.verdict
    with pytest.raises(runner.ConfigError, match="leave out --top"):
        runner.confirm(found.run, top=1)


def test_a_run_is_replayed(search: runner.Run) -> None:
    events: list[str] = []
    again = runner.replay(search, on_event=events.append)
    assert events[0].startswith("environment")
    assert runner.compare(search, again).proposals() == (2, 2)


def test_a_run_is_drawn_and_exported(search: runner.Run, project: Path) -> None:
    page = runner.report(search, export=["csv"])
    assert page == search.folder.report
    assert page.is_file()
    assert list(search.folder.export.iterdir())
    assert runner.load("latest").folder.root.parent.name.startswith("mine")


def test_a_function_of_a_notebook_is_kept_with_its_run(search: runner.Run) -> None:
    steepness = 2.0

    def train(x: float) -> dict[str, float]:
        return {"score": steepness * x}

    run = runner.tune(
        train, "trainable.reuse_workers=true", "report=false", search_space={"x": "uniform(1, 2)"}, metric="score",
        num_samples=1,
    )  # fmt: skip
    assert (run.config["name"], run.config["trainable"]["import_path"].endswith("<locals>.train")) == ("train", True)
    assert run.best_value == steepness * run.best_parameters["x"]
    steepness = 3.0
    longer = runner.extend(run, "budget.num_samples=+1")
    assert list(longer.trials["objective"]) == list(2 * longer.trials["config/x"]), "as it was when it was given"
    again = runner.replay(longer)
    assert list(again.trials["objective"]) == list(longer.trials["objective"])

    runner.promote(run, name="train_best")
    with pytest.raises(runner.ConfigError, match="was given to") as lost:
        runner.train("experiment=train_best")
    assert "trainable.pickle=null" in lost.value.problems[0].remedy
    (run.folder.root / "function.pkl").unlink()
    with pytest.raises(runner.ConfigError, match="was given to"):
        runner.extend(run, "budget.num_samples=+1")
