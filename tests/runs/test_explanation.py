"""What `why` tells."""

from collections.abc import Iterable

import pytest

from runner.runs.decisions import Decision
from runner.runs.explanation import Explanation
from runner.runs.folder import RunFolder
from runner.runs.record import Record, TrialState
from runner.runs.run import Run

from .conftest import Play

CONFIG = {
    "name": "digits",
    "trainable": {"name": "yolo"},
    "search_space": {},
    "objective": {"metrics": [{"metric": "accuracy", "mode": "max"}]},
    "budget": {"num_samples": 4, "max_epochs": 10},
    "searcher": {"name": "optuna", "points_to_evaluate": [{"x": 1}], "defaults_first": True},
    "scheduler": {"name": "asha"},
}


@pytest.fixture
def story(run: RunFolder, record: Record, play: Play) -> Explanation:
    """Four trials: to its end, out at the first rung, on its plateau, and broken after a restart."""
    run.write_config(CONFIG, [])
    play.trial("trial_000", [0.2, 0.6], x=1)
    record.promoted(Decision("trial_000", 2, "asha", 0.6, None, "0.6 is the first at the rung", 1, 1))
    for epoch in range(3, 11):
        record.reported("trial_000", epoch, {"objective": 0.7})
    play.end("trial_000")
    play.trial("trial_001", [0.1, 0.3], x=2)
    cut = Decision("trial_001", 2, "asha", 0.3, 0.6, "0.3 is below 0.6", 2, 2, 8)
    record.ended("trial_001", TrialState.STOPPED, cut)
    play.trial("trial_002", [0.5, 0.5, 0.5], x=3)
    settled = Decision("trial_002", 3, "plateau", 0.0, 0.01, "it has settled", epochs_saved=7)
    record.ended("trial_002", TrialState.STOPPED, settled)
    play.trial("trial_003", [0.9], x=4)
    record.restarted(Decision("trial_003", 1, "process_died", 1, 2, "its process died after epoch 1"))
    record.started("trial_003", {"x": 4})
    play.end("trial_003", TrialState.FAILED, "error", "Traceback\nValueError: no")
    return Explanation(Run(run))


def text(lines: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"{label}: {told}" for label, told in lines)


def test_the_story_of_a_run(story: Explanation) -> None:
    told = text(story.of_run())
    assert (
        "searcher: optuna proposed 4 configurations, the first 1 of them given by you; trial 0 ran the defaults" in told
    )
    assert "scheduler: asha stopped 1 trial and saved 8 epochs" in told
    assert "epoch 2: 2 came, 1 went on, 1 stopped; the cut-off came to 0.6" in told
    assert "stopper: plateau stopped 1 trial and saved 7 epochs" in told
    assert "failed: trial_003: an error" in told
    assert "restarts: 1 times" in told
    assert "cost: 16 epochs in" in told
    assert "40% of what full trials had taken (1 completed, 2 stopped, 1 failed)" in told
    assert "best: trial_000: accuracy 0.7 at epoch 3, place 1 of 3" in told


def test_the_story_tells_the_gain_and_that_nothing_was_learned(run: RunFolder, record: Record, play: Play) -> None:
    run.write_config({**CONFIG, "scheduler": {"name": "fifo"}}, [])
    record.defaults_first = True
    play.trial("trial_000", [0.2])
    play.end("trial_000", TrialState.STOPPED, "plateau")
    play.trial("trial_001", [0.3, 0.3])
    play.end("trial_001")
    told = text(Explanation(Run(run)).of_run())
    assert "nothing was learned: trial_001 never came to a better accuracy than in its first report" in told
    assert "gain: 0.1 over the defaults within 1 epoch: 0.3 against 0.2 of trial_000, stopped there" in told


def test_the_story_of_a_trial(story: Explanation) -> None:
    first = text(story.of_trial("trial_000"))
    assert "trial: trial_000: x=1" in first
    assert first.index("epoch 2: asha let it go on: 0.6 is the first") < first.index("epoch 10: completed: trained")
    assert "epoch 2: stopped by asha: 0.3 is below 0.6; place 2 of 2 there; 8 epochs saved" in text(
        story.of_trial("trial_001")
    )
    last = text(story.of_trial("trial_003"))
    assert "epoch 1: restarted: its process died after epoch 1" in last
    assert "epoch 1: failed: an error" in last
    assert "accuracy 0.9 at epoch 1, which does not count" in last


def test_of_a_run_that_goes_on(run: RunFolder, play: Play) -> None:
    run.write_config({**CONFIG, "scheduler": {"name": "fifo"}}, [])
    play.record.started("trial_000", {"x": 1})
    story = Explanation(Run(run))
    assert "now: running, after 0 epochs" in text(story.of_trial("trial_000"))
    assert "no report held a finite accuracy" in text(story.of_trial("trial_000"))
    assert "scheduler: fifo stopped no trial" in text(story.of_run())
