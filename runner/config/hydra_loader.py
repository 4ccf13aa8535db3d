"""Hydra behind one door: the search path, the groups and their options, and composing the config.

The class `Hydra` and the search path's implementation are private in Hydra 1.3, and hydra.main offers no hook before
its own reading of the command line: all that is private is used here alone (tests/config/test_hydra_loader.py names
the version that it was tried on).
"""

import functools
import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hydra import version
from hydra._internal.config_search_path_impl import ConfigSearchPathImpl
from hydra._internal.core_plugins.file_config_source import FileConfigSource
from hydra._internal.hydra import Hydra
from hydra._internal.sources_registry import SourcesRegistry
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override as HydraOverride
from hydra.core.plugins import Plugins
from hydra.errors import HydraException
from hydra.plugins.config_source import ConfigResult, ConfigSource
from hydra.plugins.search_path_plugin import SearchPathPlugin
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from runner.config.clash import clash
from runner.config.config_file import hydra_settings, load, read_text
from runner.config.source import Source
from runner.config.suggest import did_you_mean
from runner.config.unknown_option import unknown_option
from runner.errors import ConfigError, Problem

CONFIG_NAME = "config"
PRESET = "experiment"
"""The group whose options are presets."""


def packaged_conf() -> Path:
    """The project's own conf/: inside the package in a wheel, beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "conf"
    return inside if inside.is_dir() else package.parent / "conf"


def search_path(config_dir: Path | None, folder: Path) -> list[Path]:
    """Where presets and options are looked for, the user's first: --config-dir, ./conf, then our own."""
    if config_dir is not None and not config_dir.is_dir():
        raise ConfigError(
            [Problem("config-dir", "--config-dir", f"{config_dir} is not a folder", "give the folder with experiment/")]
        )
    candidates = [config_dir, folder / "conf", packaged_conf()]
    found = [candidate.resolve() for candidate in candidates if candidate is not None and candidate.is_dir()]
    return list(dict.fromkeys(found))


def groups(folders: Sequence[Path]) -> dict[str, list[str]]:
    """Group to the names of its options, over all folders of a search path."""
    names = sorted({path.name for folder in folders for path in folder.iterdir() if path.is_dir()})
    return {name: sorted({file.stem for d in folders for file in (d / name).glob("*.yaml")}) for name in names}


class ConfigFiles(FileConfigSource):  # type: ignore[misc]
    """Hydra's source of files, with errors that name the file and the line."""

    def load_config(self, config_path: str) -> ConfigResult:
        """Read one file. Raises ConfigError."""
        file = Path(self.path, self._normalize_file_name(config_path)).resolve()
        text = read_text(file)
        header = ConfigSource._get_header_dict(text[:512])
        config = load(text, file)
        if header["package"] == "_global_" and isinstance(config, DictConfig):
            problems = list(hydra_settings(config, file))
            if problems:
                raise ConfigError(problems)
        return ConfigResult(config=config, path=f"{self.scheme()}://{self.path}", provider=self.provider, header=header)


