"""Reading the config: types, names, one home for each thing, and every problem at once."""

import pytest

from runner.config.duration import seconds
from tests.config.composing import experiment, problems, refused

DIGITS = "experiment=digits"
YOLO = "experiment=shapes"


@pytest.mark.parametrize(
    ("word", "home"),
    [
        ("scheduler.max_t=3", "budget.max_epochs"),
        ("scheduler.num_samples=3", "budget.num_samples"),
        ("scheduler.seed=3", "seed"),
        ("searcher.metric=loss", "objective.metric"),
        ("searcher.mode=min", "objective.mode"),
        ("searcher.seed=3", "seed"),
        ("searcher.max_concurrent=2", "budget.max_concurrent"),
        ("searcher.num_samples=2", "budget.num_samples"),
        ("budget.epochs=3", "budget.max_epochs"),
        ("budget.max_t=3", "budget.max_epochs"),
        ("budget.iterations=3", "budget.num_samples"),
        ("budget.max_concurrent_trials=3", "budget.max_concurrent"),
        ("budget.time_budget_s=3", "budget.time_budget"),
        ("resources.gpu_per_trial=1", "resources.gpu"),
        ("gpu_per_trial=1", "resources.gpu"),
        ("resources_per_trial={cpu: 1}", "resources"),
        ("epochs=3", "budget.max_epochs"),
        ("max_epochs=3", "budget.max_epochs"),
        ("iterations=3", "budget.num_samples"),
        ("num_samples=3", "budget.num_samples"),
        ("metric=loss", "objective.metric"),
        ("trainable.epochs=3", "budget.max_epochs"),
        ("scheduler.time_attr=epoch", "leave it out"),
    ],
)
def test_a_thing_said_away_from_its_home_names_the_home(word: str, home: str) -> None:
    problem = refused(DIGITS, word)
    assert (problem.rule, problem.where) == ("one-home", word.partition("=")[0])
    assert home in problem.remedy


@pytest.mark.parametrize(
    ("word", "home"),
    [
        ("trainable.train_args.epochs=3", "budget.max_epochs"),
        ("trainable.train_args.data=x.yaml", "trainable.data"),
        ("trainable.train_args.device=0", "resources.gpu"),
        ("trainable.train_args.seed=1", "set seed"),
        ("search_space.epochs=randint(1,3)", "budget.max_epochs"),
        ("trainable.train_args.project=x", "output_dir"),
    ],
)
def test_an_argument_of_train_with_another_home_names_it(word: str, home: str) -> None:
    problem = refused(YOLO, word)
    assert problem.rule == "yolo-home"
    assert home in problem.remedy


def test_a_scheduler_and_a_stopper_may_watch_another_metric() -> None:
    assert not problems(DIGITS, "scheduler.metric=loss", "scheduler.mode=min")
    assert not problems(DIGITS, "stopper=plateau", "stopper.plateau.metric=loss", "stopper.plateau.mode=min")


@pytest.mark.parametrize(
    ("word", "rule", "says"),
    [
        ("name=../x", "name", "no single file name"),
        ("name=/x", "name", "no single file name"),
        ("name=a/b", "name", "no single file name"),
        ("name=.hidden", "name", "no single file name"),
        ("name=..", "name", "no single file name"),
        ("name=null", "name", "no single file name"),
        ("name=", "name", "no single file name"),
        ("name=3", "name", "no single file name"),
        ("name='a '", "name", "no single file name"),
        (f"name={'x' * 101}", "name", "no single file name"),
        ("seed=-1", "type", "no whole number"),
        ("seed=1.5", "type", "no whole number"),
        ("seed=true", "type", "no whole number"),
        ("seed=4294967296", "type", "no whole number"),
        ("seed='1'", "type", "no whole number"),
        ("output_dir=null", "type", "no folder"),
        ("resources=5", "type", "set its keys: cpu, gpu"),
        ("resources=null", "type", "set its keys: cpu, gpu"),
        ("budget.num_samples=0", "value", "greater than or equal to 1"),
        ("budget.num_samples='2'", "value", "valid integer"),
        ("budget.num_samples=2.5", "value", "valid integer"),
        ("budget.max_epochs=0", "value", "greater than or equal to 1"),
        ("budget.max_concurrent=0", "value", "greater than or equal to 1"),
        ("budget.time_budget=2x", "value", "is no duration; write seconds, or 90m"),
        ("budget.time_budget=0", "value", "greater than 0"),
        ("budget.num_sample=3", "unknown-key", "did you mean num_samples?"),
        ("resources.cpu=0", "value", "greater than 0"),
        ("resources.gpu=-1", "value", "greater than or equal to 0"),
        ("resources.gpus=1", "unknown-key", "did you mean gpu?"),
        ("scheduler.grace_periodd=3", "unknown-key", "did you mean grace_period?"),
        ("scheduler.grace_period=0", "value", "greater than or equal to 1"),
        ("scheduler.reduction_factor=1", "value", "greater than 1"),
        ("scheduler.reduction_factor='1e1'", "value", "without quotes"),
        ("searcher.sampler=cma", "value", "did you mean cmaes?"),
        ("searcher.points_to_evaluate={lr: 1}", "value", "neither a list of configurations"),
        ("searcher.warm_start={run: a, best: 1, results: true}", "value", "remove best, or results"),
        ("searcher.warm_start=5", "value", "path of a run folder"),
        ("trainable.train_args.lr0=1", "unknown-key", "import_path, metrics"),
        ("trainable.import_path=null", "value", "valid string"),
        ("trainable.function=a:b", "one-home", "trainable.import_path"),
        ("ray.num_cpus=0", "value", "greater than or equal to 1"),
        ("ray.address=auto", "unknown-key", "num_cpus, num_gpus"),
        ("searchr=optuna", "unknown-key", "did you mean searcher"),
        ("experimen=digits", "unknown-key", "did you mean experiment?"),
    ],
)
def test_a_wrong_value_or_key_is_one_problem(word: str, rule: str, says: str) -> None:
    problem = refused(DIGITS, word)
    where = word.partition("=")[0]
    assert problem.rule == rule
    assert problem.where == {"trainable.train_args.lr0": "trainable.train_args"}.get(where, where)
    assert problem.remedy
    assert says in str(problem)


