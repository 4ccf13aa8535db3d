"""The machine tier: disk, login, CPUs and GPUs, and the user's own function."""

from pathlib import Path

import pytest

from runner.checks import machine_problems, resource_problems
from runner.errors import Problem
from tests.config.composing import experiment

DIGITS = "experiment=digits"


@pytest.fixture(autouse=True)
def nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder without any login, and the folder in which the command is typed."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    return home


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def found(project: Path, *words: str) -> list[Problem]:
    return machine_problems(experiment(DIGITS, *words), project)


def only(project: Path, *words: str) -> Problem:
    problems = found(project, *words)
    assert len(problems) == 1, "\n".join(map(str, problems)) or "no problem was found"
    assert problems[0].fatal
    assert problems[0].remedy
    return problems[0]


def test_a_good_machine_has_no_problem_and_nothing_is_created(project: Path) -> None:
    assert found(project) == []
    assert list(project.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "available", "where"),
    [
        (["resources.cpu=4"], {"CPU": 2.0}, "resources.cpu"),
        (["resources.gpu=1"], {"CPU": 2.0}, "resources.gpu"),
        (["resources.gpu=0.5"], {"CPU": 2.0}, "resources.gpu"),
        (["resources.gpu=2"], {"CPU": 2.0, "GPU": 1.0}, "resources.gpu"),
    ],
)
def test_a_trial_that_asks_for_more_than_there_is_is_refused(
    words: list[str], available: dict[str, float], where: str
) -> None:
    problems = resource_problems(experiment(DIGITS, *words), available)
    assert [(problem.rule, problem.where, problem.fatal) for problem in problems] == [("resources", where, True)]
    there = available.get(where.rpartition(".")[2].upper(), 0)
    assert f"{there:g}" in problems[0].message
    assert problems[0].remedy == f"type {where}={there:g}"


@pytest.mark.parametrize(
    ("words", "available"),
    [
        ([], {"CPU": 1.0}),
        (["resources.cpu=2"], {"CPU": 2.0}),
        (["resources.gpu=0.5"], {"CPU": 1.0, "GPU": 1.0}),
        (["resources.gpu=0"], {"CPU": 1.0}),
    ],
)
def test_a_trial_that_fits_is_not_refused(words: list[str], available: dict[str, float]) -> None:
    assert resource_problems(experiment(DIGITS, *words), available) == []


def test_both_resources_are_told_at_once() -> None:
    asked = experiment(DIGITS, "resources.cpu=9", "resources.gpu=9")
    assert len(resource_problems(asked, {"CPU": 2.0, "GPU": 1.0})) == 2


WANDB = "logger=[csv,wandb]"


def test_wandb_online_without_a_login_is_refused(project: Path) -> None:
    problem = only(project, WANDB)
    assert (problem.rule, problem.where) == ("wandb-login", "logger.wandb.mode")
    assert "wandb login" in problem.remedy
    assert "logger.wandb.mode=offline" in problem.remedy


