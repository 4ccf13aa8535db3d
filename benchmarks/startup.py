"""How long `python -m runner --cfg job` takes, as a multiple of a Hydra hello-world; and `import runner`, in one run.

    python benchmarks/startup.py [--repeats 10]

All commands run as whole processes, in turn, on the same machine; the figures are of the medians.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HELLO = """
import hydra

@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(config):
    pass

main()
"""
CONFIG = "defaults:\n  - db: mysql\n  - _self_\nname: hello\n"


def seconds(command: list[str], folder: Path) -> float:
    """Wall time of one process."""
    started = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=10)
    repeats = parser.parse_args().repeats
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "conf" / "db").mkdir(parents=True)
        (folder / "hello.py").write_text(HELLO)
        (folder / "conf" / "config.yaml").write_text(CONFIG)
        (folder / "conf" / "db" / "mysql.yaml").write_text("host: localhost\n")
        elsewhere = folder / "elsewhere"
        elsewhere.mkdir()
        commands = {
            "hydra hello-world --cfg job": ([sys.executable, "hello.py", "--cfg", "job"], folder),
            "runner --cfg job": ([sys.executable, "-m", "runner", "--cfg", "job"], elsewhere),
            "empty interpreter": ([sys.executable, "-c", "pass"], elsewhere),
            "import runner": ([sys.executable, "-c", "import runner"], elsewhere),
        }
        times: dict[str, list[float]] = {label: [] for label in commands}
        for turn in range(repeats + 1):
            for label, (command, where) in commands.items():
                elapsed = seconds(command, where)
                if turn:  # the first turn warms the file system's cache
                    times[label].append(elapsed)
    medians = {label: statistics.median(values) for label, values in times.items()}
    base = medians["hydra hello-world --cfg job"]
    for label, values in times.items():
        print(f"{label:<28} median {medians[label]:.3f} s, {min(values):.3f} to {max(values):.3f} s")
    print(f"ratio {medians['runner --cfg job'] / base:.2f} (goal: at most 1.5)")
    more = 1000 * (medians["import runner"] - medians["empty interpreter"])
    print(f"import runner takes {more:.0f} ms more than an empty interpreter (goal: at most 50)")


if __name__ == "__main__":
    main()
