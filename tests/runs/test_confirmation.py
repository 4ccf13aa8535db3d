"""The winner against the defaults: the interval, and what is said of it."""

import csv

import pytest
import yaml

from runner.runs.confirmation import Confirmation, Contender, gain
from runner.runs.folder import RunFolder
from runner.runs.sample import Sample


def confirmation(*values: list[float], mode: str = "max", reference: str = "defaults") -> Confirmation:
    names = [*(f"trial_00{number}" for number in range(len(values) - 1)), reference or "trial_009"]
    contenders = [Contender(name, 0.5, {"x": number}) for number, name in enumerate(names)]
    samples = [Sample(tuple(one), 0) for one in values]
    return Confirmation("outputs/a", contenders, reference, samples, "score", mode)


def test_the_interval_is_welchs() -> None:
    from scipy.stats import ttest_ind

    winner, reference = [0.51, 0.55, 0.5, 0.61], [0.42, 0.3, 0.44]
    expected = ttest_ind(winner, reference, equal_var=False).confidence_interval(0.95)
    found = gain(Sample(tuple(winner), 0), Sample(tuple(reference), 0), "max")
    assert found is not None
    assert (found.lower, found.upper) == pytest.approx((expected.low, expected.high))
    other_way = gain(Sample(tuple(winner), 0), Sample(tuple(reference), 0), "min")
    assert other_way is not None
    assert (other_way.lower, other_way.upper) == pytest.approx((-expected.high, -expected.low))


@pytest.mark.parametrize(
    ("found", "verdict", "beats"),
    [
        (confirmation([0.9, 0.91, 0.92], [0.5, 0.51, 0.52]), "trial_000 beats the defaults by more than", True),
        (confirmation([0.5, 0.51, 0.52], [0.9, 0.91, 0.92]), "trial_000 is worse than the defaults", False),
        (confirmation([0.5, 0.51, 0.52], [0.9, 0.91, 0.92], mode="min"), "trial_000 beats the defaults", True),
        (confirmation([0.5, 0.9, 0.7], [0.4, 0.8, 0.5]), "not shown that trial_000 beats the defaults: ahead", False),
        (confirmation([0.5, 0.9], [0.6, 0.95], [0.4, 0.8]), "trial_001 has the best mean of all here", False),
        (confirmation([0.9], [0.5]), "not known: one seed shows no spread", None),
        (confirmation([0.9, 0.9], [0.5, 0.5]), "is the seed used?", None),
        (confirmation([], [0.5, 0.5]), "have no training that ended", None),
        (confirmation([0.1, 0.3], [0.1, 0.2], reference=""), "there are no defaults to compare it with", None),
    ],
)
def test_the_verdict_is_no_more_than_the_seeds_show(
    found: Confirmation, verdict: str, beats: bool | None, run: RunFolder
) -> None:
    assert verdict in found.verdict
    found.write(run)
    kept = yaml.safe_load(run.confirm_yaml.read_text())
    assert kept["verdict"] == found.verdict
    assert kept["beats"] is beats
    with run.confirm_csv.open() as file:
        assert [row["name"] for row in csv.DictReader(file)] == [one["name"] for one in kept["contenders"]]
