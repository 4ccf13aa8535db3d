"""Words of the command line: what each sets, and the jobs that the sweeps of a multirun give."""

from typing import Any

import pytest

from runner.config.compose import compose
from runner.config.overrides import expand, split_top_level
from runner.errors import ConfigError, Problem
from tests.config.composing import composed, config, loader, refused

DIGITS = "experiment=digits"


def node(words: dict[str, Any], key: str) -> Any:
    value: Any = words
    for part in key.split("."):
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("seed=7", 7),
        ("+seed=7", 7),
        ("++seed=7", 7),
        ("name=ünï", "ünï"),
        ("name=a b", "a b"),
        ("name='a b'", "a b"),
        ('name="a=b, c"', "a=b, c"),
        ("name=a=b", "a=b"),
        ("name=null", None),
        ("name=", ""),
        ("budget.time_budget=1h 30m", "1h 30m"),
        ("budget.max_concurrent=2", 2),
        ("resources.gpu=0.5", 0.5),
        ("resources.gpu=1e-1", 0.1),
        ("objective.metric=metrics/mAP50-95(M)", "metrics/mAP50-95(M)"),
        ("objective.metrics=[{metric: metrics/mAP50(M), weight: 0.7}, {metric: val/loss, weight: 0.3}]",
         [{"metric": "metrics/mAP50(M)", "weight": 0.7}, {"metric": "val/loss", "weight": 0.3}]),
        ("objective.metrics.0.metric=loss", "loss"),
        ("trainable.import_path=mine.train:fit", "mine.train:fit"),
        ("trainable.metrics=[a,b]", ["a", "b"]),
        ("trainable.train_args.freeze=[0,1]", [0, 1]),
        ("trainable.train_args.optimizer=SGD", "SGD"),
        ("+trainable.train_args.amp=false", False),
        ("trainable.data=/data/a b/data (1).yaml", "/data/a b/data (1).yaml"),
        ("searcher.points_to_evaluate=[{lr: 1e-3, momentum: 0.5}, {lr: 0.002, momentum: 0.1}]",
         [{"lr": 1e-3, "momentum": 0.5}, {"lr": 0.002, "momentum": 0.1}]),
        ("searcher.sampler_args.n_startup_trials=3", 3),
        ("search_space.lr=loguniform(1e-5,1e-1)", "loguniform(1e-5,1e-1)"),
        ("search_space.lr=tune.loguniform(1e-5, 1e-1)", "tune.loguniform(1e-5, 1e-1)"),
        ("search_space.new=choice(['a,b', 'c=d', 1])", "choice(['a,b', 'c=d', 1])"),
        ("search_space.new='uniform(0, 1)'", "uniform(0, 1)"),
        ("search_space.new={distribution: uniform, lower: 0, upper: 1}",
         {"distribution": "uniform", "lower": 0, "upper": 1}),
        ("search_space.model.depth=randint(1,5)", "randint(1,5)"),
        ("+search_space.new=640", 640),
        ("search_space.new=[1,2]", [1, 2]),
        ("search_space.new=null", None),
    ],
)  # fmt: skip
def test_a_word_sets_its_key_without_a_plus(word: str, value: Any) -> None:
    found = node(config(DIGITS, word), word.partition("=")[0].lstrip("+"))
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("spelling", ["loguniform(1e-4, 1e-2)", "{distribution: loguniform, lower: 1e-4, upper: 1e-2}"])
def test_an_override_reaches_into_both_spellings(spelling: str) -> None:
    words = (DIGITS, f"search_space.lr={spelling}", "search_space.lr.upper=0.5")
    assert config(*words)["search_space"]["lr"] == {"distribution": "loguniform", "lower": 1e-4, "upper": 0.5}


def test_an_override_reaches_into_the_mapping_of_a_file() -> None:
    space = config(DIGITS, "search_space.momentum.upper=0.5")["search_space"]
    assert space["momentum"] == {"distribution": "uniform", "lower": 0.1, "upper": 0.5}


def test_the_last_word_for_a_key_counts() -> None:
    assert config(DIGITS, "seed=1", "seed=2")["seed"] == 2


