"""How much CPU time `python -m runner plan` takes, with all that it imports.

    python benchmarks/plan.py [--repeats 5]

Each command runs as a whole process in an empty folder; its children count.
"""

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile

COMMANDS = (
    (),
    ("experiment=digits", "--proposals", "10"),
    ("experiment=digits", "budget.num_samples=1000"),
    ("experiment=yolo_v8", "trainable.data=shapes"),
)
GOAL = 2.0


def cpu_seconds(command: list[str], folder: str) -> float:
    """Of one process and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    for words in COMMANDS:
        with tempfile.TemporaryDirectory() as folder:
            times = [cpu_seconds([sys.executable, "-m", "runner", "plan", *words], folder) for _ in range(repeats + 1)][
                1:
            ]  # the first warms the file system's cache
        told = f"median {statistics.median(times):.2f} s of CPU time, {min(times):.2f} to {max(times):.2f}"
        print(f"{' '.join(('plan', *words)):<45} {told}")
    print(f"goal: at most {GOAL:g} s")


if __name__ == "__main__":
    main()
