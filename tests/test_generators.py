"""The generators of a trial: continued from its own checkpoint, new from any other."""

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from runner.generators import STATE, begin, keep


@pytest.fixture(autouse=True)
def others_go_on() -> Iterator[None]:
    states = random.getstate(), np.random.get_state()
    yield
    random.setstate(states[0])
    np.random.set_state(states[1])


def draws() -> list[float]:
    torch = pytest.importorskip("torch")
    return [random.gauss(0, 1), np.random.normal(), torch.rand(1).item()]


def checkpoint(folder: Path, trial: str, seed: int = 3) -> list[float]:
    """Begin, draw, and save as `trial`; gives what comes next."""
    begin(seed, trial, None)
    draws()
    folder.mkdir()
    keep(folder, trial)
    return draws()


def test_a_trial_continues_from_its_own_checkpoint(tmp_path: Path) -> None:
    after = checkpoint(tmp_path / "a", "trial_000")
    begin(3, "trial_000", tmp_path / "a")
    assert draws() == after


def test_a_trial_that_takes_another_ones_checkpoint_gets_a_stream_of_its_own(tmp_path: Path) -> None:
    """Two clones of one checkpoint, from one seed: neither draws what the source, the start or the other draws."""
    after = checkpoint(tmp_path / "a", "trial_000")
    begin(3, "trial_000", None)
    seen = [after, draws()]
    for clone in ("trial_001", "trial_002"):
        begin(3, clone, tmp_path / "a")
        seen.append(draws())
    assert len({value for drawn in seen for value in drawn}) == 12


def test_where_the_state_is_lost_the_stream_depends_on_the_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoint(tmp_path / "a", "trial_000"), checkpoint(tmp_path / "b", "trial_000")
    (tmp_path / "a" / STATE).unlink()
    (tmp_path / "b" / STATE).write_text('{"trial": "trial_000", "rand')
    begin(3, "trial_000", None)
    seen = [draws()]
    for name in ("a", "b", "a"):
        begin(3, "trial_000", tmp_path / name)
        seen.append(draws())
    assert seen[1] == seen[3]
    assert len({value for drawn in seen for value in drawn}) == 9
    assert capsys.readouterr().err.count("the random generators start a new stream") == 3
