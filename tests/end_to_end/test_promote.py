"""From a search to a model: promote, train, confirm, replay, diff, through the command line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from runner.trainables.yolo.environment import environment
from tests.end_to_end.conftest import Finished

pytestmark = pytest.mark.slow
NOISY = """
import random


def noisy(config):
    if config["kind"] == "bad":
        raise ValueError("a bad kind")
    noise = random.Random(config.get("seed", 0)).gauss(0, 0.001)
    return {"score": config["model"]["x"] + noise}
"""
SEARCH = (
    "experiment=null", "trainable=function", "trainable.import_path=mine:noisy", "trainable.reuse_workers=true",
    "objective.metric=score", "objective.mode=max", "name=mine", "resources.cpu=1", "seed=0", "budget.num_samples=5",
    "report=false",
    "search_space={model: {x: 'uniform(0, 1)'}, kind: \"choice(['good', 'bad'])\", width: 3}",
)  # fmt: skip
YOLO = (
    "experiment=null", "trainable=yolo", "trainable.model=yolo11n.yaml", "trainable.data=shapes", "name=tiny", "seed=0",
    "objective.metric=val/cls_loss", "objective.mode=min", "budget={num_samples: 1, max_epochs: 2}",
    "search_space.lr0=loguniform(1e-5, 1e-2)", "trainable.checkpoint_every=2", "trainable.curves=0", "report=false",
    "trainable.train_args={imgsz: 64, batch: 8, nbs: 8, optimizer: AdamW, warmup_epochs: 0.0, mosaic: 0.0,"
    " fraction: 0.2, plots: false}",
)  # fmt: skip


def run(folder: Path, *words: str) -> Finished:
    done = subprocess.run(
        [sys.executable, "-m", "runner", *words], cwd=folder, capture_output=True, check=False, text=True, timeout=240,
        env=dict(os.environ),
    )  # fmt: skip
    return Finished(done.returncode, done.stdout, done.stderr, folder)


def well(folder: Path, *words: str) -> str:
    """What a command printed that succeeded."""
    done = run(folder, *words)
    assert done.code == 0, done.out + done.err
    return done.out


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def only(folder: Path, pattern: str) -> Path:
    (found,) = folder.glob(pattern)
    return found


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in git in which five configurations of a function have been tried, some of which fail."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "mine.py").write_text(NOISY)
    (folder / ".gitignore").write_text("outputs\n__pycache__\n")
    who = ["-c", "user.name=a", "-c", "user.email=a@b"]
    for words in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "first"]):
        subprocess.run(["git", *words], cwd=folder, check=True)
    out = well(folder, *SEARCH)
    assert "runner promote outputs/mine/" in out
    return folder


@pytest.fixture(scope="module")
def search(project: Path) -> Path:
    return only(project, "outputs/mine/*")


def test_the_winner_becomes_a_preset_and_is_trained_with_several_seeds(project: Path, search: Path) -> None:
    locked = yaml.safe_load(read(search / "lock.yaml"))
    well(project, "promote", str(search), "--name", "winner")
    preset = read(project / "conf" / "experiment" / "winner.yaml")
    assert locked["git"]["commit"] in preset
    assert locked["contents"]["code"] in preset
    best = yaml.safe_load(read(search / "best" / "best.yaml"))
    assert yaml.safe_load(preset)["search_space"] == best
    out = well(project, "train", "experiment=winner", "--seeds", "2")
    assert "mean" in out
    assert "(2 seeds)" in out
    trained = Finished(0, out, "", only(project, "outputs/winner/*").parent)
    rows = (trained.folder / only(trained.folder, "*").name / "trials.csv").read_text().splitlines()
    assert len(rows) == 3
    assert {row.split(",")[rows[0].split(",").index("config/seed")] for row in rows[1:]} == {"0", "1"}
    config = yaml.safe_load(read(only(project, "outputs/winner/*/config.yaml")))
    assert (config["scheduler"]["name"], config["budget"]["num_samples"]) == ("fifo", 1)


def test_training_a_winner_warns_where_the_code_is_another_than_in_the_search(project: Path, search: Path) -> None:
    well(project, "promote", str(search), "--name", "origin", "--force")
    checked = ("check", "experiment=origin", "--here")
    assert "changed since" not in well(project, *checked)
    (project / "mine.py").write_text(NOISY + "\n# a change\n")
    try:
        done = run(project, *checked)
    finally:
        (project / "mine.py").write_text(NOISY)
    assert done.code == 0, "a warning"
    origin = yaml.safe_load(read(project / "conf" / "experiment" / "origin.yaml"))["origin"]
    told = f"origin.contents.code: changed since {origin['trial']} of {origin['run']}"
    assert told in done.out + done.err


def test_what_is_wrong_is_told_in_a_line(project: Path, search: Path) -> None:
    failed = next(row.split(",")[0] for row in read(search / "trials.csv").splitlines() if ",failed," in row)
    for words, message in (
        (("promote", "nowhere", "--name", "a"), "nowhere: there is no such folder"),
        (("promote", str(search), failed, "--name", "a"), f"{failed}: failed"),
        (("promote", str(search), "99", "--name", "a"), "99: the run has no such trial"),
        (("promote", str(search)), "--name: needs the name of the preset"),
        (("train", "experiment=null", *SEARCH[1:]), "train trains one configuration"),
        (("train", "experiment=quickstart", "--seeds", "none"), "--seeds: 'none' is no whole number"),
        (("confirm", str(search), "scheduler=asha"), "confirm decides that itself"),
        (("replay", "nowhere"), "nowhere: there is no such folder"),
        (("diff", str(search), "nowhere"), "nowhere: there is no such folder"),
    ):
        done = run(project, *words)
        assert (done.code, done.out) == (2, ""), words
        assert message in done.err, words
    file = project / "conf" / "experiment" / "taken.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("mine\n")
    assert "is there already\n    -> add --force" in run(project, "promote", str(search), "--name", "taken").err
    assert file.read_text() == "mine\n"
    well(project, "promote", str(search), "--name", "taken", "--force")


def test_the_best_are_confirmed_with_other_seeds(project: Path, search: Path) -> None:
    out = well(project, "confirm", str(search), "--top", "2", "--seeds", "2")
    folder = only(project, "outputs/mine_confirm/*")
    kept = yaml.safe_load(read(folder / "confirm.yaml"))
    assert kept["verdict"] in out
    assert "no defaults to compare it with" in kept["verdict"]
    for contender in kept["contenders"]:
        values = kept["values"][contender["name"]]
        assert values == pytest.approx([contender["parameters"]["model.x"]] * 2, abs=0.01)
        assert len({*values, contender["objective"]}) == 3, "seeds that the search did not use"
    (folder / "confirm.csv").unlink()
    assert kept["verdict"] in well(project, "confirm", str(folder))
    assert (folder / "confirm.csv").is_file()


def test_a_replay_proposes_the_same_and_diff_compares(project: Path, search: Path) -> None:
    (project / "mine.py").write_text(NOISY + "\n# a change\n")
    try:
        out = well(project, "replay", str(search))
    finally:
        (project / "mine.py").write_text(NOISY)
    assert out.index("contents.code") < out.index("starting Ray")
    assert "the same parameters: 5 of 5 trials" in out
    (replayed,) = set(project.glob("outputs/mine/*")) - {search}
    assert "a change" in read(replayed / "lock.diff")
    found = json.loads(well(project, "diff", str(search), str(replayed), "--json"))
    assert found["config"] == []
    assert {"git.diff", "contents.code"} <= {one["key"] for one in found["environment"]}
    assert found["outcomes"][0] == found["outcomes"][1]
    told = well(project, "diff", str(search), str(replayed))
    assert "config: the same" in told
    assert "contents.code" in told


def retrained_by_ultralytics_alone(run_folder: Path, folder: Path) -> None:
    """best.yaml is all that it takes, and its trainer has the arguments that the trial had."""
    best = run_folder / "best" / "best.yaml"
    assert "# searched: lr0\n" in read(best)
    folder.mkdir()
    code = (
        "import sys, yaml; from ultralytics import YOLO; best = yaml.safe_load(open(sys.argv[1]));"
        " YOLO(best['model'], best['task']).train(**best, save_dir=sys.argv[2], device='cpu')"
    )
    command = [sys.executable, "-c", code, str(best), str(folder)]
    subprocess.run(command, cwd=folder, check=True, timeout=240, env={**os.environ, **environment(run_folder)})
    plain, trial = (yaml.safe_load(read(only(at, "args.yaml"))) for at in (folder, only(run_folder, "trials/*")))
    assert {key: plain[key] for key in plain if plain[key] != trial[key]}.keys() <= {"save_dir", "exist_ok", "name"}


def test_promoted_yolo_trains_to_the_objective_again(tmp_path: Path) -> None:
    """The seed of the search gives the same objective; the promoted one lies within the spread of the seeds."""
    well(tmp_path, *YOLO)
    well(tmp_path, "promote", "latest", "--name", "winner")
    preset = yaml.safe_load(read(tmp_path / "conf" / "experiment" / "winner.yaml"))
    searched = yaml.safe_load(read(only(tmp_path, "outputs/tiny/*/best/best.yaml")))
    assert preset["trainable"]["train_args"]["lr0"] == searched["lr0"]
    text = read(tmp_path / "conf" / "experiment" / "winner.yaml")
    assert yaml.safe_load(read(only(tmp_path, "outputs/tiny/*/lock.yaml")))["contents"]["data"] in text
    promoted = float(text.partition("val/cls_loss = ")[2].split()[0])
    retrained_by_ultralytics_alone(only(tmp_path, "outputs/tiny/*"), tmp_path / "plain")
    out = well(tmp_path, "train", "experiment=winner", "--seeds", "2")
    assert "best weights" in out
    run_folder = only(tmp_path, "outputs/winner/*")
    first, second = (line.split(",") for line in read(run_folder / "trials.csv").splitlines()[1:])
    column = read(run_folder / "trials.csv").splitlines()[0].split(",").index("objective")
    values = [float(first[column]), float(second[column])]
    assert values[0] != values[1]
    assert values[0] == pytest.approx(promoted, rel=1e-3)
    assert abs(sum(values) / 2 - promoted) <= max(values) - min(values)
