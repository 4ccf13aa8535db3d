"""What trials leave behind: no process, no temporary file, and no more weights than were asked for."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.end_to_end.conftest import Run

pytestmark = pytest.mark.slow

MARK = "RUNNER_TEST_MARK"
FUNCTIONS = '''
import json
import os
import time
from pathlib import Path

import psutil
from ray import tune


def alive(pids):
    """Those of the pids whose process still runs, after the time that torch's loader processes may take."""
    deadline = time.monotonic() + 15
    left = [pid for pid in pids if psutil.pid_exists(pid)]
    while left and time.monotonic() < deadline:
        time.sleep(0.2)
        left = [pid for pid in left if psutil.pid_exists(pid)]
    return left


def with_workers(config):
    """A YOLO trial whose loaders have processes of their own, which the library does not give them on a CPU."""
    from runner.config.objective import Objective, Target
    from runner.config.trainable import Trial
    from runner.trainables.yolo import Yolo

    here, name = Path.cwd(), tune.get_context().get_trial_name()
    folder = here / "yolo" / name
    folder.mkdir(parents=True)
    arguments = {"imgsz": 64, "batch": 8, "optimizer": "AdamW", "mosaic": 0.0, "plots": False}
    options = Yolo(model="yolo11n.yaml", data="shapes", train_args=arguments)
    os.environ.update(options.environment(here / "yolo"))
    from ultralytics.models.yolo.detect import DetectionTrainer

    earlier = json.loads(Path("pids.json").read_text()) if Path("pids.json").exists() else []
    Path("alive.json").write_text(json.dumps(alive(earlier)))
    build = DetectionTrainer.get_dataloader

    def build_with_processes(self, *arguments, **keywords):
        self.args.workers = 2
        return build(self, *arguments, **keywords)

    DetectionTrainer.get_dataloader = build_with_processes
    objective = Objective((Target("fitness", "max"),))
    trial = Trial(name, folder, here / "yolo", here, objective, 0, 4, 1, 0)
    options.prepare(None, here / "yolo", here)
    report = tune.report

    def report_and_note(metrics, **keywords):
        pids = [os.getpid(), *(child.pid for child in psutil.Process().children(recursive=True))]
        Path("pids.json").write_text(json.dumps(pids))
        report({"score": metrics["epoch"]}, **keywords)

    tune.report = report_and_note
    options.train({}, trial)


def never_ends(config):
    try:
        while True:
            Path(f"{config['x']}.pid").write_text(str(os.getpid()))
            tune.report({"score": 1.0})
    finally:
        time.sleep(1000)
