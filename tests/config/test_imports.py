"""Who imports what: heavy libraries late, Hydra in one room, and rooms in one direction."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import runner
from tests.config.composing import names

PACKAGE = Path(runner.__file__).parent
ROOMS = {
    "errors": set(),
    "generators": set(),
    "config": {"errors"},
    "trainables": {"config", "errors", "generators"},
    "checks": {"trainables", "config", "errors"},
    "runs": {"config", "errors"},
    "reporting": {"runs", "config", "errors"},
    "translate": {"runs", "config", "errors", "generators", "trainables"},
    "planning": {"runs", "translate", "checks", "trainables", "config", "errors"},
    "examples": set(),
    "api": {"planning", "reporting", "runs", "translate", "checks", "trainables", "config", "errors"},
    "commands": {"api", "planning", "reporting", "runs", "translate", "checks", "trainables", "config", "errors"},
    "__main__": {"commands", "translate", "errors"},
    "__init__": {"api", "errors", "runs"},
}
"""Room to the rooms that it may import, beside itself."""
HEAVY = ("ray", "torch", "ultralytics", "optuna", "wandb", "mlflow", "comet_ml", "aim", "plotly", "pandas")


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        relative = path.relative_to(PACKAGE)
        yield relative.parts[0].removesuffix(".py"), path


def imported(path: Path) -> set[str]:
    """Dotted names of every import in a file, those inside of functions among them; not those for types alone."""
    found = set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for_types = {
        id(child)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for child in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert not node.level, f"{path}: a relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_every_room_is_known() -> None:
    assert {room for room, _ in modules()} == set(ROOMS)


def test_imports_go_one_way() -> None:
    wrong = []
    for room, path in modules():
        for name in imported(path):
            top, *rest = name.split(".")
            if top == "runner" and rest and rest[0] in ROOMS and rest[0] not in {room, *ROOMS[room]}:
                wrong.append(f"{path.relative_to(PACKAGE)} imports {name}")
    assert wrong == []


def test_only_config_imports_hydra_and_omegaconf() -> None:
    wrong = [
        f"{path.relative_to(PACKAGE)} imports {name}"
        for room, path in modules()
        for name in imported(path)
        if name.split(".")[0] in {"hydra", "omegaconf"} and room != "config"
    ]
    assert wrong == []


def test_what_is_private_in_hydra_is_used_in_one_file() -> None:
    assert [
        str(path.relative_to(PACKAGE))
        for _, path in modules()
        if any(name.startswith("hydra._internal") for name in imported(path))
    ] == ["config/hydra_loader.py"]


def loaded_by(code: str, *arguments: str) -> set[str]:
    """The top-level modules that a fresh Python has imported after `code`."""
    tail = "\nimport sys\nprint('LOADED', *{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", code + tail, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.rpartition("LOADED")[2].split())


@pytest.mark.slow
def test_reading_and_checking_every_preset_imports_no_heavy_library() -> None:
    code = f"""
from tests.config.composing import problems
from tests.config.test_presets import words
for preset in {names("experiment")}:
    problems(*words(preset), "stopper=[plateau]", "logger=[csv,json,tensorboard,wandb,mlflow,comet,aim]")
"""
    assert not loaded_by(code) & set(HEAVY)


@pytest.mark.slow
@pytest.mark.parametrize("words", [["--cfg", "job"], ["--help"], ["--version"]])
def test_showing_a_config_imports_hydra_at_most(words: list[str]) -> None:
    code = "import sys\nfrom runner.__main__ import main\nmain(sys.argv[1:])"
    loaded = loaded_by(code, *words)
    assert not loaded & {*HEAVY, "rich", "numpy", "pydantic", "matplotlib"}
    assert ("hydra" in loaded) == (words != ["--version"])


@pytest.mark.slow
def test_importing_the_package_imports_no_library() -> None:
    code = "import runner\nassert 'runner.api' not in __import__('sys').modules"
    ours = {"hydra", "omegaconf", "yaml", "rich", "numpy", "pydantic", "matplotlib", "asyncio"}
    assert not loaded_by(code) & {*HEAVY, *ours}


@pytest.mark.slow
def test_listing_runs_and_naming_their_reports_imports_no_heavy_library() -> None:
    code = "from runner.config.registry import unit_of\nunit_of({'trainable': {'name': 'yolo'}})"
    loaded = loaded_by(f"{code}\nfrom runner.__main__ import main\nmain(['runs'])")
    assert not loaded & {*HEAVY, "matplotlib"}