class HydraLoader:
    """Groups, options and composition over a search path of folders."""

    def __init__(self, folders: Sequence[Path], *, task_name: str = "runner") -> None:
        version.setbase("1.3")
        path = ConfigSearchPathImpl()
        path.append("hydra", "pkg://hydra.conf")
        for number, folder in enumerate(folders):
            path.append("runner" if number == len(folders) - 1 else "user", f"file://{folder}")
        plugins = Plugins.instance()
        SourcesRegistry.instance().types["file"] = ConfigFiles
        for plugin in plugins.discover(SearchPathPlugin):
            plugin().manipulate_search_path(path)
        path.append("schema", "structured://")
        GlobalHydra.instance().clear()
        self.folders = tuple(folders)
        self.hydra = Hydra.create_main_hydra2(task_name, path)

    @functools.cached_property
    def groups(self) -> dict[str, list[str]]:
        return groups(self.folders)

    def has_option(self, group: str, option: str) -> bool:
        """Whether `<group>/<option>.yaml` is on the search path; an option may lie in a folder below its group."""
        return self.file_of(f"{group}/{option}") is not None

    def file_of(self, path: str) -> Path | None:
        """The file that Hydra takes for `<group>/<option>`: that of the first folder that has one."""
        candidates = (folder / f"{path}.yaml" for folder in self.folders)
        try:
            return next((file for file in candidates if file.is_file()), None)
        except OSError:  # longer than the name of a file may be
            return None

    def compose(self, overrides: Sequence[str], *, with_hydra: bool = False) -> tuple[dict[str, Any], dict[str, Any]]:
        """The unresolved config as plain data, and the option that each group has in it.

        Raises ConfigError for what Hydra refuses.
        """
        with self._told(overrides):
            config = self.hydra.compose_config(
                config_name=CONFIG_NAME,
                overrides=list(overrides),
                run_mode=RunMode.RUN,
                from_shell=False,
                with_log_configuration=False,
            )
        choices = dict(config.hydra.runtime.choices)
        if not with_hydra:
            config = OmegaConf.masked_copy(config, [key for key in config if key != "hydra"])
        plain = OmegaConf.to_container(config, resolve=False)
        return {str(key): value for key, value in dict(plain).items()}, choices  # type: ignore[arg-type]

    def sources(self, overrides: Sequence[str]) -> list[Source]:
        """The files that make up the config, in the order in which they are merged: what a later one says holds.

        Raises ConfigError for what Hydra refuses.
        """
        with self._told(overrides):
            found = self.hydra.config_loader.compute_defaults_list(CONFIG_NAME, list(overrides), RunMode.RUN).defaults
        files = [(self.file_of(default.config_path or ""), default.package or "") for default in found]
        return [Source(file, package) for file, package in files if file is not None]

    def info(self, what: str, overrides: Sequence[str]) -> None:
        """Print Hydra's own view (--info). Raises ConfigError for what Hydra refuses."""
        try:
            with self._told(overrides):
                self.hydra.show_info(what, CONFIG_NAME, list(overrides))
        finally:
            logging.getLogger().handlers.clear()

    def complete(self, words: Sequence[str]) -> None:
        """Hydra's tab completion: install, uninstall or query. Raises ConfigError."""
        try:
            self.hydra.shell_completion(CONFIG_NAME, list(words))
        except (ValueError, KeyError) as error:
            problem = Problem("completion", "--shell-completion", str(error), "type --shell-completion install=bash")
            raise ConfigError([problem]) from error

    def parse(self, text: str) -> HydraOverride | None:
        """A word of the command line in Hydra's grammar, or None where that grammar refuses it."""
        try:
            return OverridesParser.create(self.hydra.config_loader).parse_overrides([text])[0]
        except (HydraException, OmegaConfBaseException, RecursionError):
            return None

    @contextmanager
    def _told(self, overrides: Sequence[str]) -> Iterator[None]:
        """What Hydra, OmegaConf and PyYAML refuse in a file or in the composition, as a ConfigError."""
        try:
            yield
        except RecursionError as error:
            problem = Problem("compose", "defaults", "a file includes itself", "remove it from its own defaults list")
            raise ConfigError([problem]) from error
        except (HydraException, OmegaConfBaseException, ValueError, OSError) as error:
            raise ConfigError([self._composition_problem(error, overrides)]) from error

    def _composition_problem(self, error: Exception, overrides: Sequence[str]) -> Problem:
        torn = clash(self.sources(overrides), list(self.groups)) if "Cannot merge" in str(error) else None
        if torn:
            return torn
        group, slash, option = str(getattr(error, "missing_cfg_file", None) or "").rpartition("/")
        if slash:
            return unknown_option(group, group, option, self.groups.get(group, []))
        unmatched = re.search(r"Could not override '/?([^'@]+)(@experiment\.)?", str(error))
        if unmatched and unmatched[2]:
            message = "a preset without its first line sets keys below `experiment`"
            return Problem("preset-header", PRESET, message, "open its file with the line: # @package _global_")
        foreign = next((f / "config.yaml" for f in self.folders[:-1] if (f / "config.yaml").is_file()), None)
        if unmatched and foreign and unmatched[1] in self.groups:
            message = f"takes the place of runner's own config.yaml and knows no {unmatched[1]}"
            return Problem("foreign-config", str(foreign), message, "rename it, or type the command in another folder")
        remedy = did_you_mean(unmatched[1], self.groups) if unmatched else ""
        cause = error if str(error) or error.__cause__ is None else error.__cause__
        return Problem("compose", str(getattr(cause, "full_key", None) or ""), _first_lines(cause), remedy)


def _first_lines(error: BaseException) -> str:
    """The message without the rows in which OmegaConf tells where in its own objects it was."""
    rows = [line for line in str(error).splitlines() if line.strip()]
    lines = [line for line in rows if not line.lstrip().startswith(("full_key:", "object_type="))]
    return "\n    ".join(line.strip() for line in lines[:12])


def resolve(config: dict[str, Any]) -> dict[str, Any]:
    """Interpolations replaced by their values; `???` stays. Raises ConfigError for one that cannot be resolved."""
    try:
        resolved = OmegaConf.to_container(OmegaConf.create(config), resolve=True, throw_on_missing=False)
    except OmegaConfBaseException as error:
        where = str(getattr(error, "full_key", "") or "")
        raise ConfigError([Problem("interpolation", where, _first_lines(error), "name a key that exists")]) from error
    return {str(key): value for key, value in dict(resolved).items()}  # type: ignore[arg-type]


def to_yaml(config: dict[str, Any], *, resolved: bool = False) -> str:
    """The config as YAML."""
    return OmegaConf.to_yaml(OmegaConf.create(resolve(config) if resolved else config))


def read_yaml_value(text: str) -> Any:
    """A value of the command line as YAML, with OmegaConf's reading of numbers (1e-5 is one). Raises ValueError."""
    try:
        node = load(f"value: {text}", Path("the command line"))
    except (OmegaConfBaseException, ConfigError) as error:
        raise ValueError(str(error)) from error
    if not isinstance(node, DictConfig) or list(node) != ["value"]:
        raise ValueError(text)
    return OmegaConf.to_container(node, resolve=False)["value"]  # type: ignore[index,call-overload]


def read_yaml_file(path: Path) -> Any:
    """A YAML file as plain data, with OmegaConf's reading of numbers (1e-5 is one). Raises ValueError."""
    try:
        return OmegaConf.to_container(load(read_text(path), path), resolve=False)
    except (OmegaConfBaseException, ConfigError) as error:
        raise ValueError(_first_lines(error)) from error
