"""Presets by the words that people have for them: their names, their files, a folder of files."""

from collections.abc import Iterator
from pathlib import Path

from runner.config.hydra_loader import PRESET, HydraLoader
from runner.config.suggest import did_you_mean
from runner.errors import ConfigError, Problem


def presets(word: str, loader: HydraLoader) -> list[str]:
    """The names of the presets that a word names, as in experiment=NAME. Raises ConfigError."""
    path = Path(word)
    if loader.has_option(PRESET, word):
        return [word]
    if path.is_dir():
        return _of_folder(path, loader)
    if path.is_file():
        return [_of_file(path, loader)]
    if path.suffix or len(path.parts) > 1:
        raise _refused(word, "there is no such file", did_you_mean(path.stem, loader.groups[PRESET]))
    raise _refused(word, "there is no such preset", did_you_mean(word, loader.groups[PRESET]))


def _of_folder(path: Path, loader: HydraLoader) -> list[str]:
    files = [file for file in sorted(path.rglob("*.yaml")) if PRESET in file.resolve().parts]
    if not files:
        raise _refused(str(path), "holds no presets", "name a folder with YAML files, as in conf/experiment")
    return [_of_file(file, loader) for file in files]


def _of_file(path: Path, loader: HydraLoader) -> str:
    """The name of one file, which must be the one that Hydra takes for that name."""
    file = path.resolve()
    if file.suffix != ".yaml":
        raise _refused(str(path), "is no .yaml file", f"rename it to {path.stem}.yaml")
    for name in _names(file, loader):
        group, _, option = name.partition("/")
        if group != PRESET or not option:
            remedy = f"type {group}={option}, or name a preset that uses it" if option else "name a preset"
            raise _refused(str(path), "is no preset", remedy)
        taken = loader.file_of(name)
        if taken != file:
            raise _refused(str(path), f"is hidden by {taken}, which has the same name", "rename one of them")
        return option
    raise _refused(str(path), "lies outside of the folders that are searched for presets", _way_in(file))


def _names(file: Path, loader: HydraLoader) -> Iterator[str]:
    """The path of a file below each folder of the search path that holds it, without its suffix."""
    for folder in loader.folders:
        if file.is_relative_to(folder):
            yield file.relative_to(folder).with_suffix("").as_posix()


def _way_in(file: Path) -> str:
    folders = [parent for parent in file.parents if parent.name == PRESET]
    return f"add --config-dir {folders[0].parent}" if folders else f"move it to conf/{PRESET}/{file.name}"


def _refused(word: str, message: str, remedy: str) -> ConfigError:
    return ConfigError([Problem("preset", word, message, remedy)])