def test_a_mapping_adds_to_a_mapping_and_a_distribution_replaces_one() -> None:
    found = config(DIGITS, "budget={num_samples: 3}", "search_space.lr={distribution: uniform, lower: 0, upper: 1}")
    assert (found["budget"]["num_samples"], found["budget"]["max_epochs"]) == (3, 12)
    assert found["search_space"]["lr"] == {"distribution": "uniform", "lower": 0, "upper": 1}


def test_an_interpolation_of_the_command_line_is_resolved() -> None:
    assert config(DIGITS, "name=run_${seed}", "seed=5")["name"] == "run_5"


def test_a_key_can_be_deleted() -> None:
    assert list(config(DIGITS, "~search_space.lr")["search_space"]) == ["momentum", "epochs"]


def test_all_words_are_kept_with_the_config() -> None:
    assert composed(DIGITS, "seed=5").words == (DIGITS, "seed=5")


@pytest.mark.parametrize(
    ("word", "rule", "says", "remedy"),
    [
        ("asha", "override", "is not key=value", "type scheduler=asha"),
        ("digit", "override", "is not key=value", "write key=value"),
        ("=3", "override", "is not a dotted key", "write key=value"),
        ("a..b=3", "override", "is not a dotted key", "write key=value"),
        ("searcher=optna", "unknown-option", "there is no searcher optna", "did you mean optuna?"),
        ("searcher=grid", "unknown-option", "there is no searcher grid", "grid([1, 2, 3])"),
        ("scheduler=median_stopping_rule", "unknown-option", "there is no", "type scheduler=median"),
        ("experiment=digit", "unknown-option", "there is no experiment digit", "did you mean digits?"),
        ("stopper=[plateau,timout]", "unknown-option", "there is no stopper timout", "did you mean timeout?"),
        ("searcher=[random,optuna]", "option-count", "one searcher at a time", "searcher=random,optuna"),
        ("scheduler=null", "option-count", "a scheduler is needed", "one of asha, bohb, fifo"),
        ("trainable=[]", "option-count", "a trainable is needed", "one of function, yolo"),
        ("budget.num_samples=1,2", "sweep", "several values", "add -m"),
        ("scheduler=asha,fifo", "sweep", "several values", "add -m"),
        ("search_space.x=uniform(0,1),uniform(0,2)", "sweep", "several values", "add -m"),
        ("objective.metric=metrics/mAP50(M),metrics/mAP50(B)", "sweep", "several values", "add -m"),
        ("name={a: b", "override", "cannot read", "quote it"),
        ("scheduler.name=fifo", "option-name", "chosen by its group", "type scheduler=fifo"),
        ("seed.x=1", "override", "and has no keys", "set seed itself"),
        ("objective.metrics.7.mode=min", "override", "objective.metrics.7", "set objective.metrics.7"),
        ("objective.metrics.x=1", "override", "is a list of 1", "set objective.metrics as a whole"),
        ("search_space.a.b=1", "space-distribution", "unknown distribution sin", ""),
    ],
)
def test_a_word_that_cannot_be_read_says_what_to_type(word: str, rule: str, says: str, remedy: str) -> None:
    before = ("search_space.a=sin(1)",) if word.startswith("search_space.a.") else ()
    if rule == "option-count" or word.startswith("experiment="):
        problem = refused(word)
    else:
        problem = refused(DIGITS, *before, word)
    assert problem.rule == rule
    assert says in f"{problem.where}: {problem.message}"
    assert remedy in problem.remedy


def test_a_list_is_offered_only_where_several_can_be_chosen() -> None:
    assert "[csv,json]" in refused("logger=csv,json").remedy
    assert "list" not in refused("scheduler=asha,fifo").remedy


def test_every_word_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        composed("asha", "searcher=optna", "seed=1,2", "name={a: b", "scheduler=fifo")
    assert [problem.rule for problem in caught.value.problems] == ["override", "unknown-option", "sweep", "override"]


def sweeps(*words: str) -> list[list[str]]:
    return expand(words, loader())


