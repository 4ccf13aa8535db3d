"""Rules of the config tier that look across groups."""

import importlib.metadata
from pathlib import Path

import pytest

from runner.checks import refuse
from runner.checks.import_paths import defined
from runner.errors import ConfigError, Problem
from tests.config.composing import FROM_SCRATCH, experiment, only_problem, problems, refused

DIGITS = "experiment=digits"  # optuna, asha with grace_period 2, 12 epochs, 12 samples; lr and momentum are searched
SHAPES = "experiment=shapes"  # optuna, the defaults first; lr0, weight_decay, box and fliplr are searched
FOREST = "experiment=forest"  # two objectives: optuna, fifo, 1 epoch
TREE = "{n_estimators: 1, max_depth: 1, max_features: 1.0, criterion: gini}"
QUICK = "experiment=quickstart"  # random, fifo, 1 epoch; a is a grid

SAVES = "trainable.checkpoint_every=1"
PBT = [DIGITS, "searcher=random", "scheduler=pbt", SAVES]  # every 4 epochs
PB2 = [DIGITS, "searcher=random", "scheduler=pb2", SAVES, "search_space.lr=uniform(0.001,0.1)"]
REPLAY = [DIGITS, "searcher=random", "scheduler=pbt_replay", "scheduler.policy_file=a.txt", SAVES]
YOLO = [
    *FROM_SCRATCH,
    "searcher=random",
    "trainable.train_args.optimizer=AdamW",
    "search_space.lr0=uniform(0.001,0.01)",
]


