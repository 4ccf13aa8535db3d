"""One experiment after another: its points, its best trials, and its results, through the command line."""

import shutil
from pathlib import Path

import pytest
import yaml

from tests.end_to_end.conftest import Finished, Run

pytestmark = pytest.mark.slow
SPACE = "search_space={x: 'uniform(0, 1)', m: {kind: 'choice([\"a\", None, True, \"1\"])'}}"
KINDS = """
def kinds(config):
    assert config["m"]["kind"] in ("a", None, True, "1"), config
    return {"score": config["x"]}
"""


@pytest.fixture
def earlier(run_function: Run, project: Path) -> Finished:
    """Four trials of a function, in the folder `earlier`."""
    (project / "mine.py").write_text((project / "mine.py").read_text() + KINDS)
    done = run_function("kinds", SPACE, "budget.num_samples=4")
    assert done.code == 0, done.err
    shutil.move(done.run, project / "earlier")
    return done


def test_an_earlier_run_is_begun_with(earlier: Finished, run_function: Run, project: Path) -> None:
    """The point of a file first, then the best trial of the run, each value of the type that it had.

    Then its results: of the four trials none runs again.
    """
    best = yaml.safe_load((project / "earlier" / "best" / "best.yaml").read_text())
    (project / "points.yaml").write_text("x: 1e-3\nm.kind: '1'\n")
    done = run_function(
        "kinds", "-m", SPACE, "searcher=random,optuna", "searcher.warm_start={run: earlier, best: 1}",
        "searcher.points_to_evaluate=points.yaml", "budget={num_samples: 3, max_concurrent: 1}",
    )  # fmt: skip
    assert done.code == 0, done.out + done.err
    for job in project.glob("outputs/multirun/mine/*/job_*"):
        kept = yaml.safe_load((job / "config.yaml").read_text())["searcher"]
        assert kept["points_to_evaluate"] == [{"x": 0.001, "m": {"kind": "1"}}, best]
        lines = [line.split(",") for line in (job / "trials.csv").read_text().splitlines()[1:]]
        assert [float(line[2]) for line in lines[:2]] == [0.001, best["x"]]
        assert {line[1] for line in lines} == {"completed"}
    assert "note: earlier: its best configuration will be tried first" in done.err
    shutil.rmtree(project / "outputs")
    words = ("searcher=optuna", "searcher.warm_start={run: earlier, results: true}", "budget.num_samples=2")
    done = run_function("kinds", SPACE, *words)
    assert done.code == 0, done.out + done.err
    assert "note: the searcher is told the results of 4 trials of earlier" in done.err
    assert len(done.rows("trials.csv")) == 2
    kept = yaml.safe_load((done.run / "config.yaml").read_text())["searcher"]
    assert len(kept["evaluated_points"]) == 4
    assert {str(known["objective"]) for known in kept["evaluated_points"]}.isdisjoint(
        row["objective"] for row in done.rows("trials.csv")
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("searcher.warm_start=nowhere",), "searcher.warm_start: nowhere: there is no such folder"),
        (("searcher.points_to_evaluate=nowhere.yaml",), "searcher.points_to_evaluate: there is no file nowhere.yaml"),
    ],
)
def test_what_is_not_there_is_refused_before_the_start_and_can_be_shown(
    run_function: Run, words: tuple[str, ...], message: str
) -> None:
    done = run_function("number", "search_space.x=uniform(0,1)", *words)
    assert done.code == 2
    assert message in done.err
    assert "-> " in done.err
    assert not (done.folder / "outputs").exists()
    assert run_function("number", "--cfg", "job", *words).code == 0
