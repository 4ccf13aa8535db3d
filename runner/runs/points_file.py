"""Points in a YAML file."""

from pathlib import Path
from typing import Any

from runner.config.hydra_loader import read_yaml_file
from runner.runs.best_file import fixed_keys
from runner.runs.wording import shown


def read_points(path: Path) -> list[dict[str, Any]]:
    """The points of a YAML file: a list of mappings, or one mapping. Raises ValueError.

    Of a best/best.yaml, only the parameters of the trial.
    """
    if not path.is_file():
        raise ValueError(f"there is no file {shown(path)}")
    content = read_yaml_file(path)
    if isinstance(content, dict) and (fixed := fixed_keys(path.read_text(encoding="utf-8"))):
        content = {key: value for key, value in content.items() if key not in fixed}
        if not content:
            raise ValueError(f"{shown(path)} holds no parameter that was searched: every trial had all of it")
    points = content if isinstance(content, list) else [content]
    if not points or not all(isinstance(point, dict) and point for point in points):
        raise ValueError(f"{shown(path)} holds neither a mapping of parameters nor a list of them")
    return points
