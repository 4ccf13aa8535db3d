"""Plugins: a builder registered under its name, whose keyword-only signature is the schema of its options."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, create_model

from runner.config.docstring import meanings
from runner.config.searcher_options import SearcherOptions
from runner.config.traits import SchedulerTraits, SearcherTraits, StopperTraits, TrainableTraits, Traits

Builder = TypeVar("Builder", bound=Callable[..., Any])
Kind = TypeVar("Kind", bound=Traits)


@dataclass(frozen=True)
class Plugin(Generic[Kind]):
    """A registered builder.

    Attributes:
        redirects: an option that users know from the library behind it, and what they should do instead.
        requires: the distributions that it alone needs.
        traits: what it can do.
        shared: options that every plugin of its group has; the builder does not get them.
    """

    name: str
    build: Callable[..., Any]
    redirects: dict[str, str]
    requires: tuple[str, ...]
    traits: Kind
    shared: type[BaseModel] | None = None

    @cached_property
    def options(self) -> type[BaseModel]:
        """A strict pydantic model of the builder's keyword-only parameters, and of those that the group shares."""
        hints = get_type_hints(self.build, include_extras=True)
        if inspect.isclass(self.build):
            hints = get_type_hints(self.build.__init__, include_extras=True)
        schema: dict[str, Any] = {
            parameter.name: (hints.get(parameter.name, Any), self._default(parameter))
            for parameter in inspect.signature(self.build).parameters.values()
            if parameter.kind is inspect.Parameter.KEYWORD_ONLY
        }
        if self.shared:
            hints = get_type_hints(self.shared, include_extras=True)
            schema |= {name: (hints[name], field) for name, field in self.shared.model_fields.items()}
        config = ConfigDict(extra="forbid", frozen=True, strict=True, protected_namespaces=())
        return create_model(f"{self.name} options", __config__=config, **schema)

    def own(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Those of the options that the builder takes."""
        shared = self.shared.model_fields if self.shared else {}
        return {key: value for key, value in options.items() if key not in shared}

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
    def meanings(self) -> dict[str, str]:
        """Each option, and what it means."""
        return {**meanings(self.documentation), **meanings(inspect.getdoc(self.shared) or "" if self.shared else "")}

    @property
    def summary(self) -> str:
        """The first line of the builder's docstring."""
        return self.documentation.split("\n", 1)[0]


class Registry(Generic[Kind]):
    """The options of one config group. Each lives in a module of `package` named as the option is."""

    def __init__(self, group: str, package: str, traits: type[Kind], shared: type[BaseModel] | None = None) -> None:
        self.group = group
        self.package = package
        self.traits = traits
        self.shared = shared
        self._plugins: dict[str, Plugin[Kind]] = {}

    def register(
        self,
        name: str,
        *,
        redirects: dict[str, str] | None = None,
        requires: tuple[str, ...] = (),
        traits: Kind | None = None,
    ) -> Callable[[Builder], Builder]:
        """Register the decorated function or class; the arguments are the attributes of `Plugin`."""

        def decorate(build: Builder) -> Builder:
            self._plugins[name] = Plugin(name, build, redirects or {}, requires, traits or self.traits(), self.shared)
            return build

        return decorate

    def names(self) -> list[str]:
        """Every option that can be chosen."""
        package = importlib.import_module(self.package)
        return sorted(module.name for module in pkgutil.iter_modules(package.__path__))

    def get(self, name: str) -> Plugin[Kind]:
        """The plugin of that name; raises KeyError."""
        if name not in self._plugins:
            if name not in self.names():
                raise KeyError(name)
            importlib.import_module(f"{self.package}.{name}")
        return self._plugins[name]


TRAINABLES = Registry("trainable", "runner.trainables", TrainableTraits)
SEARCHERS = Registry("searcher", "runner.translate.searchers", SearcherTraits, SearcherOptions)
SCHEDULERS = Registry("scheduler", "runner.translate.schedulers", SchedulerTraits)
STOPPERS = Registry("stopper", "runner.translate.stoppers", StopperTraits)
LOGGERS = Registry("logger", "runner.translate.loggers", Traits)
RAY = Registry("ray", "runner.translate.clusters", Traits)
REGISTRIES: dict[str, Registry[Any]] = {
    registry.group: registry for registry in (TRAINABLES, SEARCHERS, SCHEDULERS, STOPPERS, LOGGERS, RAY)
}
"""Every group whose options are plugins."""


def cannot_resume(config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The groups of a config whose option makes that its run cannot be resumed, each with the reason."""
    registries: tuple[Registry[Any], ...] = (SEARCHERS, SCHEDULERS)
    for registry in registries:
        name = (config.get(registry.group) or {}).get("name")
        if name in registry.names() and registry.get(name).traits.cannot_resume:
            yield registry.group, registry.get(name).traits.cannot_resume


def unit_of(config: Mapping[str, Any]) -> str:
    """What one report of a run with this config is called, by its trainable; an iteration where that is not known."""
    node = config.get("trainable")
    name = node.get("name") if isinstance(node, Mapping) else None
    return TRAINABLES.get(name).traits.unit if name in TRAINABLES.names() else TrainableTraits.unit


def common_unit(units: Iterable[str]) -> str:
    """What one report is called where several runs stand side by side: an iteration where they differ."""
    one, *others = {*units}
    return one if not others else TrainableTraits.unit
