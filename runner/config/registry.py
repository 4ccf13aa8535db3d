"""Plugins: a builder registered under its name, whose keyword-only signature is the schema of its options."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cached_property
from typing import Any, TypeVar, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, create_model

Builder = TypeVar("Builder", bound=Callable[..., Any])


@dataclass(frozen=True)
class Plugin:
    """A registered builder.

    `elsewhere` maps an option that users know from the library behind it to what they should do instead.
    """

    name: str
    build: Callable[..., Any]
    elsewhere: dict[str, str]
    requires: tuple[str, ...]

    @cached_property
    def options(self) -> type[BaseModel]:
        """A strict pydantic model of the builder's keyword-only parameters."""
        hints = get_type_hints(self.build, include_extras=True)
        if inspect.isclass(self.build):
            hints = get_type_hints(self.build.__init__, include_extras=True)
        schema: dict[str, Any] = {
            parameter.name: (hints.get(parameter.name, Any), self._default(parameter))
            for parameter in inspect.signature(self.build).parameters.values()
            if parameter.kind is inspect.Parameter.KEYWORD_ONLY
        }
        config = ConfigDict(extra="forbid", frozen=True, strict=True, protected_namespaces=())
        return create_model(f"{self.name} options", __config__=config, **schema)

    def _default(self, parameter: inspect.Parameter) -> Any:
        """As pydantic takes it; a dataclass shows a mark of its own where a field has a factory."""
        own = fields(self.build) if is_dataclass(self.build) else ()
        factories: dict[str, Any] = {field.name: field.default_factory for field in own}
        if factories.get(parameter.name, MISSING) is not MISSING:
            return Field(default_factory=factories[parameter.name])
        return ... if parameter.default is inspect.Parameter.empty else parameter.default

    @property
    def documentation(self) -> str:
        """The builder's docstring."""
        return inspect.getdoc(self.build) or ""

    @property
    def summary(self) -> str:
        """The first line of the builder's docstring."""
        return self.documentation.split("\n", 1)[0]


class Registry:
    """The options of one config group. Each lives in a module of `package` named as the option is."""

    def __init__(self, group: str, package: str) -> None:
        self.group = group
        self.package = package
        self._plugins: dict[str, Plugin] = {}

    def register(
        self, name: str, *, elsewhere: dict[str, str] | None = None, requires: tuple[str, ...] = ()
    ) -> Callable[[Builder], Builder]:
        """Register the decorated function or class; `requires` are the distributions that it alone needs."""

        def decorate(build: Builder) -> Builder:
            self._plugins[name] = Plugin(name, build, elsewhere or {}, requires)
            return build

        return decorate

    def names(self) -> list[str]:
        """Every option that can be chosen."""
        package = importlib.import_module(self.package)
        return sorted(module.name for module in pkgutil.iter_modules(package.__path__))

    def get(self, name: str) -> Plugin:
        """The plugin of that name; raises KeyError."""
        if name not in self._plugins:
            if name not in self.names():
                raise KeyError(name)
            importlib.import_module(f"{self.package}.{name}")
        return self._plugins[name]


TRAINABLES = Registry("trainable", "runner.trainables")
SEARCHERS = Registry("searcher", "runner.translate.searchers")
SCHEDULERS = Registry("scheduler", "runner.translate.schedulers")
STOPPERS = Registry("stopper", "runner.translate.stoppers")
LOGGERS = Registry("logger", "runner.translate.loggers")
RAY = Registry("ray", "runner.translate.clusters")
REGISTRIES = {registry.group: registry for registry in (TRAINABLES, SEARCHERS, SCHEDULERS, STOPPERS, LOGGERS, RAY)}
"""Every group whose options are plugins."""
