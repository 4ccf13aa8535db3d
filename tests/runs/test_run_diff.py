"""Two runs beside each other."""

import copy
from pathlib import Path

from rich.console import Console

from runner.api.support.preset import promoted
from runner.runs.folder import RunFolder
from runner.runs.record import Record, TrialState
from runner.runs.run import Run
from runner.runs.run_diff import RunDiff

from .conftest import Clock, Play
from .damage import whole_run


def trained(folder: Path, search: Run, **changes: float) -> Run:
    """The training of the search's best trial, as `promote` and `train` make it, with other parameters on top."""
    config = copy.deepcopy(promoted(search, search.chosen(None), "best"))
    config["search_space"] |= changes
    run = RunFolder.at(folder)
    run.write_config(config, [])
    play = Play(Record(run, search.objective, expected_trials=1, max_epochs=4), Clock())
    play.trial("trial_000", [0.3], **config["search_space"])
    play.end("trial_000", TrialState.COMPLETED)
    return Run(run)


def told(diff: RunDiff) -> str:
    console = Console(width=120)
    with console.capture() as printed:
        console.print(diff)
    return printed.get()


def test_a_training_beside_the_search_that_found_its_parameters(tmp_path: Path) -> None:
    search = Run(whole_run(tmp_path / "search", tmp_path))
    training = trained(tmp_path / "training", search)
    line = "trains the parameters of trial_002 of"
    assert f"2 {line} 1, which came to 0.25 at iteration 3 there" in told(RunDiff(search, training))
    assert f"1 {line} 2, which came to 0.25 at iteration 3 there" in told(RunDiff(training, search))
    assert RunDiff(search, training).as_data()["trained_again"] == "trial_002"
    other = trained(tmp_path / "other", search, a=0.77)
    assert "1 is a search, 2 trains parameters that no trial of it had" in told(RunDiff(search, other))
    assert "the same parameters: 5 of 5 trials" in told(RunDiff(search, search))
    assert RunDiff(search, search).as_data()["trained_again"] is None
