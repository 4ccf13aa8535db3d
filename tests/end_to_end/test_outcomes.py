"""What trials of a user's functions come to, through real runs in one Ray."""

from collections.abc import Iterator

import pytest

from tests.end_to_end.conftest import FUNCTIONS, Ended, Tune, one_ray

pytestmark = pytest.mark.slow
BASE = (
    "experiment=null", "trainable=function", "trainable.import_path=outcomes:line", "trainable.reuse_workers=true",
    "objective.metric=score", "objective.mode=max", "name=mine", "report=false",
    "logger=[]",
)  # fmt: skip


@pytest.fixture(scope="module")
def tune(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tune]:
    """Tune one of the functions."""
    project = tmp_path_factory.mktemp("project")
    (project / "outcomes.py").write_text(FUNCTIONS)

    def do(function: str, *words: str) -> Ended:
        return run(f"trainable.import_path=outcomes:{function}", *words)

    with one_ray(project, BASE) as run:
        yield do


def test_a_number_returned_is_the_objective(tune: Tune) -> None:
    done = tune("number", "search_space.x=grid([1, 5])", "budget.num_samples=1", "objective.mode=min")
    assert done.code == 0, done.told
    assert done.best == {"x": 1}
    assert sorted(row["score"] for row in done.rows("history.csv")) == ["10.0", "2.0"]


def test_nested_and_constant_values_reach_the_function_as_plain_python(tune: Tune) -> None:
    words = ("search_space.model.width=choice([16, 32])", "search_space.model.name=net", "budget.num_samples=3")
    for searcher in ("random", "optuna"):
        done = tune("whole", *words, f"searcher={searcher}")
        assert done.code == 0, done.told


def test_a_weighted_sum_is_what_is_optimised(tune: Tune) -> None:
    done = tune(
        "line",
        "search_space={slope: 0.5, reports: 2}",
        "objective.metric=null",
        "objective.mode=null",
        "objective.metrics=[{metric: score, mode: max, weight: 0.75}, {metric: loss, mode: min, weight: 0.25}]",
        "budget.num_samples=1",
    )
    assert done.code == 0, done.told
    assert [float(row["objective"]) for row in done.rows("history.csv")] == pytest.approx([0.125, 0.625])


def test_a_nan_objective_never_wins(tune: Tune) -> None:
    done = tune("nan_sometimes", "search_space.x=grid([1, 2])", "budget.num_samples=1")
    assert done.code == 0, done.told
    assert done.best == {"x": 2}


def test_trials_end_by_the_rule_that_the_record_names(tune: Tune) -> None:
    """One experiment, one trial for each way to end, told apart by its curve."""
    flat = [0.1, 0.5, 0.8] + [0.8] * 9
    rising = [round(0.1 + 0.002 * step, 4) for step in range(12)]
    done = tune(
        "curve",
        f"search_space.curve=grid([{flat}, {rising}, {[0.0] * 12}])",
        "stopper=[plateau]",
        "stopper.plateau={std: 0.01, num_results: 4, grace_period: 4}",
        "budget={num_samples: 1, max_epochs: 12, max_concurrent: 1}",
    )
    assert done.code == 0, done.told
    ends = [(d["state"], d["rule"], d["iteration"]) for d in done.decisions]
    assert ends == [("stopped", "plateau", 6), ("completed", "end", 12), ("completed", "end", 12)]
    stopped = done.decisions[0]
    assert stopped["value"] < stopped["compared_with"] == 0.01
    assert "has settled at 0.8" in stopped["detail"]


def test_asha_stops_what_lies_below_the_rung_and_names_the_cut_off(tune: Tune) -> None:
    done = tune(
        "line",
        "search_space={slope: 'grid([1.0, 0.5, 2.0])', reports: 8}",
        "scheduler=asha",
        "scheduler={grace_period: 2, reduction_factor: 2}",
        "budget={num_samples: 1, max_epochs: 8, max_concurrent: 1}",
    )
    assert done.code == 0, done.told
    ends = [(d["state"], d["rule"], d["iteration"]) for d in done.decisions]
    assert ends == [("completed", "end", 8), ("stopped", "asha", 2), ("completed", "end", 8)]
    assert (done.decisions[1]["value"], done.decisions[1]["compared_with"]) == (1.0, 2.0)
    assert len(done.rows("history.csv")) == 8 + 2 + 8
    assert done.best == {"slope": 2.0, "reports": 8}


@pytest.mark.parametrize("searcher", ["random", "optuna"])
def test_max_concurrent_is_kept_by_every_searcher(tune: Tune, searcher: str) -> None:
    words = ("search_space.x=uniform(0,1)", "budget={num_samples: 3, max_concurrent: 1}")
    done = tune("slow_line", f"searcher={searcher}", *words)
    assert done.code == 0, done.told
    trials = [row["trial"] for row in done.rows("history.csv")]
    assert len(trials) == 9
    assert trials == sorted(trials)


def test_a_metric_that_the_scheduler_watches_and_misses_fails_the_trial(tune: Tune) -> None:
    done = tune(
        "line",
        "search_space={slope: 1.0, reports: 4}",
        "scheduler=asha",
        "scheduler={metric: late, mode: max}",
        "budget={num_samples: 1, max_epochs: 4}",
    )
    assert done.code == 1
    assert "the report lacks late, which the scheduler watches; it holds loss, score" in done.told


def test_a_function_that_goes_on_for_ever_is_complete_at_max_epochs(tune: Tune) -> None:
    done = tune(
        "endless", "trainable.reuse_workers=false", "budget={num_samples: 1, max_epochs: 3}", "search_space.slope=1.0"
    )
    assert done.code == 0, done.told
    assert [row["iteration"] for row in done.rows("history.csv")] == ["1", "2", "3"]
    assert [d["state"] for d in done.decisions] == ["completed"]


def test_max_iterations_and_timeout_end_trials(tune: Tune) -> None:
    done = tune(
        "endless",
        "trainable.reuse_workers=false",
        "search_space.slope=1.0",
        "stopper=[timeout,max_iterations]",
        "stopper.timeout.timeout=10m",
        "stopper.max_iterations.max_iter=5",
        "budget.num_samples=1",
    )
    assert [(d["rule"], d["iteration"], d["state"]) for d in done.decisions] == [("max_iterations", 5, "stopped")]


def test_the_time_budget_ends_the_experiment_with_a_result(tune: Tune) -> None:
    done = tune("slow", "search_space.x=uniform(0,1)", "budget={num_samples: 50, time_budget: 8s}")
    assert done.code == 0, done.told
    assert {(d["state"], d["rule"]) for d in done.decisions} == {("stopped", "budget.time_budget")}
    assert len(done.decisions) < 50
    assert "never started" in done.told