@pytest.mark.parametrize("name", ["a", "my_experiment", "run-1.2", "ünï", "a b", "2026"])
def test_a_name_is_one_file_name(name: str) -> None:
    assert experiment(DIGITS, f"name='{name}'").name == name


@pytest.mark.parametrize(
    ("text", "expected"),
    [(90, 90), ("90s", 90), ("90m", 5400), ("2h", 7200), ("1h30m", 5400), ("1h 30m", 5400), ("2d", 172800),
     ("0.5h", 1800)],
)  # fmt: skip
def test_time_as_people_write_it(text: object, expected: float) -> None:
    assert seconds(text) == expected
    assert experiment(DIGITS, f"budget.time_budget={text}").budget.time_budget == expected


@pytest.mark.parametrize("text", ["2x", "h", "1h30", "-2h", "1,5h", ""])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="is no duration"):
        seconds(text)


def test_a_number_without_a_point_is_a_number() -> None:
    """PyYAML reads 1e-5 as text, OmegaConf as a number; a preset relies on the latter."""
    assert experiment(DIGITS, "scheduler.reduction_factor=3e0").scheduler.options["reduction_factor"] == 3.0


def test_every_problem_of_every_node_is_told_at_once() -> None:
    found = problems(
        DIGITS, "name=../x", "seed=-1", "budget.num_samples=0", "budget.epochs=3", "scheduler.grace_periodd=1",
        "search_space.lr.upper=-1", "objective.metric=los", "searcher.sampler=cma", "stopper.timeout.timeout=1",
        "logger.wandb.mode=offline", "resources.cpu=0", "tags=[a]",
    )  # fmt: skip
    assert {problem.where for problem in found} >= {
        "name", "seed", "budget.num_samples", "budget.epochs", "scheduler.grace_periodd", "search_space.lr",
        "objective.metric", "searcher.sampler", "stopper.timeout", "logger.wandb", "resources.cpu", "tags",
    }  # fmt: skip
    assert len(found) == 12


def test_reading_and_checking_tell_in_one_breath() -> None:
    found = problems(YOLO, "budget.num_samples=0", "trainable.train_args.fl_gamma=1", "stopper.plateau.std=1")
    assert [problem.where for problem in found if problem.fatal] == [
        "budget.num_samples", "stopper.plateau", "trainable.train_args.fl_gamma",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "limit"), [("null", None), ("0", 0), ("3", 3), ("50%", 5), ("'12.5%'", 1), ("100%", 10)]
)
def test_the_failures_of_an_experiment_are_a_number_or_a_share(given: str, limit: int | None) -> None:
    assert experiment(DIGITS, f"budget.max_failed_trials={given}").budget.failed_trials(10) == limit


@pytest.mark.parametrize("given", ["0.5", "-1", "120%", "half", "true", "[1]"])
def test_any_other_number_of_failures_is_refused(given: str) -> None:
    problem = refused(DIGITS, f"budget.max_failed_trials={given}")
    assert (problem.where, problem.rule) == ("budget.max_failed_trials", "value")
    assert "neither a whole number from 0 on nor a share of the trials such as 50%" in problem.message
