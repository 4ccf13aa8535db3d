"""Ray Tune's toy problem for population based training, written anew (ray.tune.examples.pbt_function in Ray 2.60)."""

import json
import random
import tempfile
from pathlib import Path
from typing import Any

PEAK, GOAL = 100, 200
TOLERANCE = 3
"""A learning rate that is off by a larger factor gains nothing, and loses where it is too high."""


def train(config: dict[str, Any]) -> None:
    """Report a noisy accuracy until it is above 200.

    It grows fastest at the best learning rate, which rises from 0.001 to 0.01 at an accuracy of 100 and falls again
    behind it: no constant learning rate gets through.
    """
    from ray import tune

    accuracy, step = 0.0, 0
    if checkpoint := tune.get_checkpoint():
        with checkpoint.as_directory() as folder:
            accuracy, step = json.loads((Path(folder) / "state.json").read_text())
    while accuracy <= GOAL:
        best_lr = max(0.001, 0.01 * (1 - abs(accuracy - PEAK) / PEAK))
        off_by = max(config["lr"], best_lr) / min(config["lr"], best_lr)
        if off_by < TOLERANCE:
            accuracy += random.random() / off_by
        elif config["lr"] > best_lr:
            accuracy -= random.random() * (off_by - TOLERANCE)
        accuracy = max(0.0, accuracy + random.gauss(0, 2))
        step += 1
        report = {"accuracy": accuracy, "best_lr": best_lr}
        if step % config["checkpoint_every"]:
            tune.report(report)
            continue
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "state.json").write_text(json.dumps([accuracy, step]))
            tune.report(report, checkpoint=tune.Checkpoint.from_directory(folder))