'''


@pytest.fixture
def temporary() -> Iterator[Path]:
    """The temporary folder of a run; its path is short, as Ray puts sockets below it."""
    folder = Path(tempfile.mkdtemp(prefix="run-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(autouse=True)
def functions(project: Path) -> None:
    (project / "hands.py").write_text(FUNCTIONS)


def left(mark: str) -> list[str]:
    """Processes that carry the mark of a run in their environment."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == mark:
                found.append(" ".join(process.cmdline()))
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            continue
    return found


def clean(mark: str, temporary: Path) -> None:
    """Nothing is left of the run but Ray's own folder of the session."""
    deadline = time.monotonic() + 15
    while left(mark) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert left(mark) == []
    assert [path.name for path in temporary.iterdir() if path.name != "ray"] == []


def test_loaders_of_stopped_trials_end_with_them(run_function: Run, project: Path, temporary: Path) -> None:
    mark = uuid.uuid4().hex
    done = run_function(
        "with_workers", "trainable.import_path=hands:with_workers", "trainable.reuse_workers=false",
        "search_space.x=uniform(0,1)", "budget={num_samples: 2, max_epochs: 4, max_concurrent: 1}",
        "stopper=[max_iterations]", "stopper.max_iterations.max_iter=2",
        **{MARK: mark, "TMPDIR": str(temporary)},
    )  # fmt: skip
    assert done.code == 0, done.out + done.err
    assert {row["state"] for row in done.rows("trials.csv")} == {"stopped"}
    assert len(json.loads((project / "pids.json").read_text())) > 2, "there were loader processes"
    assert json.loads((project / "alive.json").read_text()) == []
    clean(mark, temporary)


def test_a_clean_up_that_never_ends_is_ended(run_function: Run, project: Path, temporary: Path) -> None:
    mark = uuid.uuid4().hex
    began = time.monotonic()
    done = run_function(
        "never_ends", "trainable.import_path=hands:never_ends", "trainable.reuse_workers=false",
        "search_space.x=grid([0,1])", "budget={num_samples: 1, max_concurrent: 1}",
        "stopper=[max_iterations]", "stopper.max_iterations.max_iter=2",
        timeout=120, **{MARK: mark, "TMPDIR": str(temporary)},
    )  # fmt: skip
    assert done.code == 0, done.out + done.err
    assert [line["state"] for line in done.decisions.values()] == ["stopped", "stopped"]
    assert time.monotonic() - began < 90
    clean(mark, temporary)  # Ray kills the last of them while it shuts down, which a busy machine takes seconds for
    assert len(list(project.glob("*.pid"))) == 2
    assert not [path for path in project.glob("*.pid") if lives(path)]


def lives(path: Path) -> bool:
    """Whether the process that wrote its number into the file lives; a later one may have the same number."""
    try:
        return bool(psutil.Process(int(path.read_text())).create_time() <= path.stat().st_mtime)
    except psutil.NoSuchProcess:
        return False


def test_a_second_ctrl_c_leaves_at_once(project: Path, temporary: Path) -> None:
    """And what a run that was killed has left of Ray is removed at the start."""
    mark = uuid.uuid4().hex
    earlier = temporary / "ray" / "session_earlier"
    earlier.mkdir(parents=True)
    (earlier / "runner.lock").touch()
    process = subprocess.Popen(
        [
            sys.executable, "-m", "runner", "experiment=null", "trainable=function", "name=mine",
            "trainable.import_path=hands:never_ends", "objective.metric=score", "objective.mode=max",
            "search_space.x=grid([0])", "budget={num_samples: 1}",
        ],
        cwd=project, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, MARK: mark, "TMPDIR": str(temporary)},
    )  # fmt: skip
    with process:
        assert process.stdout is not None
        out = ""
        while not list(project.glob("*.pid")):
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        while "leave now" not in out:  # the line is wrapped where the run took long to start
            line = process.stdout.readline()
            assert line, out
            out += line
        process.send_signal(signal.SIGINT)
        out += process.communicate(timeout=60)[0]
    assert process.returncode == 130, out
    assert "removed Ray's own files of a run that was killed (0.0 MB" in out
    assert not earlier.exists()
    assert "1 interrupted" in out
    assert "Traceback" not in out
    assert '"state": "interrupted"' in next(project.glob("outputs/mine/*/decisions.jsonl")).read_text()
    clean(mark, temporary)


def test_a_process_whose_clean_up_never_ends_takes_no_other_trial(run_function: Run, temporary: Path) -> None:
    mark = uuid.uuid4().hex
    done = run_function(
        "never_ends", "trainable.import_path=hands:never_ends", "trainable.reuse_workers=true",
        "search_space.x=grid([0,1])", "budget={num_samples: 1, max_concurrent: 1}",
        "stopper=[max_iterations]", "stopper.max_iterations.max_iter=2",
        timeout=120, **{MARK: mark, "TMPDIR": str(temporary)},
    )  # fmt: skip
    assert [line["state"] for line in done.decisions.values()] == ["stopped", "failed"], done.out
    assert "set trainable.reuse_workers=false" in done.decisions["trial_001"]["detail"]
    clean(mark, temporary)


def test_yolo_trials_leave_the_weights_of_the_best_alone(run: Run, project: Path, temporary: Path) -> None:
    mark = uuid.uuid4().hex
    done = run(
        "experiment=shapes_detect", "trainable.keep_best=1", "trainable.train_args.imgsz=64", "searcher=random",
        "scheduler=fifo", "stopper=[max_iterations]", "stopper.max_iterations.max_iter=1",
        "budget={num_samples: 3, max_epochs: 2, max_concurrent: 1}",
        **{MARK: mark, "TMPDIR": str(temporary)},
    )  # fmt: skip
    assert done.code == 0, done.out + done.err
    rows = {row["trial"]: row for row in done.rows("trials.csv")}
    best = max(rows, key=lambda name: float(rows[name]["objective"]))
    assert {path.parents[1].name for path in (done.run / "trials").glob("*/weights/*.pt")} == {best}
    assert {path.parent.name for path in (done.run / "trials").glob("*/args.yaml")} == set(rows)
    assert [name for name, row in rows.items() if row["checkpoint"]] == [best]
    assert (done.run / "best" / "best.pt").read_bytes() == (done.run / rows[best]["checkpoint"]).read_bytes()
    assert not list((done.run / "tune").glob("*/checkpoint_*"))
    assert not list(done.run.rglob(".checkpoint-*"))
    clean(mark, temporary)
