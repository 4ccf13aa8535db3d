"""Points in a YAML file."""

from pathlib import Path
from typing import Any

from runner.config.hydra_loader import read_yaml_file
from runner.runs.wording import shown


def read_points(path: Path) -> list[dict[str, Any]]:
    """The points of a YAML file: a list of mappings, or one mapping, as best/best.yaml is. Raises ValueError."""
    if not path.is_file():
        raise ValueError(f"there is no file {shown(path)}")
    content = read_yaml_file(path)
    points = content if isinstance(content, list) else [content]
    if not points or not all(isinstance(point, dict) and point for point in points):
        raise ValueError(f"{shown(path)} holds neither a mapping of parameters nor a list of them")
    return points