@pytest.mark.parametrize(
    ("words", "rule", "where", "says"),
    [
        ([FOREST, "searcher.sampler=cmaes"], "searcher-objectives", "searcher.sampler",
         "CMA-ES takes one objective, and there are several: accuracy (max), leaves (min)"),
        ([FOREST, "scheduler=asha", "budget.max_epochs=4"], "rule-objectives", "scheduler.metric",
         "type 'scheduler.metric=accuracy' scheduler.mode=max"),
        ([FOREST, "stopper=[plateau]", "budget.max_epochs=9"], "rule-objectives", "stopper.plateau.metric",
         "type 'stopper.plateau.metric=accuracy' stopper.plateau.mode=max"),
        ([FOREST, f"searcher.evaluated_points=[{{point: {TREE}, objective: 0.9}}]"], "results-objectives",
         "searcher.evaluated_points.0.objective", "write objective: {accuracy: ..., leaves: ...}"),
        ([FOREST, f"searcher.evaluated_points=[{{point: {TREE}, objective: {{accuracy: 0.9, leavs: 3}}}}]"],
         "results-objectives", "searcher.evaluated_points.0.objective", "not one number for each of accuracy, leaves"),
        ([DIGITS, "searcher.evaluated_points=[{point: {lr: 0.001, momentum: 0.5}, objective: {accuracy: 0.9}}]"],
         "results-objectives", "searcher.evaluated_points.0.objective", "write one number"),
        ([FOREST, "searcher.sampler=nsgaii", "searcher.warm_start={run: a, results: true}"], "results-unused",
         "searcher.warm_start.results", "breeds from trials of its own generations alone"),
        ([FOREST, "searcher.repeat=2"], "repeat", "searcher.repeat", "type searcher.repeat=1"),
        ([DIGITS, "scheduler.metric=los", "scheduler.mode=min"], "unknown-metric", "scheduler.metric", "mean loss?"),
        ([DIGITS, "scheduler.metric=loss"], "objective-mode", "scheduler.mode", "type scheduler.mode=min"),
        ([DIGITS, "scheduler.mode=min"], "one-home", "scheduler.mode", "objective.mode"),
        ([DIGITS, "stopper=plateau", "stopper.plateau.metric=acc", "stopper.plateau.mode=max"], "unknown-metric",
         "stopper.plateau.metric", "accuracy"),
        ([DIGITS, "stopper=plateau", "stopper.plateau.mode=max"], "one-home", "stopper.plateau.mode",
         "objective.mode"),
        ([DIGITS, "scheduler.grace_period=13"], "grace-period", "scheduler.grace_period", "above budget.max_epochs=12"),
        ([DIGITS, "stopper=plateau", "stopper.plateau.grace_period=13"], "grace-period",
         "stopper.plateau.grace_period", "above budget.max_epochs=12"),
        ([DIGITS, "stopper=max_iterations", "stopper.max_iterations.max_iter=13"], "grace-period",
         "stopper.max_iterations.max_iter", "above budget.max_epochs=12"),
        ([DIGITS, "budget.max_epochs=null"], "max-epochs", "budget.max_epochs", "budget.max_epochs=..."),
        ([QUICK, "searcher=optuna"], "searcher-distribution", "search_space.a", "searcher=random"),
        ([DIGITS, "search_space.x=normal(0,1)"], "searcher-distribution", "search_space.x", "uniform bounds"),
        ([DIGITS, "search_space.x=qnormal(0,1,0.5)"], "searcher-distribution", "search_space.x", "quniform bounds"),
        ([DIGITS, "search_space.m.x=normal(0,1)"], "searcher-distribution", "search_space.m.x", "has no normal"),
        ([DIGITS, "searcher.points_to_evaluate=[{lr: 0.001, momentum: 0.5, momentumm: 1}]"], "point-key",
         "searcher.points_to_evaluate.0.momentumm", "did you mean momentum?"),
        ([DIGITS, "searcher.points_to_evaluate=[{lr: 1, momentum: 0.5}]"], "point-value",
         "searcher.points_to_evaluate.0.lr", "outside of loguniform(0.0001, 0.01)"),
        ([DIGITS, "searcher.points_to_evaluate=[{lr: 0.001}]"], "point-key", "searcher.points_to_evaluate.0",
         "lacks momentum"),
        ([DIGITS, "budget.num_samples=1",
          "searcher.points_to_evaluate=[{lr: 0.001, momentum: 0.5}, {lr: 0.002, momentum: 0.5}]"], "points-budget",
         "searcher.points_to_evaluate", "budget.num_samples=2"),
        ([DIGITS, "searcher.points_to_evaluate=[{lr: 0.001, momentum: 0.5, epochs: 3}]"], "point-key",
         "searcher.points_to_evaluate.0.epochs", "the search space fixes it at 12"),
        ([DIGITS, "searcher.evaluated_points=[{point: {lr: 0.001}, objective: 0.5}]"], "point-key",
         "searcher.evaluated_points.0.point", "lacks momentum"),
        ([DIGITS, "searcher.defaults_first=true"], "no-defaults", "searcher.defaults_first",
         "trainable=function does not tell its defaults"),
        ([DIGITS, "searcher=random", "searcher.warm_start={run: a, results: true}"], "results-unused",
         "searcher.warm_start.results", "type searcher.warm_start=a, which tries its best trials first"),
        ([DIGITS, "searcher.sampler=qmc", "searcher.warm_start={run: a, results: true}"], "results-unused",
         "searcher.warm_start.results", "searcher.sampler=qmc draws every trial alike"),
        ([DIGITS, "searcher=bohb", "searcher.evaluated_points=[{point: {lr: 0.001, momentum: 0.5}, objective: 0.5}]"],
         "results-unused", "searcher.evaluated_points", "searcher=bohb cannot be told what came out"),
        ([DIGITS, "objective.metrics=[{metric: accuracy, mode: max}, {metric: loss, mode: min}]", "searcher.repeat=2"],
         "repeat", "searcher.repeat", "by one objective, and there are several"),
        ([DIGITS, "searcher=bohb", "searcher.repeat=2"], "repeat", "searcher.repeat", "the mean of several"),
        ([SHAPES, "search_space.box.upper=7", "searcher.points_to_evaluate=[{lr0: 0.001}]"], "point-key",
         "searcher.points_to_evaluate.0", "lacks box, whose default 7.5 is outside of uniform(4, 7)"),
        ([SHAPES, "searcher=random", "search_space.box.upper=7", "searcher.points_to_evaluate=[{lr0: 0.001}]"],
         "point-key", "searcher.points_to_evaluate.0", "lacks box, whose default 7.5 is outside of uniform(4, 7)"),
        ([SHAPES, "budget.num_samples=1", "searcher.points_to_evaluate=[{lr0: 0.001}]"], "points-budget",
         "searcher.points_to_evaluate", "type budget.num_samples=2"),
        ([DIGITS, "search_space.a/b=uniform(0,1)"], "space-key", "search_space.a/b", "nest it"),
        ([DIGITS, "scheduler=pbt", SAVES], "scheduler-searcher", "scheduler", "type searcher=random"),
        ([DIGITS, "scheduler=bohb", SAVES], "scheduler-searcher", "scheduler", "type searcher=bohb"),
        ([DIGITS, "searcher=bohb"], "scheduler-searcher", "scheduler", "type scheduler=bohb"),
        ([*PBT, "searcher.repeat=2"], "scheduler-repeat", "searcher.repeat", "type searcher.repeat=1"),
        ([*REPLAY, "search_space=none", "budget.num_samples=1", "searcher.repeat=2"], "scheduler-repeat",
         "searcher.repeat", "type searcher.repeat=1"),
        ([DIGITS, "scheduler=hyperband"], "needs-checkpoints", "trainable.checkpoint_every",
         "it pauses the trials of a bracket until all of them can be compared; the trainable says of none"),
        ([*PBT, "trainable.checkpoint_every=3"], "needs-checkpoints", "trainable.checkpoint_every",
         "every 4 iterations, and there is one every 3"),
        ([DIGITS, "scheduler=hyperband", SAVES, "budget.max_concurrent=2"], "scheduler-concurrency",
         "budget.max_concurrent", "type budget.max_concurrent=auto"),
        ([*PBT, "budget.max_concurrent=11"], "scheduler-concurrency", "budget.max_concurrent", "resources.cpu"),
        ([DIGITS, "scheduler=hyperband", SAVES, "budget.max_epochs=null"], "max-epochs", "budget.max_epochs",
         "hyperband places its rungs"),
        ([DIGITS, "scheduler=median", "scheduler.grace_period=13"], "grace-period", "scheduler.grace_period",
         "above budget.max_epochs=12"),
        ([*PBT, "scheduler.perturbation_interval=12"], "grace-period", "scheduler.perturbation_interval",
         "no trial is ever changed"),
        ([*PBT, "scheduler.burn_in_period=12"], "grace-period", "scheduler.burn_in_period", "no trial is ever changed"),
        ([*PBT, "budget.num_samples=1"], "population", "budget.num_samples", "there is one"),
        ([*PBT, "search_space=none"], "mutation", "scheduler", "nothing that pbt could change"),
        ([*PBT, "scheduler.hyperparam_mutations.ler=uniform(0,1)"], "mutation", "scheduler.hyperparam_mutations.ler",
         "did you mean lr?"),
        ([*PBT, "scheduler.hyperparam_mutations.lr=0.1"], "mutation", "scheduler.hyperparam_mutations.lr",
         "write a distribution"),
        ([*PBT, "scheduler.hyperparam_mutations.lr=uniform(1,0)"], "space-range", "scheduler.hyperparam_mutations.lr",
         "the range is empty"),
        ([*PB2, "scheduler.hyperparam_bounds={lr: [1, 0]}"], "mutation", "scheduler.hyperparam_bounds.lr",
         "the range is empty"),
        ([*PB2, "scheduler.hyperparam_bounds={lr: 1}"], "mutation", "scheduler.hyperparam_bounds.lr",
         "type scheduler.hyperparam_bounds.lr=[LOWER,UPPER]"),
        ([*YOLO, "scheduler=pbt", "scheduler.hyperparam_mutations={lr0: 'uniform(0,1)', warmup_epochs: 'uniform(0,1)'}",
          "search_space.warmup_epochs=uniform(0,1)"], "mutation", "scheduler.hyperparam_mutations.warmup_epochs",
         "the warm-up is over"),
        ([*REPLAY, "search_space=none", "budget.num_samples=2"], "replay-alone", "budget.num_samples",
         "type budget.num_samples=1"),
        ([*REPLAY, "budget.num_samples=1"], "replay-space", "search_space", "type search_space=none"),
        ([DIGITS, "trainable.import_path=train"], "import-path", "trainable.import_path", "package.module:function"),
        ([DIGITS, "trainable.import_path=a-b:c"], "import-path", "trainable.import_path", "package.module:function"),
        ([DIGITS, "trainable.import_path='a:'"], "import-path", "trainable.import_path", "package.module:function"),
        ([*FROM_SCRATCH, "search_space.lr0=uniform(0,1)", "budget.max_epochs=null"], "yolo-epochs",
         "budget.max_epochs", "budget.max_epochs=100"),
    ],
)  # fmt: skip
def test_what_cannot_work_together_is_refused(words: list[str], rule: str, where: str, says: str) -> None:
    found = [problem for problem in problems(*words) if problem.rule == rule]
    assert [(problem.where, problem.fatal) for problem in found] == [(where, True)]
    assert says in str(found[0])
    assert found[0].remedy


