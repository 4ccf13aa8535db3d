"""Values that no experiment can use: each is one message with exit code 2, whatever its type or length."""

from pathlib import Path

import pytest

from runner.__main__ import main

LONGEST = 4000
"""Characters of a whole message, whatever was typed."""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def checked(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What `check` prints of a preset that is wrong."""
    assert main(["check", *words]) == 2
    printed = capsys.readouterr()
    text = printed.out + printed.err
    assert len(text) < LONGEST
    return text


def write(folder: Path, content: str, name: str = "mine") -> None:
    file = folder / "conf" / "experiment" / f"{name}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"# @package _global_\n{content}", encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["searcher.sampler=5"], "searcher.sampler: 5: input should be 'tpe'"),
        (["searcher.sampler=null"], "searcher.sampler: None: input should be 'tpe'"),
        (["trainable.on_oom=0"], "trainable.on_oom: 0: input should be"),
        (["trainable.task=1"], "trainable.task: 1: input should be"),
        (["logger=[wandb]", "logger.wandb.mode=1"], "logger.wandb.mode: 1: input should be"),
        (
            ["search_space.lr0={distribution: randint, lower: 1, upper: abc}"],
            "search_space.lr0: upper='abc' is not a finite number",
        ),
        (["search_space.lr0={distribution: choice, categories: -1}"], "must be a list with at least one value"),
        (["search_space.lr0={distribution: choice, categories: {a: 1}}"], "must be a list with at least one value"),
        (["search_space.lr0=uniform(0,1" + "0" * 400 + ")"], "is not a finite number"),
    ],
)
def test_a_value_of_another_type(words: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert says in checked(capsys, *words)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["stopper=[threshold]", "stopper.threshold.value=nan"], "stopper.threshold.value: nan is not a finite number"),
        (["scheduler.reduction_factor=inf"], "scheduler.reduction_factor: inf is not a finite number"),
        (["resources.cpu=inf"], "resources.cpu: inf is not a finite number"),
        (["trainable.train_args.weight_decay=-inf"], "trainable.train_args.weight_decay: -inf is not a finite number"),
        (["search_space.lr0=choice([0.1,.nan])"], "search_space.lr0"),
        ([f"budget.num_samples={10**400}"], "budget.num_samples: a whole number of 401 digits"),
        (["budget.num_samples=10000000000"], "budget.num_samples: 10000000000: input should be less than"),
        (["budget.time_budget=999999999d"], "budget.time_budget: 86399999913600.0: input should be less than"),
        (["searcher.repeat=1000000000"], "searcher.repeat: 1000000000: input should be less than"),
        (["name=a\0b"], r"name: holds the character '\x00'"),
        (["logger=[wandb]", "logger.wandb.group=a\x1b[31mb"], r"logger.wandb.group: holds the character '\x1b'"),
        (["trainable.data=a\0b"], r"trainable.data: holds the character '\x00'"),
        (["output_dir=s3://bucket/x"], "type output_dir=FOLDER"),
        (["output_dir=file:///tmp/x"], "type output_dir=FOLDER"),
    ],
)
def test_a_value_that_means_nothing(words: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert says in checked(capsys, *words)


@pytest.mark.parametrize(
    "words",
    [
        ["search_space.cos_lr=choice([true,false])"],
        ["experiment=quickstart", "search_space.clip=inf", "search_space.norm=choice([1.0,inf,null])"],
    ],
)
def test_words_of_yaml_are_values_in_a_call_too(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", *words]) == 0
    capsys.readouterr()


_LEVELS = "".join(f",&{'abcdefg'[n + 1]} [{','.join(9 * ['*' + 'abcdefg'[n]])}]" for n in range(6))
BOMB = f"[&a [{','.join(9 * '1')}]{_LEVELS}]"


@pytest.mark.parametrize(
    "argv",
    [
        ["plan", "--proposals", "²"],
        ["plan", "--proposals", "9" * 5000],
        ["check", "experiment=forest", "objective.metrics.².metric=a"],
        ["check", "experiment=forest", f"objective.metrics.{'9' * 5000}.metric=a"],
        ["check", f"trainable.train_args.imgsz={'[' * 2000}{']' * 2000}"],
        ["check", f"trainable.train_args.imgsz={BOMB}"],
        ["check", "seed=99999999999999999999"],
    ],
)
def test_what_reads_like_a_number_or_a_list_and_is_none(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv) == 2
    printed = capsys.readouterr()
    assert len(printed.out + printed.err) < LONGEST


LONG = "x" * 300


@pytest.mark.parametrize(
    "argv",
    [
        ["check", f"name={LONG}"],
        ["plan", f"name={LONG}"],
        ["check", f"experiment={LONG}"],
        ["check", LONG],
        ["check", f"searcher={LONG}"],
        ["check", f"trainable.data={LONG}", "--here"],
        ["check", f"trainable.model={LONG}.pt", "--here"],
        ["check", f"trainable.model={LONG}.yaml"],
        ["check", f"output_dir={LONG}", "--here"],
        ["check", f"searcher.points_to_evaluate={LONG}", "--here"],
        ["check", f"searcher.warm_start={LONG}", "--here"],
        ["check", "experiment=digits", f"trainable.import_path={LONG}:f", "--here"],
        ["check", "experiment=quickstart", "stopper=[function]", f"stopper.function.import_path={LONG}:f", "--here"],
        ["plan", f"--config-dir={LONG}"],
        ["resume", LONG],
        ["why", LONG],
        ["check", "--schema", LONG],
    ],
)
def test_a_word_that_is_longer_than_a_file_name_may_be(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv) == 2
    printed = capsys.readouterr()
    assert LONG[:50] in printed.out + printed.err
    assert "File name too long" not in printed.out


def test_a_long_value_is_shortened_in_the_message(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    long = "x" * 100_000
    for words in (
        [f"name={long}"], [f"seed={long}"], [f"{long}=1"], [f"searcher={long}"], [f"search_space.lr0={long}("],
        [f"budget.num_samples=[{'1, ' * 30_000}]"], [f"trainable.train_args.{long}=3"], [long],
    ):  # fmt: skip
        checked(capsys, *words)
    write(folder, f"name: {long}\n{long}: {long}\n")
    checked(capsys, "mine")
