"""Trials whose values are not at work end the experiment, with that as the reason."""

from pathlib import Path

import pytest

from tests.end_to_end.conftest import Run

pytestmark = pytest.mark.slow
BROKEN = """
import time
from ray import tune
from runner.errors import AttestationError


def some(config):
    if config["x"] > 0:
        raise AttestationError(f"x: requested {config['x']}, found 0")
    while True:
        time.sleep(0.05)
        tune.report({"score": 1.0})


def others(config):
    if config["x"] > 0:
        raise ValueError("x is not 0")
    return {"score": 1.0}
"""
ORDER = ["searcher=random", "budget.num_samples=1", "ray.num_cpus=2", "trainable.reuse_workers=false"]


@pytest.fixture(autouse=True)
def broken(project: Path) -> None:
    (project / "broken.py").write_text(BROKEN)


def test_the_third_mismatch_ends_the_experiment_and_what_still_runs(run_function: Run) -> None:
    words = ["trainable.import_path=broken:some", "search_space.x=grid([0,1,2,3,4,5])", *ORDER]
    done = run_function("some", *words)
    assert done.code == 0, "the trial that was cut off is a valid one"
    ends = {row["trial"]: row for row in done.rows("trials.csv")}
    assert len(ends) <= 5
    told = {name: (line["state"], line["rule"]) for name, line in done.decisions.items()}
    assert told["trial_000"] == ("stopped", "attestation")
    assert [told[f"trial_00{number}"] for number in (1, 2, 3)] == [("failed", "attestation")] * 3
    assert "x: requested 1, found 0" in done.decisions["trial_001"]["detail"]
    cut = done.decisions["trial_000"]
    assert (cut["value"], cut["compared_with"]) == (3, 3)
    assert cut["iteration"] == int(ends["trial_000"]["iterations"]) > 0
    assert "3 trials failed because values that were asked for were not at work" in cut["detail"]
    assert cut["detail"] in " ".join(done.out.split())


def test_where_every_trial_fails_so_the_experiment_fails(run_function: Run) -> None:
    words = ["trainable.import_path=broken:some", "search_space.x=grid([1,2,3,4,5,6])", *ORDER]
    done = run_function("some", *words, "budget.max_concurrent=1")
    assert done.code == 1
    assert {line["rule"] for line in done.decisions.values()} == {"attestation"}
    assert [line["state"] for line in done.decisions.values()].count("failed") == 3
    assert len(done.decisions) <= 4, "the next may have started"
    assert "ended early 3 trials failed because values that were asked for were not at work" in " ".join(
        done.out.split()
    )
    assert "of 6 never started" in " ".join(done.out.split())


def test_other_failures_do_not_end_it(run_function: Run) -> None:
    words = ["trainable.import_path=broken:others", "search_space.x=grid([1,2,3,4,0])", *ORDER]
    done = run_function("others", *words)
    assert done.code == 0
    assert len(done.decisions) == 5
    assert "ended early" not in done.out
