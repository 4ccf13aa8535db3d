"""Trials whose values are not at work end the experiment, with that as the reason."""

from collections.abc import Iterator

import pytest

from tests.end_to_end.conftest import Tune, one_ray

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
BASE = (
    "experiment=null", "trainable=function", "trainable.import_path=broken:some", "trainable.reuse_workers=false",
    "objective.metric=score", "objective.mode=max", "name=mine", "report=false", "logger=[]", "searcher=random",
    "budget.num_samples=1", "ray.num_cpus=2",
)  # fmt: skip


@pytest.fixture(scope="module")
def tune(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tune]:
    project = tmp_path_factory.mktemp("project")
    (project / "broken.py").write_text(BROKEN)
    with one_ray(project, BASE) as do:
        yield do


def test_the_third_mismatch_ends_the_experiment_and_what_still_runs(tune: Tune) -> None:
    done = tune("search_space.x=grid([0,1,2,3,4,5])")
    assert done.code == 0, "the trial that was cut off is a valid one"
    ends = {row["trial"]: row for row in done.rows("trials.csv")}
    assert len(ends) <= 5
    decisions = {line["trial"]: line for line in done.decisions}
    told = {name: (line["state"], line["rule"]) for name, line in decisions.items()}
    assert told["trial_000"] == ("stopped", "attestation")
    assert [told[f"trial_00{number}"] for number in (1, 2, 3)] == [("failed", "attestation")] * 3
    assert "x: requested 1, found 0" in decisions["trial_001"]["detail"]
    cut = decisions["trial_000"]
    assert (cut["value"], cut["compared_with"]) == (3, 3)
    assert cut["iteration"] == int(ends["trial_000"]["iterations"]) > 0
    assert "3 trials failed because values that were asked for were not at work" in cut["detail"]
    assert cut["detail"] in done.told


def test_where_every_trial_fails_so_the_experiment_fails(tune: Tune) -> None:
    done = tune("search_space.x=grid([1,2,3,4,5,6])", "budget.max_concurrent=1")
    assert done.code == 1
    assert {line["rule"] for line in done.decisions} == {"attestation"}
    assert [line["state"] for line in done.decisions].count("failed") == 3
    assert len(done.decisions) <= 4, "the next may have started"
    assert "3 trials failed because values that were asked for were not at work" in done.told
    assert "ended early" in done.told
    assert "of 6 never started" in done.told


def test_other_failures_do_not_end_it(tune: Tune) -> None:
    done = tune("trainable.import_path=broken:others", "search_space.x=grid([1,2,3,4,0])")
    assert done.code == 0
    assert len(done.decisions) == 5
    assert "ended early" not in done.told