@pytest.mark.parametrize(
    ("word", "jobs"),
    [
        ("seed=1", ["1"]),
        ("seed=1,2,3", ["1", "2", "3"]),
        ("seed=1, 2", ["1", "2"]),
        ("seed=range(1,4)", ["1", "2", "3"]),
        ("scheduler=choice(fifo,asha)", ["fifo", "asha"]),
        ("experiment=glob(qui*)", ["quickstart"]),
        ("logger=[csv,json],[csv]", ["[csv,json]", "[csv]"]),
        ("stopper=[],[plateau]", ["[]", "[plateau]"]),
        ("trainable.train_args.freeze=[0,1],[2,3]", ["[0,1]", "[2,3]"]),
        ("search_space.lr=loguniform(1e-5,1e-1)", ["loguniform(1e-5,1e-1)"]),
        ("search_space.lr=loguniform(1e-5,1e-1), tune.uniform(0,1)", ["loguniform(1e-5,1e-1)", "tune.uniform(0,1)"]),
        ("+search_space.lr=uniform(0,1),0.5", ["uniform(0,1)", "0.5"]),
        ("search_space.x=choice([1,2])", ["choice([1,2])"]),
        ("search_space.x=choice(['a),(', 'b'])", ["choice(['a),(', 'b'])"]),
        ("search_space.x={distribution: uniform, lower: 0, upper: 1}",
         ["{distribution: uniform, lower: 0, upper: 1}"]),
        ("objective.metric=metrics/mAP50(M)", ["metrics/mAP50(M)"]),
        ("objective.metric=metrics/mAP50(M),metrics/mAP50-95(B)", ["metrics/mAP50(M)", "metrics/mAP50-95(B)"]),
        ("trainable.model=yolo11n.pt,yolo11s.pt", ["yolo11n.pt", "yolo11s.pt"]),
        ("budget.time_budget=1h 30m", ["1h 30m"]),
        ("name='a,b'", ["'a,b'"]),
        ("~scheduler", [None]),
    ],
)  # fmt: skip
def test_the_jobs_of_a_word(word: str, jobs: list[str | None]) -> None:
    key = word.partition("=")[0]
    assert sweeps(word) == [[word if job is None else f"{key}={job}"] for job in jobs]


def test_jobs_are_every_combination_the_last_word_varying_fastest() -> None:
    jobs = sweeps(DIGITS, "searcher=random,optuna", "scheduler=fifo,asha", "seed=3")
    assert jobs == [
        [DIGITS, "searcher=random", "scheduler=fifo", "seed=3"],
        [DIGITS, "searcher=random", "scheduler=asha", "seed=3"],
        [DIGITS, "searcher=optuna", "scheduler=fifo", "seed=3"],
        [DIGITS, "searcher=optuna", "scheduler=asha", "seed=3"],
    ]


@pytest.mark.parametrize("word", ["name=a b,c d", "name='x, y',z", "search_space.x='uniform(0, 1)','uniform(0, 2)'"])
def test_a_job_reads_its_value_as_if_it_had_been_typed_alone(word: str) -> None:
    expected = {"name=a b,c d": ["a b", "c d"], "name='x, y',z": ["x, y", "z"]}.get(
        word, ["uniform(0, 1)", "uniform(0, 2)"]
    )
    key = word.partition("=")[0]
    assert [node(config(DIGITS, *job), key) for job in sweeps(word)] == expected


def test_a_continuous_range_is_no_sweep() -> None:
    with pytest.raises(ConfigError) as caught:
        sweeps("seed=interval(0,1)")
    problem: Problem = caught.value.problems[0]
    assert problem.rule == "sweep"
    assert "search_space.KEY=uniform" in problem.remedy


def test_every_job_of_a_sweep_composes() -> None:
    for job in sweeps(DIGITS, "search_space.lr=loguniform(1e-5,1e-1),uniform(0,1)", "stopper=[],[plateau]"):
        compose(job, loader())


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a,b", ["a", "b"]),
        ("f(1,2),b", ["f(1,2)", "b"]),
        ("[1,[2,3]],{a: 1, b: 2}", ["[1,[2,3]]", "{a: 1, b: 2}"]),
        ("'a,b',\"c,d\"", ["'a,b'", '"c,d"']),
        ("'a(',b", ["'a('", "b"]),
        ("", [""]),
    ],
)
def test_commas_split_outside_of_brackets_and_quotes(text: str, parts: list[str]) -> None:
    assert split_top_level(text) == parts
