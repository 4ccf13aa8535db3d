"""How much CPU time `python -m runner check` takes, for one preset and for all of a folder, in whole processes.

    python benchmarks/check.py [--repeats 5] [--presets 14]

The folder holds copies of the packaged presets. `ratio` is that of all presets to one: what a preset more costs.
"""

import argparse
import itertools
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from runner.config.hydra_loader import packaged_conf

GOALS = {"one preset": 2.0, "all presets": 5.0}
"""Seconds of CPU time."""


def cpu_seconds(command: list[str], folder: Path) -> float:
    """User and system time of one process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--presets", type=int, default=14)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        experiments = folder / "conf" / "experiment"
        shutil.copytree(packaged_conf() / "experiment", experiments)
        originals = sorted(experiments.glob("*.yaml"))
        for number, original in zip(range(len(originals), arguments.presets), itertools.cycle(originals), strict=False):
            shutil.copy(original, experiments / f"{original.stem}_{number}.yaml")
        presets = len(list(experiments.glob("*.yaml")))
        check = [sys.executable, "-m", "runner", "check"]
        commands = {"one preset": [*check, "bccd"], "all presets": [*check, "conf/experiment"]}
        times: dict[str, list[float]] = {label: [] for label in commands}
        for turn in range(arguments.repeats + 1):
            for label, command in commands.items():
                elapsed = cpu_seconds(command, folder)
                if turn:  # the first turn warms the file system's cache
                    times[label].append(elapsed)
    medians = {label: statistics.median(values) for label, values in times.items()}
    for label, values in times.items():
        spread = f"{min(values):.3f} to {max(values):.3f} s"
        print(f"{label:<12} median {medians[label]:.3f} s of CPU time, {spread} (goal: below {GOALS[label]:g} s)")
    print(f"ratio {medians['all presets'] / medians['one preset']:.2f} for {presets} presets")


if __name__ == "__main__":
    main()
