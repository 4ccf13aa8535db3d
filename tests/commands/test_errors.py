"""A user's mistake: exit 2, every problem in one message, what to type instead, no traceback, nothing created."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from runner.__main__ import main

SECONDS = 3.0
"""Of CPU: what a message may take, however busy the machine is."""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def message(capsys: pytest.CaptureFixture[str], folder: Path, *argv: str) -> str:
    """What `argv` is refused with. An exception instead of a message would end the test."""
    before = sorted(folder.rglob("*"))
    assert main(argv) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "error: " in captured.err
    assert sorted(folder.rglob("*")) == before, "nothing was created"
    return captured.err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("word", "says", "remedy"),
    [
        ("searcher=optna", "there is no searcher optna", "did you mean optuna?"),
        ("scheduler.grace_periodd=3", "scheduler.grace_periodd: unknown key", "did you mean grace_period?"),
        ("search_space.lr0.upper=-1", "the range is empty", "search_space.lr0.upper=..."),
        ("trainable.train_args.fl_gamma=1", "fl_gamma is no argument of train()", "remove trainable.train_args.fl_g"),
        ("objective.metric=metrics/mAP50(Q)", "is not reported", "did you mean metrics/mAP50(M)"),
    ],
)
def test_the_mistakes_that_people_make_are_answered_soon(word: str, says: str, remedy: str, folder: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-m", "runner", word], capture_output=True, text=True, check=False, timeout=60
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert says in done.stderr
    assert remedy in done.stderr
    assert len(done.stderr.splitlines()) <= 3
    assert "Traceback" not in done.stderr
    assert not list(folder.iterdir())
    assert after.ru_utime - before.ru_utime < SECONDS


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["--multirn"], "did you mean --multirun?"),
        (["asha"], "type scheduler=asha"),
        (["tune", "asha"], "type scheduler=asha"),
        (["seed=1,2"], "add -m"),
        (["scheduler=fifo,asha"], "add -m"),
        (["budget.time_budget=2x"], "is no duration"),
        (["name=../x"], "no single file name"),
        (["scheduler.reduction_factor='1e1'"], "write the number without quotes"),
        (["name=${nope}"], "Interpolation key 'nope' not found"),
        (["--config-dir", "nowhere"], "nowhere is not a folder"),
        (["--config-dir", "nowhere", "--help"], "nowhere is not a folder"),
        (["experiment=bccd"], "type trainable.data=..."),
        (["experiment=digits", "trainable.import_path=nowhere:f"], "there is no module nowhere"),
        (["experiment=digits", "output_dir=/dev/null/x"], "cannot be written"),
        (["-m", "experiment=digits", "seed=interval(0,1)"], "is not a list of values"),
        (["-m", "experiment=digits", "ray=local,cluster"], "jobs differ in it"),
        (["--cfg", "job", "searcher=optna"], "did you mean optuna?"),
        (["--info", "defaults", "searcher=optna"], "did you mean optuna?"),
    ],
)
def test_a_mistake_on_the_command_line(
    argv: list[str], says: str, capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    assert says in message(capsys, folder, *argv)


UNREADABLE = [
    (b"# @package _global_\nname: a\n  seed: [1\n", "mine.yaml, line 3"),
    (b"# @package _global_\nname: a\nname: b\n", "mine.yaml, line 3: found duplicate key name"),
    (b"# @package _global_\nname: caf\xe9\n", "mine.yaml: is not written in UTF-8"),
]
WRONG = [
    (b"# @package _global_\nname: ${nope}\n", "name: Interpolation key 'nope' not found"),
    (b"name: a\n", "# @package _global_"),
]


@pytest.mark.parametrize(
    ("flags", "content", "says"),
    [
        *(((), *row) for row in (*UNREADABLE, *WRONG)),
        *((("-m",), *row) for row in (*UNREADABLE, *WRONG)),
        *((("--info", "defaults"), *row) for row in UNREADABLE),
        *((("--cfg", "job"), *row) for row in UNREADABLE),
    ],
)
def test_a_mistake_in_a_users_preset(
    flags: tuple[str, ...], content: bytes, says: str, capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    (folder / "conf" / "experiment").mkdir(parents=True)
    (folder / "conf" / "experiment" / "mine.yaml").write_bytes(content)
    assert says in message(capsys, folder, *flags, "experiment=mine")


def test_every_problem_is_told_at_once(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    text = message(
        capsys, folder, "name=../x", "budget.num_samples=0", "scheduler.grace_periodd=1", "search_space.lr0.upper=-1",
        "trainable.train_args.fl_gamma=1", "objective.metric=metrics/mAP50(Q)",
    )  # fmt: skip
    for where in (
        "name", "budget.num_samples", "scheduler.grace_periodd", "search_space.lr0", "objective.metric",
    ):  # fmt: skip
        assert f"{where}: " in text
    assert text.count("error: ") == 1


def test_a_multirun_tells_the_problems_of_all_jobs_with_their_jobs(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    text = message(capsys, folder, "-m", "experiment=digits", "searcher=random,optna", "budget.num_samples=0,2")
    assert "job 0 (experiment=digits searcher=random budget.num_samples=0): budget.num_samples" in text
    assert "job 1" not in text
    assert "job 2 (experiment=digits searcher=optna budget.num_samples=0): searcher" in text
    assert "job 3 (experiment=digits searcher=optna budget.num_samples=2): searcher" in text


def test_a_multirun_checks_the_machine_before_its_first_job(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    paths = "trainable.import_path=runner.examples.digits:train,nowhere:f"
    assert "there is no module nowhere" in message(capsys, folder, "-m", "experiment=digits", paths)
