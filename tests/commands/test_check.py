"""check: one preset, many, the words alone; in one process and as a hook."""

import json
import os
import resource
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from runner.__main__ import main
from runner.trainables.yolo.data import shapes
from tests.config.composing import CONF, names

ROOT = Path(__file__).parents[2]
RUNNER = [sys.executable, "-m", "runner"]

FIVE = """\
# @package _global_
defaults:
  - override /trainable: yolo
  - override /search_space: yolo_lr
  - override /searcher: optna
  - override /scheduler: asha
name: mine
budget: {num_samples: 0, max_epochs: 30}
trainable:
  model: yolo11n.yaml
  data: ???
  train_args:
    optimizer: AdamW
    fl_gamma: 2
scheduler: {grace_periodd: 8}
search_space:
  lrf: {upper: -1}
"""
GOOD = """\
# @package _global_
defaults:
  - quickstart
  - _self_
name: mine
"""
HEAD = "# @package _global_\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, text: str, name: str = "conf/experiment/mine.yaml") -> str:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return name


def checked(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> list[str]:
    assert main(["check", *words]) == code
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out.splitlines()


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["check", *words]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err


def test_a_preset_broken_in_five_places_gets_five_lines(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    *lines, summary = checked(capsys, write(folder, FIVE), code=2)
    expected = {
        "conf/experiment/mine.yaml: searcher: ": "did you mean optuna?",
        "conf/experiment/mine.yaml:8: budget.num_samples: ": "set budget.num_samples",
        "conf/experiment/mine.yaml:14: trainable.train_args.fl_gamma: ": "remove trainable.train_args.fl_gamma",
        "conf/experiment/mine.yaml:15: scheduler.grace_periodd: ": "did you mean grace_period?",
        "conf/experiment/mine.yaml:17: search_space.lrf: ": "type search_space.lrf.upper=...",
    }
    assert len(lines) == len(expected)
    for start, remedy in expected.items():
        line = next(line for line in lines if line.startswith(start))
        assert remedy in line.partition(" -> ")[2]
    assert summary == "checked 1 experiment: 0 ok, 1 wrong (5 problems)"


@pytest.mark.slow
def test_every_packaged_preset_is_ok(capsys: pytest.CaptureFixture[str]) -> None:
    lines = checked(capsys, str(CONF / "experiment"))
    told = {Path(line.split(":")[0]).stem for line in lines if ": ok" in line}
    assert told == set(names("experiment"))
    assert lines[-1].startswith(f"checked {len(told)} experiments: {len(told)} ok, 0 wrong")


def test_presets_are_named_by_file_folder_or_name(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    file = write(folder, GOOD)
    nested = write(folder, GOOD, "conf/experiment/team/nested.yaml")
    assert checked(capsys, file)[0] == checked(capsys, "mine")[0] == f"{file}: ok"
    assert checked(capsys, "team/nested")[0] == f"{nested}: ok"
    assert checked(capsys, "conf/experiment")[:-1] == [f"{file}: ok", f"{nested}: ok"]
    assert len(checked(capsys, "mine", file)) == 2, "named twice, checked once"
    elsewhere = write(folder, GOOD, "other/experiment/theirs.yaml")
    assert checked(capsys, "--config-dir", "other", elsewhere)[0] == f"{elsewhere}: ok"


def test_words_lie_on_top_of_each_preset(capsys: pytest.CaptureFixture[str]) -> None:
    lines = checked(capsys, "digits", "quickstart", "budget.num_samples=0", code=2)
    assert [line.partition(": ")[2].split(":")[0] for line in lines[:-1]] == ["budget.num_samples"] * 2
    assert "note: scheduler=fifo replaces the scheduler" in checked(capsys, "digits", "scheduler=fifo")[0]


def test_without_a_name_it_is_what_tune_would_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert checked(capsys)[0].endswith("shapes.yaml: ok")
    lines = checked(capsys, "experiment=null", code=2)
    assert [line.split(": ")[1] for line in lines[:-1]] == ["trainable.model", "trainable.data"]


TEMPLATE = """\
# @package _global_
defaults:
  - bccd
  - _self_
name: mine
trainable: {train_args: {imgsz: 100}}
"""


def test_what_a_preset_leaves_to_its_user_is_told_and_the_rest_is_checked(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    assert checked(capsys, "bccd")[0].endswith("bccd.yaml: ok, needs trainable.data=...")
    assert checked(capsys, "bccd", "trainable.data=data.yaml")[0].endswith("bccd.yaml: ok")
    assert "trainable.data: has no value yet" in checked(capsys, "experiment=bccd", code=2)[0]
    lines = checked(capsys, write(folder, TEMPLATE), code=2)
    assert lines[0].startswith("conf/experiment/mine.yaml:6: trainable.train_args.imgsz: is 100, not a multiple of 32")
    assert len(lines) == 2


def test_what_nobody_has_given_is_a_fault(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    text = HEAD + "defaults: [quickstart, override /stopper: [timeout], _self_]\n"
    lines = checked(capsys, write(folder, text), code=2)
    assert "stopper.timeout.timeout: has no value yet" in lines[0]
    assert "write ???" in lines[0]


def test_a_warning_does_not_fail(capsys: pytest.CaptureFixture[str]) -> None:
    lines = checked(capsys, "yolo_v8")
    assert "warning: search_space.copy_paste: " in lines[0]
    assert "search_space/yolo_v8.yaml:" in lines[0], "the file that says it"
    assert lines[1].endswith("yolo_v8.yaml: ok")


def test_what_clean_data_holds_is_no_warning(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    data = shapes.generate(shapes.Shapes("detect", train=6, val=4, size=32), tmp_path)
    words = ("trainable.model=yolo11n.yaml", f"trainable.data={data}", "~search_space.copy_paste")
    lines = checked(capsys, "yolo_v8", *words, "--here")
    assert "yolo_v8.yaml: note: trainable.data: train 6 images, 6 labelled, " in lines[0]
    assert lines[-1] == "checked 1 experiment: 1 ok, 0 wrong"


@pytest.mark.parametrize(
    ("text", "start"),
    [
        (HEAD + "name: a\n  seed: [1\n", "conf/experiment/mine.yaml:3: mapping values are not allowed here"),
        (HEAD + "name: ${nope}\n", "conf/experiment/mine.yaml:2: name: Interpolation key 'nope' not found"),
        (HEAD + "defaults: [nowhere]\n", "conf/experiment/mine.yaml: experiment: there is no experiment nowhere"),
        (
            HEAD + "defaults: [quickstart, _self_]\nbudget: [1]\n",
            "conf/experiment/mine.yaml:3: budget is a list, and",
        ),
        (
            HEAD + "stopper: [plateau]\nlogger: [csv]\n",
            "conf/experiment/mine.yaml:3: logger is a list, and",
        ),
        (
            HEAD + "objective: {metrics: {metric: a}}\n",
            "conf/experiment/mine.yaml:2: objective.metrics is a mapping",
        ),
        (
            HEAD + "defaults: [quickstart]\nhydra: {job: {name: x}}\n",
            "conf/experiment/mine.yaml:3: hydra.job.name",
        ),
        (
            HEAD + "defaults:\n- quickstart\n- override /hydra/launcher: joblib\n",
            "conf/experiment/mine.yaml:4: hydra/launcher is a setting of Hydra's own -> type ray=local",
        ),
        (
            HEAD + "search_space:\n  a: uniform(0, 1, when={'b': 2})\n",
            "conf/experiment/mine.yaml:3: mapping values",
        ),
        (HEAD + f"name: {'[' * 3000}{']' * 3000}\n", "conf/experiment/mine.yaml: is nested too deeply"),
        (HEAD + "name: &a [*a]\n", "conf/experiment/mine.yaml: its aliases (*name) stand for more"),
        (
            HEAD + "a0: &a0 [1]\n" + "".join(f"a{n + 1}: &a{n + 1} [{f'*a{n}, ' * 9}]\n" for n in range(9)),
            "conf/experiment/mine.yaml: its aliases (*name) stand for more",
        ),
        (
            HEAD + "defaults: [quickstart, _self_]\nstopper: [plateau]\n",
            "conf/experiment/mine.yaml:3: stopper: ['plateau'] is no mapping -> type stopper=[NAME], or in the",
        ),
        ("3\n", "conf/experiment/mine.yaml: Invalid loaded object type: int"),
        (HEAD + "defaults: [override /scheduler: null]\n", "conf/experiment/mine.yaml: scheduler: no scheduler"),
        (HEAD + "defaults: [quickstart, _self_]\ntrainable: 3\n", "conf/experiment/mine.yaml:3: trainable: "),
        (
            HEAD + "defaults: [override /trainable: yol]\n",
            "conf/experiment/mine.yaml: trainable: there is no trainable",
        ),
    ],
)
def test_a_file_that_cannot_be_composed(
    text: str, start: str, capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    assert checked(capsys, write(folder, text), "--here", code=2)[-2].startswith(start)


def test_an_option_of_a_users_group_that_does_not_exist(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    write(folder, "a: 1\n", "conf/foo/yes.yaml")
    file = write(folder, HEAD + "defaults: [quickstart, /foo: nope, _self_]\n")
    assert checked(capsys, file, code=2)[0].startswith(f"{file}: foo: there is no foo nope")


def test_a_byte_order_mark_is_passed_over(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    file = write(folder, "\ufeff" + GOOD)
    assert checked(capsys, file)[0] == f"{file}: ok"


def test_an_unquoted_call_with_braces_is_told_to_be_quoted(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    for line in ("search_space:\n  a: uniform(0, 1, when={'b': 2})\n", "search_space: {a: uniform(0, 1)}\n",
                 "search_space:\n  a: choice([{'b': 2}])\n"):  # fmt: skip
        text = HEAD + "defaults: [quickstart, _self_]\n" + line
        assert "quotes" in checked(capsys, write(folder, text), code=2)[0]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["digts"], "did you mean digits?"),
        (["conf/experiment/digts.yaml"], "there is no such file"),
        (["conf/search_space/mine.yaml"], "type search_space=mine"),
        (["other/experiment/mine.yaml"], "add --config-dir "),
        (["loose.yaml"], "move it to conf/experiment/loose.yaml"),
        (["conf/experiment/mine.yml"], "rename it to mine.yaml"),
        (["conf/experiment/digits.yaml", "--config-dir", "other"], "is hidden by"),
        (["empty"], "holds no presets"),
        (["mine", "experiment=digits"], "remove experiment=digits"),
        (["--schema", "schema.json", "seed=1"], "seed=1 has no effect"),
        (["--schema", "nowhere/schema.json"], "cannot be written"),
        (["--fast"], "unknown flag"),
    ],
)
def test_a_wrong_word_says_what_to_do(
    words: list[str], says: str, capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    for name in ("conf/experiment/mine.yaml", "conf/experiment/digits.yaml", "conf/experiment/mine.yml",
                 "conf/search_space/mine.yaml", "other/experiment/mine.yaml", "other/experiment/digits.yaml",
                 "loose.yaml", "empty/experiment/.keep"):  # fmt: skip
        write(folder, GOOD, name)
    assert says in refused(capsys, *words)


def test_here_looks_at_the_machine(capsys: pytest.CaptureFixture[str]) -> None:
    lines = checked(capsys, "bccd", "trainable.data=nowhere.yaml", "--here", code=2)
    assert "trainable.data: there is no nowhere.yaml" in lines[0]
    lines = checked(capsys, "bccd", "--here")
    assert "this machine was not looked at" in lines[0]


@pytest.mark.slow
def test_here_asks_the_searchers_library_for_its_arguments(capsys: pytest.CaptureFixture[str]) -> None:
    lines = checked(capsys, "digits", "searcher.sampler_args.n_startup=3", "--here", code=2)
    assert "n_startup" in lines[0]


def test_json_holds_the_same(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    found = json.loads("\n".join(checked(capsys, write(folder, FIVE), "bccd", "--json", code=2)))
    mine, bccd = found["results"]
    assert (found["ok"], mine["ok"], bccd["ok"]) == (False, False, True)
    assert (mine["preset"], mine["needs"], bccd["needs"]) == ("mine", ["trainable.data"], ["trainable.data"])
    wrong = next(problem for problem in mine["problems"] if problem["where"] == "scheduler.grace_periodd")
    assert (wrong["rule"], wrong["line"], wrong["fatal"]) == ("unknown-key", 15, True)
    assert wrong["remedy"]


def process(folder: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT), **environment}, capture_output=True,
        text=True, check=False, timeout=60,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    "words", [["check", "shapes", "bccd"], ["check", "--schema"], ["options"], ["options", "matrix"]]
)
def test_neither_ray_nor_torch_is_imported(words: list[str], folder: Path) -> None:
    code = (
        "import sys\nfrom runner.__main__ import main\nassert main(sys.argv[1:]) == 0\n"
        "print('LOADED', *{name.partition('.')[0] for name in sys.modules})"
    )
    done = process(folder, sys.executable, "-c", code, *words)
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.rpartition("LOADED")[2].split())
    assert "pydantic" in loaded
    assert not loaded & {"ray", "torch", "ultralytics", "optuna", "wandb", "pandas", "numpy", "matplotlib"}


def hook() -> dict[str, Any]:
    [found] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert found["id"] == "runner-check"
    return dict(found)


@pytest.mark.slow
def test_the_pre_commit_hook_runs_on_the_files_that_it_is_given(folder: Path) -> None:
    import re

    entry = shlex.split(hook()["entry"])
    assert entry[0] == "runner"
    good, bad = write(folder, GOOD), write(folder, FIVE, "conf/experiment/bad.yaml")
    assert all(re.search(hook()["files"], file) for file in (good, bad))
    assert not re.search(hook()["files"], "conf/search_space/mine.yaml")
    command = [*RUNNER, *entry[1:]]
    assert process(folder, *command, good).returncode == 0
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = process(folder, *command, good, bad)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert (done.returncode, len(done.stdout.splitlines())) == (2, 7)
    assert after.ru_utime - before.ru_utime < 5, "seconds of CPU, the most that a hook may take"
    assert {path.name for path in folder.iterdir()} == {"conf"}


@pytest.mark.slow
def test_the_schema_is_written_and_printed(folder: Path) -> None:
    done = process(folder, *RUNNER, "check", "--schema", "runner.schema.json")
    assert (done.returncode, done.stdout) == (0, "wrote runner.schema.json\n")
    printed = process(folder, *RUNNER, "check", "--schema").stdout
    assert json.loads(printed) == json.loads((folder / "runner.schema.json").read_text())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("runner ch", {"check"}),
        ("runner check searcher=", {f"searcher={name}" for name in names("searcher")}),
        ("runner check bccd conf/experiment searcher=o", {"searcher=optuna"}),
        ("runner tune sched", {"scheduler.", "scheduler="}),
        ("runner options sea", set()),
    ],
)
def test_tab_completes_commands_and_their_configuration(line: str, says: set[str], folder: Path) -> None:
    done = process(folder, *RUNNER, "-sc", "query=bash", COMP_LINE=line)
    assert set(done.stdout.split()) == says, done.stderr
