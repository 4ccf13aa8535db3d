"""Damaged run folders: repaired with a note, or refused in one message; never a traceback."""

import json
import os
import shutil
from contextlib import suppress
from itertools import cycle, product
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import pytest

import runner
from runner.__main__ import main
from runner.errors import ConfigError
from runner.runs import decisions, history, journal
from runner.runs.driver import working_on
from runner.runs.explanation import Explanation
from runner.runs.folder import RunFolder
from runner.runs.mending.mend import mend
from runner.runs.run import Run
from runner.runs.trials_table import read_rows

from .damage import DAMAGES, FILES, at_line, commands, mutated, whole_run


class StartedError(Exception):
    """A command has read the run and would start Ray now."""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunFolder:
    """A run below outputs/ of the current folder, with a copy of it beside."""

    def start(*given: Any) -> None:
        raise StartedError

    for place in ("resume.run_on_ray", "confirm.new_folder", "replay.new_folder"):
        monkeypatch.setattr(f"runner.api.{place}", start)
    for place in ("resume.refuse_machine", "resume.refuse_searcher"):
        monkeypatch.setattr(f"runner.api.{place}", lambda *given: None)
    monkeypatch.chdir(tmp_path)
    made = whole_run(tmp_path / "outputs" / "quickstart" / "1", tmp_path)
    shutil.copytree(made.root, tmp_path / "before")
    return made


def outcome(words: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int | str, str]:
    """The exit code, or "started"; and what was printed, on both streams."""
    code: int | str
    try:
        code = main(words)
    except StartedError:
        code = "started"
    printed = capsys.readouterr()
    return code, printed.out + printed.err


def damage(run: RunFolder, file: str, name: str) -> None:
    path = run.root / file
    path.write_bytes(DAMAGES[name](path.read_bytes()))


def contents(run: RunFolder) -> dict[str, Any]:
    """What the four files say, but for when, and for what no other file holds: the value that a rule looked at."""
    decided = [
        {key: line[key] for key in ("trial", "state", "iteration", "detail")} for line in decisions.read(run.decisions)
    ]
    rows = read_rows(run.trials_csv)
    for row in rows.values():
        row["reason"] = "" if row["state"] == "interrupted" else row["reason"]
    return {
        "history.csv": list(history.rows(run.history_csv)),
        "trials.csv": rows,
        "decisions.jsonl": sorted(decided, key=lambda line: str(line["trial"])),
        "journal.jsonl": [vars(event) | {"time": 0} for event in journal.read(run.journal)],
    }


@pytest.mark.parametrize("name", [*DAMAGES])
@pytest.mark.parametrize("file", ["history.csv", "trials.csv", "decisions.jsonl"])
def test_what_one_file_lost_is_put_back_from_the_others(run: RunFolder, file: str, name: str) -> None:
    before = contents(run)
    run.best_yaml.write_text(f"{run.best_yaml.read_text()}# the same in every trial\nepochs: 4\n")
    best = run.best_yaml.read_bytes()
    damage(run, file, name)
    notes = mend(run)
    assert contents(run) == before
    assert len(notes) == 1
    assert notes[0].startswith(f"{file}: ")
    assert "the damaged file is" in notes[0]
    assert mend(run) == []
    assert run.best_yaml.read_bytes() == best


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("a bad line", "line 3 cannot be read; 1 report put back from history.csv"),
        ("a line gone", "1 report put back from history.csv"),
        ("a line twice", "line 4 repeats the one before"),
        ("zeros", "line 3 cannot be read"),
        ("a quote", "line 3 cannot be read"),
    ],
)
def test_a_line_of_the_journal_is_put_back_where_it_stood(run: RunFolder, name: str, says: str) -> None:
    before = contents(run)
    damage(run, "journal.jsonl", name)
    (note,) = mend(run)
    assert says in note
    assert contents(run) == before


@pytest.mark.parametrize("number", range(2, 24))
def test_every_line_of_the_journal_is_known_from_the_other_files(run: RunFolder, number: int) -> None:
    """All but the first and the last, when a process began and left."""
    before = contents(run)["journal.jsonl"]
    run.journal.write_bytes(at_line(number, lambda text: b"[1, 2]\n")(run.journal.read_bytes()))
    (note,) = mend(run)
    assert f"line {number} cannot be read" in note
    assert "lost" not in note
    assert contents(run)["journal.jsonl"] == before