@pytest.mark.parametrize(
    "words",
    [
        [DIGITS, "scheduler.grace_period=11"],
        [DIGITS, "stopper=max_iterations", "stopper.max_iterations.max_iter=12"],
        [DIGITS, "scheduler.metric=loss", "scheduler.mode=min"],
        [DIGITS, "trainable.metrics=null", "scheduler.metric=anything", "scheduler.mode=min"],
        [DIGITS, "searcher=random", "search_space.x=normal(0,1)", "search_space.y=qlograndint(1,8,1)"],
        [DIGITS, "searcher=random", "searcher.points_to_evaluate=[{lr: 0.001}]"],
        [DIGITS, "searcher.points_to_evaluate=[{lr: 0.001, momentum: 0.5}]"],
        [DIGITS, "search_space.m.x=uniform(0,1)",
         "searcher.points_to_evaluate=[{lr: 0.001, momentum: 0.5, m: {x: 0.5}}]"],
        [DIGITS, "search_space.x=choice([a b, 1])".replace("a b", "'a b'"),
         "searcher.points_to_evaluate=[{lr: 0.001, momentum: 0.5, x: a b}]"],
        [FOREST, "scheduler=asha", "budget.max_epochs=4", "scheduler.metric=leaves", "scheduler.mode=min",
         "stopper=[plateau]", "stopper.plateau={metric: accuracy, mode: max}"],
        [FOREST, f"searcher.evaluated_points=[{{point: {TREE}, objective: {{leaves: 3, accuracy: 0.9}}}}]"],
        [FOREST, "searcher=random", "searcher.points_to_evaluate=[{max_depth: 3}]", "searcher.warm_start=a"],
        [QUICK, "scheduler=fifo", "budget.max_epochs=null"],
        [DIGITS, "scheduler=fifo", "budget.max_epochs=null"],
        [DIGITS, "scheduler=median", "scheduler.metric=loss", "scheduler.mode=min"],
        [DIGITS, "scheduler=hyperband", SAVES, "budget.max_concurrent=12"],
        [*PBT, "scheduler.hyperparam_mutations={lr: 'choice([0.1, 0.2])', epochs: 'randint(1, 9)'}"],
        [*PBT, "trainable.checkpoint_every=2"],
        [*PB2, "scheduler.hyperparam_bounds={lr: [0, 1]}"],
        [*REPLAY, "search_space=none", "budget.num_samples=1"],
        [*YOLO, "scheduler=pbt", "scheduler.perturbation_interval=2"],
    ],
)  # fmt: skip
def test_what_works_together_has_no_problem(words: list[str]) -> None:
    assert problems(*words) == []


