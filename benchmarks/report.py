"""How long `report`, `why` and `runner.load` take on a large run, and how much memory.

    python benchmarks/report.py [--trials 1000] [--epochs 50]

The run folder is generated: random configurations of ten hyperparameters, curves that rise to a height that two of them
decide, and a fifth of the trials at each of two rungs stopped. Each command runs as a whole process.
"""

import argparse
import json
import math
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from runner.runs.cells import line
from runner.runs.folder import RunFolder

SPACE = {
    "lr": {"distribution": "loguniform", "lower": 1e-5, "upper": 1e-1},
    "optimizer": {"distribution": "choice", "categories": ["SGD", "Adam", "AdamW"]},
    "layers": {"distribution": "randint", "lower": 1, "upper": 9},
    **{f"p{place}": {"distribution": "uniform", "lower": 0.0, "upper": 1.0} for place in range(7)},
}
LOAD = "import runner, sys; r = runner.load(sys.argv[1]); print(len(r.trials), len(r.history), r.best.name)"


def write_run(root: Path, trials: int, epochs: int) -> None:
    """A run folder as tune leaves it."""
    run = RunFolder.at(root)
    config = {
        "name": "generated", "objective": {"metrics": [{"metric": "accuracy", "mode": "max"}]},
        "search_space": SPACE, "searcher": {"name": "random"}, "budget": {"num_samples": trials, "max_epochs": epochs},
        "scheduler": {
            "name": "asha", "grace_period": 5, "reduction_factor": 3, "brackets": 1, "metric": None, "mode": None,
        },
    }  # fmt: skip
    run.write_config(config, ["experiment=generated"])
    dice = random.Random(0)
    rows, reports, decisions = [], [], []
    for number in range(trials):
        name = f"trial_{number:04d}"
        values = {"lr": 10 ** dice.uniform(-5, -1), "optimizer": dice.choice(["SGD", "Adam", "AdamW"])}
        values |= {"layers": dice.randrange(1, 9), **{f"p{place}": dice.random() for place in range(7)}}
        height = math.exp(-((math.log10(values["lr"]) + 3) ** 2) / 4) * (0.7 + 0.3 * values["p0"])
        length = dice.choice([5, 15, epochs, epochs, epochs])
        curve = [height * (1 - math.exp(-epoch / 10)) + dice.gauss(0, 0.005) for epoch in range(1, length + 1)]
        reports += [[name, epoch, epoch * 1.5, value, value, 1 - value] for epoch, value in enumerate(curve, 1)]
        best = max(curve)
        stopped = length < epochs
        why = f"{curve[-1]:.4g} is below {curve[-1] + 0.1:.4g}, the cut-off" if stopped else "trained to its end"
        tail = [0, best, 1 - best, curve[-1], curve[-1], 1 - curve[-1], "", why]
        ended = [best, curve.index(best) + 1, length, length * 1.5, *tail]
        rows.append([name, "stopped" if stopped else "completed", *values.values(), *ended])
        decision = {
            "time": datetime.fromtimestamp(1e9 + number * 20 + length, UTC).isoformat(),
            "state": rows[-1][1], "trial": name, "iteration": length, "rule": "asha" if stopped else "end",
            "value": curve[-1], "compared_with": curve[-1] + 0.1 if stopped else None, "detail": why,
        }  # fmt: skip
        decisions.append(json.dumps(decision) + "\n")
    head = ["trial", "state", *(f"config/{key}" for key in SPACE), "objective", "best_iteration", "iterations"]
    head += ["seconds", "restarts", "best/accuracy", "best/loss", "last/objective", "last/accuracy", "last/loss"]
    run.trials_csv.write_text(line([*head, "checkpoint", "reason"]) + "".join(map(line, rows)))
    heads = ["trial", "iteration", "seconds", "objective", "accuracy", "loss"]
    run.history_csv.write_text(line(heads) + "".join(map(line, reports)))
    run.decisions.write_text("".join(decisions))


def measure(label: str, *command: str) -> None:
    """Wall time, CPU time and peak memory of one process."""
    # /usr/bin/time is not everywhere: a small Python measures its child.
    watch = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL);"
    watch += "u = resource.getrusage(resource.RUSAGE_CHILDREN); print(u.ru_utime + u.ru_stime, u.ru_maxrss)"
    started = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", watch, *command], check=True, capture_output=True, text=True)
    seconds = time.perf_counter() - started
    cpu, memory = map(float, done.stdout.split())
    print(f"{label:<28} {seconds:6.1f} s  {cpu:6.1f} s of CPU time  {memory / 1024:6.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=1000)
    parser.add_argument("--epochs", type=int, default=50)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name) / "outputs" / "generated" / "run"
        write_run(root, given.trials, given.epochs)
        print(f"{given.trials} trials of at most {given.epochs} reports (goal: 10 s and 500 MB each)")
        measure("runner.load", sys.executable, "-c", LOAD, str(root))
        measure("why", sys.executable, "-m", "runner", "why", str(root))
        measure("report", sys.executable, "-m", "runner", "report", str(root))
        print(f"report.html                  {(root / 'report.html').stat().st_size / 1e6:6.1f} MB")
        for kind in ("csv", "parquet", "optuna"):
            measure(f"report --export {kind}", sys.executable, "-m", "runner", "report", str(root), "--export", kind)


if __name__ == "__main__":
    main()
