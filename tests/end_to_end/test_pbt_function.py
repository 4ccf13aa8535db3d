"""Ray Tune's own example of population based training, beside the preset that is made of it."""

import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Run

pytestmark = pytest.mark.slow
EPOCHS = 50
RAYS_OWN = """
import json, random, sys, zlib
from pathlib import Path
import numpy as np, ray
from ray import tune
from ray.tune.examples.pbt_function import pbt_function


def seeded(config):
    checkpoint = tune.get_checkpoint()
    at = json.loads((Path(checkpoint.path) / "checkpoint.json").read_text())["step"] if checkpoint else 0
    seed = zlib.crc32(f"{tune.get_context().get_trial_name()}/{at}".encode())
    random.seed(seed), np.random.seed(seed)
    pbt_function(config)


class Curves(tune.Callback):
    def __init__(self):
        self.curves = {}

    def on_trial_result(self, iteration, trials, trial, result, **info):
        self.curves.setdefault(str(trial), []).append(result["mean_accuracy"])


ray.init(address="local", num_cpus=2, include_dashboard=False)
random.seed(0), np.random.seed(0)
pbt = tune.schedulers.PopulationBasedTraining(
    time_attr="training_iteration", perturbation_interval=5, synch=True,
    hyperparam_mutations={"lr": tune.uniform(0.0001, 0.02)},
)
seen = Curves()
tune.Tuner(
    tune.with_resources(seeded, {"cpu": 0.25}),
    param_space={"lr": 0.0001, "checkpoint_interval": 5},
    run_config=tune.RunConfig(
        name="own", storage_path=sys.argv[1], verbose=0, stop={"training_iteration": EPOCHS}, callbacks=[seen],
    ),
    tune_config=tune.TuneConfig(
        scheduler=pbt, metric="mean_accuracy", mode="max", num_samples=8, reuse_actors=True,
        trial_name_creator=lambda trial: f"trial_{trial.trial_id[-5:]}",
    ),
).fit()
print("OUTCOME", json.dumps({"exploits": pbt._num_perturbations, "curves": list(seen.curves.values())}))
ray.shutdown()
""".replace("EPOCHS", str(EPOCHS))


def check(exploits: int, curves: list[list[float]]) -> None:
    """What Ray's own comes to: trials that differ from the first report on, exploits, and a slow noisy rise.

    It ends at 74 to 89 after 100 iterations; one noise for all, drawn again after each checkpoint, climbs to 203 in 70.
    """
    assert [len(curve) for curve in curves] == [EPOCHS] * 8
    assert len({tuple(curve) for curve in curves}) == 8
    assert exploits > 0
    assert 10 < max(map(max, curves)) < 100
    steps = [round(after - before, 9) for curve in curves for before, after in pairwise(curve) if before and after]
    assert len(set(steps)) == len(steps), "a noise that was there before"


def test_the_preset_comes_to_what_rays_own_example_comes_to(run: Run, project: Path) -> None:
    done = run("experiment=pbt_function", f"budget.max_epochs={EPOCHS}", "report=false")
    assert done.code == 0, done.err
    rows = done.rows("history.csv")
    trials = [row["trial"] for row in done.rows("trials.csv")]
    curves = [[float(row["accuracy"]) for row in rows if row["trial"] == trial] for trial in trials]
    lines = [json.loads(line) for line in (done.run / "decisions.jsonl").read_text().splitlines()]
    check(sum(line["state"] == "exploited" for line in lines), curves)
    (project / "own.py").write_text(RAYS_OWN)
    own = subprocess.run(
        [sys.executable, "own.py", str(project / "own")], cwd=project, env=dict(os.environ), capture_output=True,
        text=True, check=False, timeout=240,
    )  # fmt: skip
    assert own.returncode == 0, own.stderr
    outcome = json.loads(own.stdout.rpartition("OUTCOME")[2].splitlines()[0])
    check(outcome["exploits"], outcome["curves"])
