from pathlib import Path

import pytest

from runner.runs.atomic import replacing


def test_a_reader_finds_the_old_file_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "trials.csv"
    path.write_text("old")
    with replacing(path) as draft:
        draft.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_rewrite_that_fails_leaves_the_old_file_and_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "trials.csv"
    path.write_text("old")
    with pytest.raises(OSError, match="no space"), replacing(path) as draft:
        draft.write_text("ne")
        raise OSError("no space left on device")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
