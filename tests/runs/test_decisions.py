import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from runner.runs.decisions import Decision, append

WHEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def refuse(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")


def test_a_decision_is_one_json_line(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    detail = '0.12 is below 0.31,\nthe "cut-off"'
    append(path, Decision("t1", 3, "asha", 0.12, 0.31, detail, 4, 5, 7), "stopped", WHEN)
    append(path, Decision("t2", 9, "end", None, None, "trained to its end"), "completed", WHEN)
    first, second = (json.loads(line) for line in path.read_text().splitlines())
    assert first == {
        "time": "2026-01-02T03:04:05+00:00",
        "state": "stopped",
        "trial": "t1",
        "iteration": 3,
        "rule": "asha",
        "value": 0.12,
        "compared_with": 0.31,
        "detail": detail,
        "rank": 4,
        "ranked": 5,
        "epochs_saved": 7,
        "exploit": None,
    }
    assert second["value"] is None


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_json_cannot_say_is_null(tmp_path: Path, value: float) -> None:
    path = tmp_path / "decisions.jsonl"
    append(path, Decision("t1", 3, "plateau", value, value, ""), "stopped", WHEN)
    line = json.loads(path.read_text(), parse_constant=refuse)
    assert line["value"] is line["compared_with"] is None