def test_a_journal_without_its_proposals_goes_on_with_no_resume(
    run: RunFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    damage(run, "journal.jsonl", "half, whole lines")
    code, told = outcome(["resume", str(run.root)], capsys)
    assert code == 2
    assert "searcher.warm_start=outputs/quickstart/1" in told
    assert outcome(["promote", str(run.root), "--name", "mine"], capsys)[0] == 0
    whole_again(run)
    damage(run, "journal.jsonl", "text")
    code, told = outcome(["resume", str(run.root)], capsys)
    assert code == 2
    assert "outputs/quickstart/1/journal.jsonl, line 1: is no JSON" in told


def test_what_no_file_holds_is_said_to_be_lost(run: RunFolder) -> None:
    """Ray's files are gone as well: the journal has the objective alone."""
    shutil.rmtree(run.root / "tune")
    damage(run, "history.csv", "half")
    (note,) = mend(run)
    assert "8 reports put back from journal.jsonl, with the objective alone (trial_002: 1 to 4, " in note
    assert len(Run(run).history) == 14
    assert Run(run).history["note"].isna().sum() == 8
    damage(run, "history.csv", "half")
    damage(run, "journal.jsonl", "empty")
    history_note, *_ = mend(run)
    assert "4 reports lost for good (trial_001: 2, trial_002: 4, trial_003: 1 and 1 trials more)" in history_note


def test_a_whole_run_and_one_that_a_process_works_on_are_left_alone(run: RunFolder) -> None:
    assert mend(run) == []
    damage(run, "history.csv", "half")
    content = run.history_csv.read_bytes()
    with working_on(run):
        run.driver.write_text(run.driver.read_text().replace(f'"pid": {os.getpid()}', f'"pid": {os.getppid()}'))
        began = psutil.Process(os.getppid()).create_time()
        run.driver.write_text(json.dumps({**json.loads(run.driver.read_text()), "began": began}))
        assert mend(run) == []
    assert run.history_csv.read_bytes() == content


def test_config_and_overrides(run: RunFolder) -> None:
    before = run.config.read_text()
    damage(run, "config.yaml", "half")
    damage(run, "overrides.yaml", "half")
    config, words = mend(run)
    assert "put back from lock.yaml" in config
    assert "what was typed is not known any more" in words
    assert run.config.read_text() == before
    assert Run(run).words == []
    run.lock.unlink()
    damage(run, "config.yaml", "a quote")
    with pytest.raises(ConfigError, match=r"config\.yaml, line \d+: is not YAML"):
        runner.load(run.root)


@pytest.mark.parametrize("content", ["", "[1]", "a: [", "{run: a, reference: b, contenders: [{a: 1}]}"])
def test_a_damaged_plan_of_a_confirmation(run: RunFolder, content: str, capsys: pytest.CaptureFixture[str]) -> None:
    run.confirm_yaml.write_text(content)
    code, told = outcome(["confirm", str(run.root)], capsys)
    assert code == 2
    assert "outputs/quickstart/1/confirm.yaml" in told


@pytest.mark.parametrize("name", ["empty", "text", "binary", "half"])
def test_where_it_is_not_known_whether_a_process_works_on_a_run_it_is_not_resumed(
    run: RunFolder, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run.driver.write_bytes(DAMAGES[name](b'{"pid": 1, "host": "x", "began": 1}\n'))
    code, told = outcome(["resume", str(run.root)], capsys)
    assert code == 2
    assert "if none does: rm outputs/quickstart/1/.driver" in told
    assert outcome(["why", str(run.root)], capsys)[0] == 0


def test_every_command_reads_a_damaged_run_or_says_what_is_wrong(
    run: RunFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every third pair of a command and a file, each with the next damage."""
    given = commands(run.root, run.root.parents[2] / "before")
    pairs = [*product(given.items(), FILES)][::3]
    for name, ((command, words), file) in zip(cycle(DAMAGES), pairs, strict=False):
        whole_again(run)
        path = run.root / file
        content = path.read_bytes() if path.exists() else b"1\n2\n3\n"
        path.write_bytes(DAMAGES[name](content))
        code, told = outcome(words, capsys)
        assert code in (0, 2, "started"), (file, name, command, told)


@pytest.mark.parametrize("file", FILES[:-1])
def test_no_damage_ends_in_a_traceback(run: RunFolder, file: str) -> None:
    """Every reader, on files with a few bytes changed: they read, or raise what is told in one message."""
    for seed in range(15):
        whole_again(run)
        path = run.root / file
        path.write_bytes(mutated(path.read_bytes(), seed))
        with suppress(ConfigError, ValueError if file == "config.yaml" else ConfigError):
            found = runner.load(run.root)
            explanation = Explanation(found)
            told = [*explanation.of_run(), *(line for name in found.rows for line in explanation.of_trial(name))]
            points = [found.point(trial) for trial in found.rows.values()]
            frames = found.trials, found.history, found.decisions
            assert told, (points, frames, found.best, list(journal.read(run.journal)))


def whole_again(run: RunFolder) -> None:
    shutil.rmtree(run.root)
    shutil.copytree(run.root.parents[2] / "before", run.root)
