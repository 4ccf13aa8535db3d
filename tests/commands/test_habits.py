"""What users of Hydra, Ray Tune and Ultralytics type first: each is answered with what to type here."""

from pathlib import Path

import pytest

from runner.__main__ import main
from runner.config.hydra_sweeps import translation


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["--resume"], "type python -m runner resume latest"),
        (["--config-name", "foo"], "type experiment=foo"),
        (["-cn", "foo"], "type experiment=foo"),
        (["--config-name=foo"], "type experiment=foo"),
        (["--config-path", "conf"], "type --config-dir conf"),
        (["--experimental-rerun", "x"], "type python -m runner replay RUN"),
        (["--data", "x.yaml"], "type trainable.data=x.yaml"),
        (["--model", "yolo11n-seg.pt"], "type trainable.model=yolo11n-seg.pt"),
        (["--project", "mine"], "type output_dir=mine"),
        (["--concurrent", "2"], "type budget.max_concurrent=2"),
        (["--epochs=30"], "type budget.max_epochs=30"),
        (["--iterations", "30"], "type budget.num_samples=30"),
        (["--gpu-per-trial", "1"], "type resources.gpu=1"),
        (["--grace-period", "5"], "type scheduler.grace_period=5"),
        (["--imgsz", "640"], "type trainable.train_args.imgsz=640"),
        (["--batch"], "type trainable.train_args.batch=..."),
        (["check", "--data", "x.yaml"], "type trainable.data=x.yaml"),
        (["--list"], "type python -m runner runs"),
        (["experiment=quickstart", "data=x.csv"], "known: budget"),
        (["data=x.yaml"], "say it once, as trainable.data"),
        (["imgsz=640"], "say it once, as trainable.train_args.imgsz"),
        (["space={lr0: 1}"], "say it once, as search_space.KEY"),
        (["trainable.train_args.epoch=3"], "set budget.max_epochs"),
        (["hydra/sweeper=optuna"], "type searcher=optuna"),
        (["hydra/sweeper=basic"], "add -m"),
        (["hydra/launcher=joblib"], "budget.max_concurrent=N"),
        (["hydra.job.name=x"], "type name=x"),
        (["hydra.sweep.dir=x"], "type output_dir=FOLDER"),
        (["hydra.sweeper.n_trials=20"], "type budget.num_samples=20"),
        (["hydra.sweeper.params.x=1"], "search_space.KEY=uniform(LOWER,UPPER)"),
        (["hydra.verbose=true"], "remove it"),
        (["seed=1", "check", "digits"], "type python -m runner check seed=1 digits"),
    ],
)
def test_a_habit_is_answered_with_what_to_type(argv: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv) == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize("flags", [["--config-dir", "conf"], ["--config-dir=conf"], ["-cd", "conf"]])
def test_flags_may_stand_before_a_command(flags: list[str], folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "conf").mkdir()
    assert main([*flags, "check", "digits"]) == 0
    assert "digits.yaml: ok" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("sweep", "here"),
    [
        ("interval(1,2)", "uniform(1, 2)"),
        ("interval(1e-5, 1e-1)", "uniform(1e-05, 0.1)"),
        ("tag(log, interval(1e-5, 1e-1))", "loguniform(1e-05, 0.1)"),
        ("int(interval(1, 8))", "randint(1, 9)"),
        ("tag(log, int(interval(1, 8)))", "lograndint(1, 9)"),
        ("range(-5.5,5.5,step=0.5)", "quniform(-5.5, 5.5, 0.5)"),
        ("range(1,5)", "randint(1, 6)"),
        ("range(start=2,stop=8,step=2)", "qrandint(2, 8, 2)"),
        ("range(0.1,0.7,step=0.25)", "choice([0.1, 0.35, 0.6])"),
        ("choice(sgd,adam)", "choice(['sgd', 'adam'])"),
        ("choice(1,2)", "choice([1, 2])"),
    ],
)
def test_a_sweep_of_hydra_is_translated_to_what_is_accepted(
    sweep: str, here: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "experiment=quickstart", f"search_space.x={sweep}"]) == 2
    assert f"search_space.x: {sweep} is a sweep of Hydra's -> write {here}" in capsys.readouterr().out
    assert main(["check", "experiment=quickstart", f"search_space.x={here}"]) == 0


@pytest.mark.parametrize(
    "text", ["interval(2,1)", "range(3,1)", "tag(log, interval(0, 1))", "interval(a", "tag()", "f(1)"]
)
def test_what_is_no_sweep_is_not_translated(text: str) -> None:
    assert not translation(text)


@pytest.mark.parametrize(
    ("words", "remedy", "accepted"),
    [
        (
            ["experiment=quickstart", "stopper=[plateau]", "budget.max_epochs=4", "stopper.plateau.num_results=8"],
            "type stopper.plateau.num_results=2, or a larger budget.max_epochs",
            "stopper.plateau.num_results=2",
        ),
        (
            ["yolo11_seg_guide", "search_space.batch=choice([2,4])"],
            "'searcher.points_to_evaluate=[]' tries no points",
            "searcher.points_to_evaluate=[]",
        ),
    ],
)
def test_a_remedy_is_accepted(words: list[str], remedy: str, accepted: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", *words]) == 2
    assert remedy in capsys.readouterr().out
    assert main(["check", *words, accepted]) == 0, capsys.readouterr().out
