"""Every scheduler in a real experiment on fixed curves: it stops, pauses and changes the trials that it must."""

import csv
import io
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from rich.console import Console

from runner.api.resume import resume
from runner.api.support.job import checked_job
from runner.api.support.run_job import run_job
from runner.errors import ConfigError
from runner.runs.comparison import JobResult
from runner.runs.explanation import Explanation
from runner.runs.folder import RunFolder
from runner.runs.run import Run as ReadRun
from runner.runs.trials_table import read_rows
from tests.config.composing import composed
from tests.ray_mode import without_tokens

pytestmark = pytest.mark.slow

CURVES = '''
import json
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from ray import tune


def growing(config, saves=True):
    """Grows by x an iteration, from where the checkpoint has left it."""
    found = tune.get_checkpoint()
    state = json.loads((Path(found.path) / "state.json").read_text()) if found else {"epoch": 0, "score": 0.0}
    while state["epoch"] < config["epochs"]:
        state = {"epoch": state["epoch"] + 1, "score": state["score"] + config["x"]}
        report = {**state, "x": config["x"]}
        if not saves:
            tune.report(report)
            continue
        with TemporaryDirectory() as folder:
            (Path(folder) / "state.json").write_text(json.dumps(state))
            tune.report(report, checkpoint=tune.Checkpoint.from_directory(folder))


def forgetful(config):
    growing(config, saves=False)


def fragile(config):
    growing({**config, "epochs": 3} if config["x"] > 8 else config)
    if config["x"] > 8:
        time.sleep(4)  # until the others wait
        raise ValueError("too much")
'''


@dataclass
class Ran:
    """An experiment that has ended."""

    result: JobResult
    folder: RunFolder
    told: str

    @property
    def trials(self) -> dict[str, dict[str, str]]:
        return read_rows(self.folder.trials_csv)

    @property
    def decisions(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.folder.decisions.read_text().splitlines()]

    def of(self, state: str) -> list[dict[str, Any]]:
        return [line for line in self.decisions if line["state"] == state]

    def history(self, trial: str) -> list[dict[str, str]]:
        with self.folder.history_csv.open(newline="") as file:
            return [row for row in csv.DictReader(file) if row["trial"] == trial]

    def scores(self, trial: str) -> list[float]:
        return [float(row["score"]) for row in self.history(trial)]

    def story(self, trial: str) -> str:
        return "\n".join(sentence for _, sentence in Explanation(ReadRun(self.folder)).of_trial(trial))


