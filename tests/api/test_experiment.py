"""The Python API without a run: names, experiments, problems."""

import inspect
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import runner
import runner.planning
import runner.reporting
from runner.config.experiment import Experiment
from runner.errors import RunnerError

lock = threading.Lock()
MINE = (
    "experiment=null",
    "trainable=function",
    "trainable.import_path=mine:line",
    "objective.metric=score",
    "objective.mode=max",
)


def test_every_name_is_there_and_documented() -> None:
    for name in runner.__all__:
        found = getattr(runner, name)
        assert inspect.getdoc(found), name
        assert name in dir(runner)
    functions = [name for name in runner.__all__ if name.islower()]
    manual = (Path(__file__).parents[2] / "docs" / "python.md").read_text()
    assert [name for name in functions if f"`{name}(" not in manual] == []
    assert all(inspect.isfunction(getattr(runner, name)) for name in functions)
    assert issubclass(runner.Interrupted, KeyboardInterrupt)
    assert issubclass(runner.ExperimentFailed, RunnerError)
    assert (Path(runner.__file__).parent / "py.typed").is_file()


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'runner' has no attribute 'tuna'"):
        runner.tuna  # noqa: B018


def test_an_experiment_is_composed_of_what_can_be_typed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    events: list[str] = []
    presets = tmp_path / "mine" / "experiment"
    presets.mkdir(parents=True)
    (presets / "own.yaml").write_text("# @package _global_\ndefaults: [digits, _self_]\nname: own\n")
    made = runner.compose(
        "experiment=own", "scheduler=fifo", "budget.num_samples=4", config_dir=tmp_path / "mine", on_event=events.append
    )
    assert isinstance(made, Experiment)
    assert (made.name, made.budget.num_samples, made.scheduler.name) == ("own", 4, "fifo")
    assert [event.startswith("note: scheduler=fifo replaces") for event in events] == [True]
    assert capfd.readouterr() == ("", "")


def test_what_is_wrong_with_an_experiment_is_a_list(capfd: pytest.CaptureFixture[str]) -> None:
    assert runner.check("experiment=quickstart") == []
    wrong = runner.check("experiment=quickstart", "budget.num_samples=0", "seeed=1")
    assert [(problem.where, problem.fatal) for problem in wrong] == [("seeed", True), ("budget.num_samples", True)]
    with pytest.raises(runner.ConfigError) as refused:
        runner.compose("experiment=quickstart", "budget.num_samples=0", "seeed=1")
    assert [problem.where for problem in refused.value.problems] == ["seeed", "budget.num_samples"]
    note, *_ = runner.check("experiment=digits", "scheduler=fifo")
    assert (note.kind, note.fatal) == ("note", False)
    assert note.message.startswith("scheduler=fifo replaces")
    assert capfd.readouterr() == ("", "")


def test_only_the_machine_knows_whether_a_function_is_there(tmp_path: Path) -> None:
    assert [problem for problem in runner.check(*MINE, project=tmp_path) if problem.fatal] == []
    (missing,) = [problem for problem in runner.check(*MINE, project=tmp_path, here=True) if problem.fatal]
    assert missing.message == "there is no module mine"
    (tmp_path / "mine.py").write_text("def line(config):\n    return 1.0\n")
    assert [problem for problem in runner.check(*MINE, project=tmp_path, here=True) if problem.fatal] == []


def test_a_problem_of_a_file_says_which(tmp_path: Path) -> None:
    file = tmp_path / "conf" / "experiment" / "bad.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("# @package _global_\nname: [\n")
    (problem,) = runner.check("experiment=bad", project=tmp_path)
    assert str(file) in problem.where


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: runner.tune(len, metric="score"), "needs search_space for a function"),
        (lambda: runner.tune("seed=1", metric="score"), "metric: only for a function"),
        (lambda: runner.tune("seed=1", len), "takes text, after a function or alone"),
        (lambda: runner.tune(len, search_space={"x": {1, 2}}, metric="score"), "search_space: cannot be written into"),
        (lambda: runner.tune(lambda c: lock, search_space={}, metric="score"), "cannot be sent to a trial"),
        (runner.report, "needs a run"),
        (lambda: runner.report("latest", export=["pdf"]), "'pdf' is no format"),
    ],
)
def test_a_wrong_call_is_answered_in_one_line(call: Callable[[], object], says: str) -> None:
    with pytest.raises(runner.ConfigError, match=says) as refused:
        call()
    assert len(refused.value.problems) == 1
    assert refused.value.problems[0].remedy


def test_a_run_in_another_thread_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("def line(config):\n    return 1.0\n")
    with ThreadPoolExecutor(1) as pool:
        refused = pool.submit(lambda: runner.tune(*MINE, project=tmp_path)).exception()
    assert isinstance(refused, runner.ConfigError)
    assert "a run needs the main thread" in str(refused)
    assert not list(tmp_path.glob("outputs/*/*"))


def test_the_view_and_a_callback_exclude_each_other() -> None:
    with pytest.raises(runner.ConfigError, match="view: shows what on_event would get"):
        runner.tune("experiment=quickstart", on_event=print, view=True)
