"""The private parts of Ray that runner/translate/internals builds on, and the version that they were tried with."""

import inspect
from pathlib import Path
from typing import Any

import pytest

from runner.errors import CheckpointError
from runner.runs.folder import RunFolder

pytestmark = pytest.mark.slow
TRIED = "2.60"


def test_ray_is_the_version_that_was_tried() -> None:
    import ray

    message = f"runner/translate/internals was tried on Ray {TRIED}: run the slow tests, then change TRIED"
    assert ray.__version__.startswith(TRIED), message


def test_the_rungs_of_asha_are_where_they_were() -> None:
    from ray.tune.schedulers import AsyncHyperBandScheduler

    scheduler = AsyncHyperBandScheduler(grace_period=2, max_t=9, reduction_factor=2, metric="x", mode="max")
    (bracket,) = scheduler._brackets
    assert [milestone for milestone, _ in bracket._rungs] == [8, 4, 2]
    assert bracket.cutoff({"a": 1.0, "b": 3.0}) == 2.0
    assert {"_time_attr", "_metric", "_metric_op", "_mode", "_max_t", "_reduction_factor", "_trial_info"} <= set(
        vars(scheduler)
    )


def test_the_schedulers_have_what_is_overridden_and_read() -> None:
    from ray.tune.schedulers import HyperBandForBOHB, HyperBandScheduler, MedianStoppingRule, PopulationBasedTraining
    from ray.tune.schedulers.hyperband import _Bracket
    from ray.tune.schedulers.pb2 import PB2
    from ray.tune.schedulers.pbt import PopulationBasedTrainingReplay

    read = {
        HyperBandScheduler: ["_create_bracket", "_process_bracket"],
        HyperBandForBOHB: ["choose_trial_to_run"],
        _Bracket: ["filled", "successive_halving"],
        MedianStoppingRule: ["_on_insufficient_samples", "_trials_beyond_time", "_running_mean", "_best_result"],
        PopulationBasedTraining: ["_exploit", "_get_new_config", "_log_config_on_step", "_quantiles"],
        PB2: ["_get_new_config"],
        PopulationBasedTrainingReplay: ["_load_policy"],
    }
    made = HyperBandScheduler(metric="x", mode="max", max_t=9)
    assert [
        name
        for kind, names in read.items()
        for name in names
        if not hasattr(made if kind is HyperBandScheduler else kind, name)
    ] == []
    bracket = made._create_bracket(2)
    assert {"_live_trials", "_all_trials", "_halves", "_n", "_n0", "_cumul_r", "is_being_processed"} <= set(
        vars(bracket)
    )
    pbt = PopulationBasedTraining(metric="x", mode="max", hyperparam_mutations={"x": [1]})
    assert {"_trial_state", "_next_perturbation_sync", "_num_perturbations", "_burn_in_period"} <= set(vars(pbt))


def test_the_controller_keeps_decisions_that_wait_for_a_checkpoint() -> None:
    from ray.tune.execution.tune_controller import TuneController

    source = inspect.getsource(TuneController._schedule_trial_stop)
    assert "self._cached_trial_decisions[trial.trial_id] = TrialScheduler.STOP" in source, "see paused_trials.py"


def test_ultralytics_resumes_in_the_methods_that_are_overridden() -> None:
    from ultralytics.engine.trainer import BaseTrainer

    assert list(inspect.signature(BaseTrainer.check_resume).parameters) == ["self", "overrides"]
    assert list(inspect.signature(BaseTrainer._load_checkpoint_state).parameters) == ["self", "ckpt"]


@pytest.mark.parametrize("method", ["setup", "step", "cleanup", "reset_config", "load_checkpoint"])
def test_a_function_trainable_has_what_is_overridden(method: str) -> None:
    from ray.tune.trainable.function_trainable import FunctionTrainable, wrap_function

    assert callable(getattr(wrap_function(lambda config: None), method))
    assert method in vars(FunctionTrainable)


def test_points_of_hyperopt_have_a_place_for_every_parameter() -> None:
    """conditional_hyperopt.py fills in what Ray leaves out of the trials that it makes of points."""
    from importlib.metadata import version

    from hyperopt import hp
    from ray.tune.search.hyperopt import HyperOptSearch

    assert version("hyperopt").startswith("0.3"), "tried with 0.3.0: run the slow tests, then change this"
    space = {"space": {"a": hp.uniform("a", 0, 1), "b": hp.uniform("b", 0, 1)}}
    search = HyperOptSearch(space=space, metric="x", mode="max", points_to_evaluate=[{"a": 0.5}])
    (trial,) = search._hpopt_trials.trials
    assert (trial["misc"]["idxs"], trial["misc"]["vals"]) == ({"a": [0]}, {"a": [0.5]})


def test_a_session_can_be_waited_for() -> None:
    from ray.train._internal.session import _TrainSession

    assert "timeout" in inspect.signature(_TrainSession.finish).parameters


def test_a_trial_counts_its_failures_where_retries_are_decided() -> None:
    from ray.tune.experiment import Trial

    assert "self.run_metadata.num_failures <= self.max_failures" in inspect.getsource(Trial.should_recover)
    assert "exc" in inspect.signature(Trial.handle_error).parameters


def test_failures_of_an_earlier_process_count() -> None:
    from ray.tune.experiment import Trial

    from runner.translate.internals.unfinished_trials import count_failures

    trial = Trial("__fake", stub=True, max_failures=2)
    count_failures(trial, 1)
    assert trial.should_recover()
    count_failures(trial, 3)
    assert not trial.should_recover()


def test_the_newest_checkpoint_that_is_whole_may_be_of_an_earlier_process(tmp_path: Path) -> None:
    from runner.translate.internals.reporting_trainable import newest_usable

    names = ["tune/trial_000/checkpoint_000003", "tune/trial_000/checkpoint_000004"]
    names += ["tune_2/trial_000/checkpoint_000000", "tune_2/trial_000/checkpoint_000001"]
    for name in names:
        (tmp_path / name).mkdir(parents=True)

    class Accepting:
        """Takes the checkpoints of `whole`."""

        def __init__(self, *whole: str) -> None:
            self.whole = whole

        def accept(self, folder: Path) -> int:
            name = str(folder.relative_to(tmp_path))
            if name not in self.whole:
                raise CheckpointError("it is not whole")
            return names.index(name)

    def usable(newest: int, *whole: int) -> int | None:
        accepting: Any = Accepting(*(names[number] for number in whole))
        found = newest_usable(accepting, RunFolder(tmp_path), tmp_path / names[newest])
        return found and found[1]

    assert usable(3, 0, 1, 2, 3) == 3
    assert usable(2, 0, 1, 3) == 1
    assert usable(2, 3) is None