Run = Callable[..., Ran]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Run experiments of two trials at once, one after the other, in one session of Ray.

    The values of x are those of the trials; without any nothing is searched, and one trial runs.
    """
    from runner.config.experiment import Choice
    from runner.runs.output import redirected
    from runner.translate.ray_session import ray_session
    from runner.translate.signals import ending_as_interrupt

    project = tmp_path_factory.mktemp("project")
    (project / "curves.py").write_text(CURVES)
    sys.path.insert(0, str(project))
    log = project / "ray.log"
    local = Choice("local", {"num_cpus": 2, "num_gpus": 0})

    def do(name: str, xs: list[float], *words: str, epochs: int, function: str = "growing") -> Ran:
        words = (
            "experiment=null", "trainable=function", f"trainable.import_path=curves:{function}", f"name={name}",
            "trainable.checkpoint_every=1", "trainable.reuse_workers=true", "objective.metric=score",
            "objective.mode=max", "report=false", "logger=[]", f"budget.max_epochs={epochs}",
            f"budget.num_samples={len(xs) or 1}", *words,
        )  # fmt: skip
        if xs:
            points = ", ".join(f"{{x: {x}}}" for x in xs)
            space = f"search_space.epochs={epochs}", "search_space.x=uniform(0,10)"
            words = (*words, *space, f"searcher.points_to_evaluate=[{points}]")
        job = checked_job(composed(*words))
        folder = RunFolder.at(project / name)
        told = io.StringIO()
        result = run_job(job, folder, project, {"CPU": 2.0}, Console(file=told, width=200))
        return Ran(result, folder, told.getvalue())

    with without_tokens(), ending_as_interrupt(), redirected(log), ray_session(local, print):
        yield do


def test_the_median_rule_stops_what_is_worse_than_usual(run: Run) -> None:
    done = run("median", [5, 4, 6, 5.5, 1, 7], "scheduler=median", "scheduler.grace_period=2", epochs=4)
    (stopped,) = done.of("stopped")
    assert (stopped["trial"], stopped["iteration"], stopped["rule"]) == ("trial_004", 2, "median")
    assert (stopped["value"], stopped["rank"]) == (2.0, stopped["ranked"])
    assert f"below {stopped['compared_with']:g}, the median of the means of" in stopped["detail"]
    assert not done.of("paused")
    assert "1 stopped (median 1)" in done.told
    assert "iterations    22 of at most 24" in done.told


def test_hyperband_halves_brackets_whose_trials_wait_for_each_other(run: Run) -> None:
    done = run("hyperband", [1, 2, 3, 4, 5, 6, 7, 8], "scheduler=hyperband", "scheduler.reduction_factor=2", epochs=4)
    stopped = {line["trial"]: line for line in done.of("stopped")}
    assert {name: line["iteration"] for name, line in stopped.items()} == {"trial_003": 2, "trial_006": 2}
    assert stopped["trial_003"]["detail"] == "8 is place 3 of 3 at iteration 2: the best 2 go on"
    assert stopped["trial_003"]["epochs_saved"] == 2
    assert {"trial_004", "trial_007"} <= {line["trial"] for line in done.of("promoted")}
    assert {"trial_003", "trial_006"} <= {line["trial"] for line in done.of("paused")}
    # Each goes on from its checkpoint, and ends itself.
    for name, cells in done.trials.items():
        reports = [1, 2] if name in stopped else [1, 2, 3, 4]
        assert done.scores(name) == [float(cells["config/x"]) * report for report in reports]
        assert cells["state"] == ("stopped" if name in stopped else "completed")
    assert "2 stopped (hyperband 2)" in done.told
    story = done.story("trial_006")
    assert "hyperband let it wait: the other trials of its bracket come to iteration 1 first" in story
    assert "stopped by hyperband: 14 is place 2 of 2" in story


@pytest.mark.filterwarnings("ignore:Please use:DeprecationWarning", "ignore:After 0.17:FutureWarning")
def test_bohb_halves_the_largest_bracket_first_and_its_searcher_learns(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("hpbandster", reason="pip install 'runner[bohb]'")
    from ray.tune.search.bohb import TuneBOHB

    told = []
    learn = TuneBOHB.on_trial_result

    def listen(self: Any, trial_id: str, result: dict[str, Any]) -> None:
        told.append((result["score"], result["hyperband_info"].get("budget")))
        learn(self, trial_id, result)

    monkeypatch.setattr(TuneBOHB, "on_trial_result", listen)
    words = ("scheduler=bohb", "searcher=bohb", "scheduler.reduction_factor=2")
    done = run("bohb", [1, 2, 3, 4], *words, epochs=4)
    assert not done.result.error
    assert {line["trial"]: line["iteration"] for line in done.of("stopped")} == {
        "trial_000": 1, "trial_001": 1, "trial_002": 2
    }  # fmt: skip
    assert done.scores("trial_003") == [4, 8, 12, 16]
    assert {line["rule"] for line in done.of("paused")} == {"bohb"}
    # What is compared comes with its budget, up to that of a full trial.
    assert {(4, 1), (8, 2), (16, 4)} <= set(told)


HYPERBAND = ("scheduler=hyperband", "scheduler.reduction_factor=2")
PBT = ("scheduler=pbt", "scheduler.perturbation_interval=2", "scheduler.synch=true")


def test_pbt_lets_the_worst_go_on_from_the_best_and_a_replay_does_the_same(run: Run) -> None:
    done = run("pbt", [1, 2, 3, 4], *PBT, epochs=6)
    first, second = done.of("exploited")
    assert (first["trial"], first["iteration"], first["rank"], first["ranked"]) == ("trial_000", 2, 4, 4)
    assert (first["exploit"]["trial"], first["exploit"]["iteration"]) == ("trial_003", 2)
    ((before, after),) = first["exploit"]["changes"].values()
    assert before == 1
    assert after != 4
    assert 0 <= after <= 10
    assert f"it goes on from trial_003's checkpoint of iteration 2 with x 1 -> {after:g}" in first["detail"]
    # Its own two reports, then those of what it took over: at 8 and with the new value, up to the next comparison.
    assert done.scores("trial_000")[:4] == pytest.approx([1, 2, 8 + after, 8 + 2 * after])
    assert {cells["state"] for cells in done.trials.values()} == {"completed"}
    assert float(done.trials["trial_000"]["config/x"]) == after
    assert "pbt changed it: 2 is place 4 of 4" in done.story("trial_000")
    changed = dict.fromkeys([first["trial"], second["trial"]])
    assert f"pbt changed {len(changed)} trial" in " ".join(
        text for _, text in Explanation(ReadRun(done.folder)).of_run()
    )

    assert "extend" not in done.told
    with pytest.raises(ConfigError, match="a run with scheduler=pbt cannot be resumed: trials go on from") as no:
        resume(done.folder.root)
    assert no.value.problems[0].remedy == f"start a run of its own, with searcher.warm_start={done.folder.root}"

    again = run("pbt_again", [1, 2, 3, 4], *PBT, epochs=6)
    assert [line["exploit"] for line in again.of("exploited")] == [first["exploit"], second["exploit"]]

    policy = done.folder.tune / "pbt_policy_trial_000.txt"
    replay = run("replay", [], "scheduler=pbt_replay", f"scheduler.policy_file={policy}", epochs=6)
    (change,) = replay.of("replayed")
    assert (change["iteration"], change["exploit"]["changes"]) == (2, {"x": [4, after]})
    assert replay.scores("trial_000") == pytest.approx([4, 8, *(8 + after * more for more in (1, 2, 3, 4))])


def test_pbt_without_waiting_goes_back_to_where_a_better_trial_is(run: Run) -> None:
    done = run("async", [1, 2, 3, 4], "scheduler=pbt", "scheduler.perturbation_interval=2", epochs=6)
    assert done.of("exploited")
    for name, cells in done.trials.items():
        assert cells["state"] == "completed"
        iterations = [int(row["iteration"]) for row in done.history(name)]
        assert iterations == sorted(set(iterations))
        assert iterations[-1] == int(cells["iterations"]) == 6


def test_pb2_chooses_within_the_bounds(run: Run) -> None:
    words = ("scheduler=pb2", "scheduler.perturbation_interval=1", "scheduler.synch=true")
    done = run("pb2", [1, 2, 3, 4], *words, "scheduler.hyperparam_bounds={x: [2.5, 3.5]}", epochs=4)
    values = [line["exploit"]["changes"]["x"][1] for line in done.of("exploited")]
    assert values
    assert all(2.5 <= value <= 4 for value in values)
    assert any(2.5 <= value <= 3.5 for value in values)


@pytest.mark.parametrize(("words", "trials"), [(PBT, 4), (HYPERBAND, 7)], ids=["pbt", "hyperband"])
def test_nobody_waits_for_a_trial_that_has_failed(run: Run, words: tuple[str, ...], trials: int) -> None:
    xs = [9, 1, 2, 3, 9, 4, 5][:trials]
    done = run(f"fragile_{trials}", xs, *words, epochs=8, function="fragile")
    assert done.result.exit_code == 0
    states = {float(cells["config/x"]): cells["state"] for cells in done.trials.values()}
    assert states[9] == "failed"
    assert {state for x, state in states.items() if x < 9} <= {"completed", "stopped"}
    assert "completed" in states.values()


@pytest.mark.parametrize("scheduler", ["pbt", "hyperband"])
def test_a_function_that_saves_nothing_is_told_of_at_the_first_report_that_matters(run: Run, scheduler: str) -> None:
    words = HYPERBAND if scheduler == "hyperband" else PBT
    done = run(f"{scheduler}_forgetful", [1, 2, 3, 4, 5, 6], *words, epochs=4, function="forgetful")
    assert done.result.exit_code == 1
    assert "iteration 2 without a checkpoint" in done.result.error
    assert "ray.tune.report(metrics, checkpoint=" in done.result.error
