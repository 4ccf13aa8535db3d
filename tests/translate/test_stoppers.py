"""max_iterations, timeout, and verdicts on their way to the record."""

import pickle

from runner.translate.stoppers.max_iterations import MaxIterations
from runner.translate.stoppers.timeout import Timeout
from runner.translate.stopping import StopByRule
from runner.translate.verdicts import Verdict, Verdicts
from tests.translate.test_plateau import experiment, plateau, play


def test_max_iterations_ends_a_trial_at_that_iteration_with_its_reason() -> None:
    rule = MaxIterations(experiment(), max_iter=3)
    assert [rule("a", {"training_iteration": n}) for n in (1, 2)] == [None, None]
    assert rule("a", {"training_iteration": 3}) == Verdict("max_iterations", 3, 3, 3, "reached max_iter=3")
    assert rule("b", {"training_iteration": 1}) is None
    assert rule("b", {"training_iteration": 7}) is not None, "a trial that jumps over it is ended as well"


def test_timeout_ends_a_trial_after_that_much_of_its_own_time() -> None:
    rule = Timeout(experiment(), timeout=60.0)
    assert rule("a", {"training_iteration": 1, "time_total_s": 59.9}) is None
    verdict = rule("a", {"training_iteration": 2, "time_total_s": 75.2})
    assert verdict is not None
    assert (verdict.rule, verdict.iteration, verdict.value, verdict.compared_with) == ("timeout", 2, 75.2, 60.0)
    assert "75 s" in verdict.detail


def test_a_verdict_is_taken_once_by_its_trial() -> None:
    verdicts, verdict = Verdicts(), Verdict("plateau", 3, 0.1, 0.2, "flat")
    verdicts.give("a", verdict)
    assert verdicts.take("b") is None
    assert verdicts.take("a") == verdict
    assert verdicts.take("a") is None


def test_rules_and_verdicts_can_be_pickled_with_rays_snapshots() -> None:
    rule = plateau()
    play(rule, [0.1, 0.2, 0.3])
    verdicts = Verdicts({"a": Verdict("plateau", 3, 0.1, 0.2, "flat")})
    assert pickle.loads(pickle.dumps(verdicts)) == verdicts
    again = pickle.loads(pickle.dumps(rule))
    curve = [0.3, 0.3, 0.3, 0.3, 0.3, 0.3]
    assert play(again, curve) == play(rule, curve), "what a trial has reported is kept"


def test_the_experiment_ends_at_the_third_mismatch() -> None:
    stopper = StopByRule(experiment(), Verdicts(), seconds_before=0)
    stopper.mismatch()
    stopper.mismatch()
    assert (stopper.end(), stopper.stop_all()) == (None, False)
    stopper.mismatch()
    verdict = stopper.end()
    assert stopper.stop_all()
    assert verdict is not None
    assert (verdict.rule, verdict.value, verdict.compared_with) == ("attestation", 3, 3)
    assert "3 trials failed" in verdict.detail
