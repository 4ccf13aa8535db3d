"""Trials and reports as files for other tools."""

from collections.abc import Callable
from pathlib import Path

import optuna
import pandas as pd
from optuna.trial import TrialState

from runner.reporting.study import direction, directions, fill, quiet
from runner.runs.atomic import replacing
from runner.runs.run import Run


def export(run: Run, formats: list[str], folder: Path) -> list[Path]:
    """Write `run` into `folder` in each of FORMATS that is named, in the place of earlier files. Returns the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    return [path for name in formats for path in FORMATS[name](run, folder)]


def _csv(run: Run, folder: Path) -> list[Path]:
    paths = {folder / "trials.csv": run.trials, folder / "history.csv": run.history}
    for path, frame in paths.items():
        with replacing(path) as draft:
            frame.to_csv(draft, index=False)
    return list(paths)


def _parquet(run: Run, folder: Path) -> list[Path]:
    paths = {folder / "trials.parquet": run.trials, folder / "history.parquet": run.history}
    for path, frame in paths.items():
        with replacing(path) as draft:
            _one_type_a_column(frame).to_parquet(draft, index=False)
    return list(paths)


def _one_type_a_column(frame: pd.DataFrame) -> pd.DataFrame:
    """A column of categories of several types as text: Parquet has one type a column."""
    mixed = [name for name in frame.columns if pd.api.types.infer_dtype(frame[name], skipna=True).startswith("mixed")]
    return frame.assign(**{name: frame[name].map(str, na_action="ignore") for name in mixed})


def _optuna(run: Run, folder: Path) -> list[Path]:
    """A study in SQLite, as optuna-dashboard opens it; trials that were stopped are pruned ones there.

    Optuna prunes no trial of several objectives: there they are complete ones.
    """
    path = folder / "optuna.db"
    with replacing(path) as draft, quiet():
        storage = optuna.storages.RDBStorage(f"sqlite:///{draft.resolve()}")
        name = f"{run.config['name']} {run.folder.root.name}"
        several = run.objective.several
        ways = directions(run) if several else [direction(run)]
        study = optuna.create_study(storage=storage, study_name=name, directions=ways)
        study.set_user_attr("objective", run.objective.needed)
        fill(study, run, stopped=TrialState.COMPLETE if several else TrialState.PRUNED)
        storage.remove_session()
        storage.engine.dispose()
    return [path]


FORMATS: dict[str, Callable[[Run, Path], list[Path]]] = {"csv": _csv, "parquet": _parquet, "optuna": _optuna}
