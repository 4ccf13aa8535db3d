"""What a model's name or file says: its task, and whether Ultralytics knows the name. Nothing is loaded."""

import re
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

from runner.trainables.yolo import package
from runner.trainables.yolo.weights_file import task_in

Task = Literal["detect", "segment", "classify", "pose", "obb"]
TASKS: tuple[Task, ...] = get_args(Task)

SUFFIXES: dict[str, Task] = {"-seg": "segment", "-cls": "classify", "-pose": "pose", "-obb": "obb"}
OTHER_SUFFIXES = ("-sem", "-depth", "-world", "-reid")
"""Tasks and models of Ultralytics that this trainable does not train."""

RTDETR = "rtdetrdecoder"
"""The last layer of RT-DETR."""

HEADS: tuple[tuple[str, Task], ...] = (
    ("classify", "classify"),
    ("segment", "segment"),
    ("pose", "pose"),
    ("obb", "obb"),
    ("detect", "detect"),
    (RTDETR, "detect"),
)


@cache
def architectures() -> dict[str, Path]:
    """File name of each architecture of the package, such as yolo11-seg.yaml, to its path."""
    return {path.name: path for path in sorted((package.root() / "cfg" / "models").rglob("*.yaml"))}


@cache
def weights() -> frozenset[str]:
    """The .pt names that the package downloads by itself and that this trainable can train."""
    names = package.constants("utils/downloads.py")["GITHUB_ASSETS_NAMES"]
    foreign = ("sam", "FastSAM", "mobile", "yolo_nas", "yoloe")
    return frozenset(name for name in names if name.endswith(".pt") and not name.startswith(foreign))


def architecture(name: str) -> Path | None:
    """The package's file of an architecture, whose name lacks the scale letter: yolo11n.yaml is yolo11.yaml."""
    plain = re.sub(r"(\d+)([nslmx])(.+)?$", r"\1\3", name)
    known = architectures()
    return known.get(name) or known.get(plain)


def names() -> list[str]:
    """Every model that can be named, architectures with the scale letter n."""
    scaled = [re.sub(r"^(yolo(?:v5|v6|v8|11|12|26))(?=[-.])", r"\1n", name) for name in architectures()]
    return sorted({*scaled, *weights()})


def task_of(model: str, project: Path | None = None) -> Task | None:
    """The task of a model by its architecture file, its name, or the file of its weights; None where none says.

    Args:
        model: as in the config.
        project: where a relative path starts; None: the current folder.
    """
    path = Path(model)
    if path.suffix in {".yaml", ".yml"}:
        return _task_of_head(head(model, project)) or _task_of_stem(path.stem)
    if path.name in weights():
        return _task_of_stem(path.stem) or ("detect" if not any(s in path.stem for s in OTHER_SUFFIXES) else None)
    return _task_of_stem(path.stem) or _task_of_weights((project or Path()) / path)


def layout(model: str, project: Path | None = None) -> dict[str, Any]:
    """The content of the model's architecture file, of weights by their name; empty where there is none."""
    path = Path(model)
    file = (project or Path()) / path
    own = path.suffix in {".yaml", ".yml"} and file.is_file()
    found = file if own else architecture(f"{path.stem}.yaml")
    content = yaml.safe_load(found.read_text(encoding="utf-8")) if found else None
    return content if isinstance(content, dict) else {}


def head(model: str, project: Path | None = None) -> str:
    """The name of the last layer, in lower case: segment, rtdetrdecoder, pose26; empty where it is not known."""
    layers = layout(model, project).get("head")
    if isinstance(layers, list) and layers and isinstance(layers[-1], list) and len(layers[-1]) > 1:
        return str(layers[-1][-2]).lower()
    return ""


def _task_of_stem(stem: str) -> Task | None:
    return next((task for suffix, task in SUFFIXES.items() if suffix in stem), None)


def _task_of_weights(file: Path) -> Task | None:
    told = task_in(file) if file.suffix == ".pt" and file.is_file() else None
    return next((task for task in TASKS if task == told), None)


def _task_of_head(layer: str) -> Task | None:
    """As Ultralytics itself tells it."""
    if "semantic" in layer or "world" in layer:
        return None
    return next((task for word, task in HEADS if word in layer), None)


def resolve(model: str, project: Path) -> str:
    """The model as a trial takes it: an absolute path where there is a file, else the package's own name."""
    for path in (project / model, weights_folder(project) / model):
        if path.is_file():
            return str(path.resolve())
    return model


def weights_folder(project: Path) -> Path:
    """Where downloaded weights are kept, for all experiments of a project."""
    return project / "outputs" / "data" / "weights"


def must_be_fetched(model: str, project: Path) -> bool:
    """Whether it is the name of weights that the package offers and that are not on this machine yet."""
    return model in weights() and not Path(resolve(model, project)).is_file()
