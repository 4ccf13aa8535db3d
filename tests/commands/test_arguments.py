"""The command line: flags, and what is configuration."""

import pytest

from runner.commands.arguments import parse
from runner.errors import ConfigError


def test_words_are_kept_in_order_and_flags_may_stand_anywhere() -> None:
    found = parse(["seed=1", "-m", "scheduler=fifo,asha", "--cfg", "job", "~search_space.lr0"])
    assert found.words == ("seed=1", "scheduler=fifo,asha", "~search_space.lr0")
    assert (found.multirun, found.cfg, found.command) == (True, "job", "tune")


@pytest.mark.parametrize(
    ("argv", "field", "value"),
    [
        (["-m"], "multirun", True),
        (["--multirun"], "multirun", True),
        (["-h"], "help", True),
        (["--help"], "help", True),
        (["--version"], "version", True),
        (["-c", "job", "--resolve"], "resolve", True),
        (["-c", "job"], "cfg", "job"),
        (["--cfg=hydra"], "cfg", "hydra"),
        (["-i"], "info", "all"),
        (["-i", "seed=1"], "info", "all"),
        (["--info", "defaults"], "info", "defaults"),
        (["-cd", "x"], "config_dir", "x"),
        (["--config-dir=a b/c"], "config_dir", "a b/c"),
        (["-c", "job", "-p", "scheduler"], "package", "scheduler"),
        (["-sc", "install=bash"], "completion", "install=bash"),
        (["tune"], "command", "tune"),
    ],
)
def test_a_flag_sets_its_field(argv: list[str], field: str, value: object) -> None:
    assert getattr(parse(argv), field) == value


def test_tune_may_be_typed_or_left_out() -> None:
    assert parse(["tune", "seed=1"]) == parse(["seed=1"])


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["--multirn"], "did you mean --multirun?"),
        (["--foo"], "unknown flag"),
        (["-x"], "unknown flag"),
        (["--multirun=yes"], "unknown flag"),
        (["--cfg"], "type --cfg job"),
        (["--cfg", "jobs"], "one of job, hydra, all"),
        (["--cfg", "seed=1"], "needs a value"),
        (["--info", "everything"], "one of all, config"),
        (["--config-dir"], "needs a value"),
        (["help"], "type --help"),
        (["version"], "type --version"),
    ],
)
def test_a_flag_that_does_not_exist_says_what_to_type(argv: list[str], says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(argv)
    assert says in str(caught.value)
    assert caught.value.exit_code == 2
