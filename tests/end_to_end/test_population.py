"""Population based training of a YOLO model."""

import json

import pytest

from tests.end_to_end.conftest import Run

pytestmark = pytest.mark.slow


def test_what_is_changed_takes_effect_in_a_training_that_goes_on(run: Run) -> None:
    done = run(
        "experiment=shapes_detect", "scheduler=pbt", "scheduler.perturbation_interval=1", "scheduler.synch=true",
        "searcher=random", "searcher.defaults_first=false", "budget.num_samples=2", "budget.max_epochs=2",
        "search_space.momentum=uniform(0.6,0.95)", "trainable.train_args.imgsz=64", "trainable.train_args.fraction=8",
        "trainable.curves=null", "report=false",
    )  # fmt: skip
    assert done.code == 0, done.err
    lines = [json.loads(line) for line in (done.run / "decisions.jsonl").read_text().splitlines()]
    (line,) = (line for line in lines if line["state"] == "exploited")
    new = {key: after for key, (_, after) in line["exploit"]["changes"].items()}
    assert set(new) == {"lr0", "weight_decay", "box", "fliplr", "momentum"}
    applied = json.loads((done.run / "trials" / line["trial"] / "applied.json").read_text())
    assert {key: applied["applied"][key] for key in new} == new
    assert applied["mismatches"] == []
    assert applied["applied"]["resume"].endswith("last.pt")
    weights = applied["optimizer"]["groups"][0]
    assert (weights["initial_lr"], weights["betas"][0]) == (new["lr0"], new["momentum"])
    assert weights["weight_decay"] == pytest.approx(new["weight_decay"])  # nbs is the batch
    # The learning rate falls linearly from lr0 to a hundredth of it: halfway, in the second of two epochs.
    assert weights["lr"] == pytest.approx(new["lr0"] * (0.5 * 0.99 + 0.01))
    assert [row["iteration"] for row in done.rows("history.csv") if row["trial"] == line["trial"]] == ["1", "2"]
    assert (done.run / "tune" / f"pbt_policy_{line['trial']}.txt").is_file()