@pytest.mark.parametrize(
    ("words", "rule", "says"),
    [
        ([QUICK, "scheduler=asha"], "nothing-to-stop", "a trial reports once"),
        ([DIGITS, "scheduler.grace_period=12"], "nothing-to-stop", "the last of 12 iterations"),
        (
            [FOREST, "searcher.sampler=nsgaii", f"searcher.points_to_evaluate=[{TREE}]"],
            "points-unused",
            "own generations",
        ),
        ([FOREST, "searcher.sampler=nsgaii", "searcher.warm_start=a"], "points-unused", "teaches it nothing"),
        ([DIGITS, "search_space=none"], "empty-space", "nothing is searched"),
        ([DIGITS, "scheduler=hyperband", SAVES, "budget.num_samples=3"], "nothing-to-stop", "its first 3 trials"),
        (
            [DIGITS, "scheduler=hyperband", "trainable.checkpoint_every=2"],
            "needs-checkpoints",
            "up to 1 iteration again",
        ),
        (
            [*PBT, "search_space.k={distribution: uniform, lower: 0, upper: 1, when: {epochs: 12}}"],
            "mutation",
            "it is not in every trial",
        ),
        ([*PB2, "search_space.k=choice([1,2])"], "mutation", "pb2 moves continuous values alone"),
        ([*PB2, "search_space.lr=loguniform(0.001,0.1)"], "mutation-scale", "on a linear scale"),
        ([*YOLO, "scheduler=pbt", "search_space.warmup_epochs=uniform(0,1)"], "mutation", "the warm-up is over"),
        ([DIGITS, "searcher.repeat=3"], "repeat", "asha stops single trials"),
        ([DIGITS, "searcher.sampler=cmaes", "search_space.x=choice([1,2])"], "sampler-categories", "x"),
    ],
)
def test_what_works_but_is_of_no_use_is_a_warning(words: list[str], rule: str, says: str) -> None:
    problem = only_problem(*words)
    assert (problem.rule, problem.fatal) == (rule, False)
    assert says in problem.message
    assert problem.remedy