@pytest.mark.parametrize("mode", ["offline", "disabled"])
def test_wandb_needs_no_login_where_nothing_is_sent(project: Path, monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    assert found(project, WANDB, f"logger.wandb.mode={mode}") == []
    monkeypatch.setenv("WANDB_MODE", mode)
    assert found(project, WANDB) == []
    assert only(project, WANDB, "logger.wandb.mode=online").rule == "wandb-login", "what the config says counts"


def test_comet_online_without_a_login_is_refused(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(project, "logger=[comet]") == [], "offline, where there is no key"
    problem = only(project, "logger=[comet]", "logger.comet.mode=online")
    assert (problem.rule, problem.where) == ("comet-login", "logger.comet.mode")
    monkeypatch.setenv("COMET_API_KEY", "x" * 25)
    assert found(project, "logger=[comet]", "logger.comet.mode=online") == []


def test_a_key_in_the_environment_is_a_login(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANDB_API_KEY", "x" * 40)
    assert found(project, WANDB) == []


def test_a_key_in_netrc_is_a_login(project: Path, nobody: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = nobody / ".netrc"
    file.write_text("machine example.org login user password other\n", encoding="utf-8")
    file.chmod(0o600)
    assert only(project, WANDB).rule == "wandb-login"
    file.write_text("machine api.wandb.ai login user password key\n", encoding="utf-8")
    assert found(project, WANDB) == []
    file.rename(nobody / "elsewhere")
    assert only(project, WANDB).rule == "wandb-login"
    monkeypatch.setenv("NETRC", str(nobody / "elsewhere"))
    assert found(project, WANDB) == []


def test_a_netrc_that_cannot_be_read_is_no_login(project: Path, nobody: Path) -> None:
    (nobody / ".netrc").write_text("what is this", encoding="utf-8")
    assert only(project, WANDB).rule == "wandb-login"


def test_an_output_folder_that_is_a_file_is_refused(project: Path) -> None:
    (project / "outputs").write_text("", encoding="utf-8")
    problem = only(project)
    assert (problem.rule, problem.where) == ("output-dir", "output_dir")
    assert "cannot be written" in problem.message
    assert found(project, "output_dir=elsewhere") == []


def test_an_output_folder_below_a_file_is_refused(project: Path) -> None:
    (project / "file").write_text("", encoding="utf-8")
    assert only(project, "output_dir=file/below/it").rule == "output-dir"


def test_an_output_folder_without_write_permission_is_refused(project: Path) -> None:
    import os

    locked = project / "locked"
    locked.mkdir(mode=0o500)
    if os.access(locked, os.W_OK):
        pytest.skip("this user may write everywhere")
    assert only(project, "output_dir=locked/outputs").rule == "output-dir"


def test_too_little_room_is_refused(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from runner.checks import machine

    monkeypatch.setattr(machine, "LEAST_FREE_BYTES", 1 << 62)
    problem = only(project)
    assert (problem.rule, problem.where) == ("disk", "output_dir")
    assert "MB are free" in problem.message


SOURCE = """\
from math import sqrt as root
import lib

def fit(config):
    raise SystemExit("this file was run")

class Trainer: ...

other = fit
raise SystemExit("this file was run")
"""


@pytest.fixture
def mine(project: Path) -> Path:
    """A module and a package of the user's, neither of which survives being imported."""
    (project / "mine.py").write_text(SOURCE, encoding="utf-8")
    (project / "pack" / "deep").mkdir(parents=True)
    (project / "pack" / "__init__.py").write_text("raise SystemExit('this file was run')", encoding="utf-8")
    (project / "pack" / "deep" / "train.py").write_text(SOURCE, encoding="utf-8")
    return project


@pytest.mark.parametrize("path", ["mine:fit", "mine:other", "mine:root", "mine:Trainer", "pack.deep.train:fit"])
def test_a_function_in_the_users_folder_is_found_without_running_it(mine: Path, path: str) -> None:
    assert found(mine, f"trainable.import_path={path}") == []


@pytest.mark.parametrize(
    ("path", "message", "remedy"),
    [
        ("mine:fitt", "mine has no function fitt", "did you mean fit?"),
        ("mine:zzzzz", "mine has no function zzzzz", "known: "),
        ("nowhere:fit", "there is no module nowhere", "install it"),
        ("pack.shallow:fit", "there is no module pack.shallow", "holds pack"),
        ("pack.deep.nope:fit", "there is no module pack.deep.nope", "holds pack"),
        ("runner.examples.digits:trian", "runner.examples.digits has no function trian", "did you mean train?"),
    ],
)
def test_a_function_that_is_not_there_is_told_with_the_nearest(
    mine: Path, path: str, message: str, remedy: str
) -> None:
    problem = only(mine, f"trainable.import_path={path}")
    assert (problem.rule, problem.where, problem.message) == ("import-path", "trainable.import_path", message)
    assert remedy in problem.remedy


TRAIN = ("trainable.import_path=mine:train", "search_space=none", "search_space.lr=uniform(0,1)")


@pytest.mark.parametrize(
    ("parameters", "where", "message"),
    [
        ("config", "", ""),
        ("config, data=None", "", ""),
        ("lr", "", ""),
        ("lr, steps=3", "", ""),
        ("lr=0.1, *, steps: int = 3", "", ""),
        ("**options", "", ""),
        ("*configs", "", ""),
        ("config, /", "", ""),
        ("lr: dict", "", ""),
        ("C, lr", "trainable.import_path", "mine:train(C, lr) needs C, which the search space lacks"),
        ("*, depth", "trainable.import_path", "mine:train(*, depth) needs depth, which the search space lacks"),
        ("", "trainable.import_path", "mine:train() takes no configuration"),
    ],
)
def test_a_function_takes_the_configuration_or_its_parts_by_name(
    project: Path, parameters: str, where: str, message: str
) -> None:
    (project / "mine.py").write_text(f"def train({parameters}):\n    raise SystemExit\n", encoding="utf-8")
    problems = [problem for problem in found(project, *TRAIN) if problem.where == where]
    assert [problem.message for problem in problems] == ([message] if message else [])
    assert where or found(project, *TRAIN) == []


def test_a_parameter_that_the_function_does_not_take_or_may_miss_is_refused(project: Path) -> None:
    (project / "mine.py").write_text("def train(kind, lr, depth=2): ...\n", encoding="utf-8")
    space = ("search_space.kind=choice(['a','b'])", "search_space.width=3", "search_space.seed=7")
    conditional = "search_space.lr={distribution: uniform, lower: 0, upper: 1, when: {kind: a}}"
    problems = {p.where: (p.message, p.remedy) for p in found(project, *TRAIN[:2], *space, conditional)}
    assert set(problems) == {"trainable.import_path", "search_space.width"}
    assert problems["trainable.import_path"][0].endswith("needs lr, which only some configurations have")
    assert "'~search_space.width'" in problems["search_space.width"][1]
    for remedy in ("def train(kind, lr=0.1, **others): ...", "def train(config): ..."):
        (project / "mine.py").write_text(remedy, encoding="utf-8")
        assert found(project, *TRAIN[:2], *space, conditional) == []


@pytest.mark.parametrize("code", ["@staticmethod\ndef train(): ...", "class train: ...", "train = print"])
def test_a_signature_that_only_an_import_would_tell_is_left_alone(project: Path, code: str) -> None:
    (project / "mine.py").write_text(code, encoding="utf-8")
    assert found(project, *TRAIN) == []


def test_a_method_is_no_function_of_the_module(project: Path) -> None:
    (project / "mine.py").write_text("class Trainer:\n    def fit(self, config): ...\n", encoding="utf-8")
    assert "has no function fit" in only(project, "trainable.import_path=mine:fit").message


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (None, "there is no file"),
        ("", "is empty"),
        ("{}\n", "line 1: is no step of a schedule"),
        ('["a", "b", 2, 2, {"x": 1}, {"x": 2}]\nx\n', "line 2: is no step of a schedule"),
        ('["a", "b", 2, 2, {"x": 1}, {"x": 2}]\n', ""),
    ],
)
def test_a_schedule_to_replay_is_read_before_the_start(project: Path, text: str | None, says: str) -> None:
    if text is not None:
        (project / "policy.txt").write_text(text)
    words = ("searcher=random", "scheduler=pbt_replay", "scheduler.policy_file=policy.txt", "search_space=none")
    if not says:
        assert found(project, *words) == []
        return
    problem = only(project, *words)
    assert (problem.rule, problem.where) == ("policy-file", "scheduler.policy_file")
    assert says in problem.message
    assert "pbt_policy_TRIAL.txt" in problem.remedy
