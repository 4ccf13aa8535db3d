"""The environment of a trial's process: no network, no installing, no file outside the run folder."""

import shutil
from pathlib import Path

INTEGRATIONS = ("clearml", "comet", "dvc", "mlflow", "raytune", "tensorboard", "wandb")
"""Callbacks of the library that report on their own. Ray's would count every epoch twice."""


def folder(run_folder: Path) -> Path:
    """Ultralytics' configuration folder of one run: settings of another run are never shared."""
    return run_folder / ".ultralytics"


def environment(run_folder: Path, *, offline: bool = True) -> dict[str, str]:
    """Variables to set before ultralytics or matplotlib is imported."""
    home = folder(run_folder)
    return {
        "YOLO_OFFLINE": str(offline).lower(),
        "YOLO_AUTOINSTALL": "false",
        "YOLO_CONFIG_DIR": str(home),
        "ULTRALYTICS_SAFE_LOAD": "true",
        "MPLCONFIGDIR": str(home / "matplotlib"),
        "MPLBACKEND": "Agg",
        "TORCHINDUCTOR_CACHE_DIR": str(home / "torchinductor"),
    }


def place_fonts(run_folder: Path) -> None:
    """Matplotlib's own font under the names that plots ask for: without them each trial tries to fetch one."""
    from matplotlib import get_data_path

    target = folder(run_folder) / "Ultralytics"
    target.mkdir(parents=True, exist_ok=True)
    for name in ("Arial.ttf", "Arial.Unicode.ttf"):
        if not (target / name).exists():
            shutil.copyfile(Path(get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf", target / name)


def switch_off_integrations() -> None:
    """In this process alone: an assignment to the library's settings would write its settings file."""
    from ultralytics.utils import SETTINGS

    for name in INTEGRATIONS:
        dict.__setitem__(SETTINGS, name, False)