def test_a_population_that_only_mutates_searches_something() -> None:
    space = "search_space={lr: 0.1, momentum: 0.9, epochs: 3}"
    mutations = "scheduler.hyperparam_mutations.lr=loguniform(1e-4,1e-1)"
    assert problems("experiment=pbt_digits", "search_space=none", space, mutations) == []


def test_a_package_that_an_option_needs_and_is_not_there_is_named_with_the_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    installed = importlib.metadata.version

    def version(package: str) -> str:
        if package == "optuna":
            raise importlib.metadata.PackageNotFoundError(package)
        return installed(package)

    monkeypatch.setattr(importlib.metadata, "version", version)
    problem = refused(DIGITS)
    assert (problem.rule, problem.where) == ("package", "searcher")
    assert problem.remedy == "run: pip install 'optuna<6,>=5.0'"


def test_refuse_raises_with_the_fatal_ones_and_gives_back_the_warnings() -> None:
    fatal, warning = Problem("a", "x", "bad"), Problem("b", "y", "odd", fatal=False)
    assert refuse([warning, warning]) == [warning]
    with pytest.raises(ConfigError) as caught:
        refuse([warning, fatal, fatal])
    assert caught.value.problems == (fatal,)
    assert caught.value.exit_code == 2


def test_a_stoppers_function_is_looked_for_before_the_start(tmp_path: Path) -> None:
    words = ("experiment=digits", "stopper=[function]")
    (found,) = problems(*words, "stopper.function.import_path=mine.py")
    assert (found.where, found.remedy) == (
        "stopper.function.import_path", "write stopper.function.import_path=package.module:function",
    )  # fmt: skip
    (tmp_path / "mine.py").write_text("def stop(trial, report): ...")
    for path, message in [("mine:stp", "mine has no function stp"), ("yours:stop", "there is no module yours")]:
        (found,) = defined(experiment(*words, f"stopper.function.import_path={path}"), tmp_path)
        assert (found.where, found.message) == ("stopper.function.import_path", message)
    assert list(defined(experiment(*words, "stopper.function.import_path=mine:stop"), tmp_path)) == []
