"""The contract of options: the file's stem is its name is the registry's key, and the signature is the schema."""

import importlib.metadata
import inspect
import re
from typing import Any

import pytest
from omegaconf import OmegaConf

from runner.config.registry import LOGGERS, RAY, SCHEDULERS, SEARCHERS, STOPPERS, TRAINABLES, Registry
from runner.config.unknown_option import unknown_option
from tests.config.composing import CONF, names

REGISTRIES = {registry.group: registry for registry in (TRAINABLES, SEARCHERS, SCHEDULERS, STOPPERS, LOGGERS, RAY)}
OPTIONS = [(group, name) for group in REGISTRIES for name in names(group)]
FOLLOWS = {
    **dict.fromkeys([("wandb", "project"), ("comet", "project")], "${name}"),
    **dict.fromkeys([("mlflow", "experiment_name"), ("aim", "experiment_name")], "${name}"),
    **dict.fromkeys([("zoopt", "budget"), ("nevergrad", "budget")], "${budget.num_samples}"),
}
"""Options that a file takes from elsewhere in the config, where the builder has no default."""

REDIRECTS = {
    "hebo": "HEBO is installed by hand: it asks for a numpy below 1.25",
    "aim": "Aim wants older packages than constraints.txt pins: it has an environment of its own",
}
"""Options whose packages are not installed beside the others, and why."""

options = pytest.mark.parametrize(("group", "name"), OPTIONS)


def keys(registry: Registry, name: str) -> list[str]:
    """Those of the builder, then those that the group shares."""
    parameters = inspect.signature(registry.get(name).build).parameters.values()
    shared = registry.shared.model_fields if registry.shared else {}
    return [*(p.name for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY), *shared]


def file_of(group: str, name: str) -> dict[str, Any]:
    node = OmegaConf.to_container(OmegaConf.load(CONF / group / f"{name}.yaml"), resolve=False)
    assert isinstance(node, dict)
    return {str(key): value for key, value in node.items()}


@pytest.mark.slow
def test_every_algorithm_of_ray_tune_is_an_option_or_says_what_to_type_instead() -> None:
    from ray.tune.schedulers import SCHEDULER_IMPORT
    from ray.tune.search import SEARCH_ALG_IMPORT

    for registry, known in ((SEARCHERS, SEARCH_ALG_IMPORT), (SCHEDULERS, SCHEDULER_IMPORT)):
        assert len(known) >= 10
        for name in set(known) - set(registry.names()):
            remedy = unknown_option(registry.group, registry.group, name, registry.names()).remedy
            assert "type " in remedy, name
            told = re.search(rf"type {registry.group}=(\w+)", remedy)
            assert told is None or told[1] in registry.names()


@pytest.mark.parametrize("group", REGISTRIES)
def test_every_plugin_has_its_file_and_every_file_its_plugin(group: str) -> None:
    assert REGISTRIES[group].names() == names(group)


def test_every_folder_of_conf_is_a_group_that_is_known() -> None:
    assert {path.name for path in CONF.iterdir() if path.is_dir()} == {*REGISTRIES, "experiment", "search_space"}


@options
def test_the_name_in_the_file_is_the_files_stem_and_the_registrys_key(group: str, name: str) -> None:
    assert file_of(group, name)["name"] == name
    assert REGISTRIES[group].get(name).name == name


@options
def test_the_file_holds_every_option_of_the_builder_with_its_default(group: str, name: str) -> None:
    in_file = {key: value for key, value in file_of(group, name).items() if key != "name"}
    fields = REGISTRIES[group].get(name).options.model_fields
    expected = {
        key: FOLLOWS.get((name, key), "???") if field.is_required() else field.get_default(call_default_factory=True)
        for key, field in fields.items()
    }
    assert in_file == expected
    assert list(in_file) == keys(REGISTRIES[group], name)


@options
def test_the_docstring_has_a_line_of_summary_and_a_meaning_for_each_option(group: str, name: str) -> None:
    plugin = REGISTRIES[group].get(name)
    assert plugin.summary.endswith((".", ")."))
    for key in keys(REGISTRIES[group], name):
        assert plugin.meanings.get(key), f"{group}={name}: {key} has no meaning in the docstring"


@options
def test_the_file_says_in_a_comment_what_the_option_is(group: str, name: str) -> None:
    lines = (CONF / group / f"{name}.yaml").read_text(encoding="utf-8").splitlines()
    comments = [line for line in lines if line.startswith("# ") and not line.startswith("# @package")]
    assert comments


@options
def test_options_of_a_group_of_several_lie_below_their_own_name(group: str, name: str) -> None:
    first = (CONF / group / f"{name}.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("# @package") == (group in {"stopper", "logger"})
    if group in {"stopper", "logger"}:
        assert first == f"# @package {group}.{name}"


@options
def test_the_schema_refuses_unknown_options(group: str, name: str) -> None:
    assert REGISTRIES[group].get(name).options.model_config["extra"] == "forbid"
    assert REGISTRIES[group].get(name).options.model_config["strict"] is True


@options
def test_packages_that_an_option_needs_are_distributions(group: str, name: str) -> None:
    if name in REDIRECTS:
        pytest.skip(REDIRECTS[name])
    for package in REGISTRIES[group].get(name).requires:
        assert importlib.metadata.version(package)


def test_an_option_that_does_not_exist_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        SEARCHERS.get("optna")


def test_an_option_that_is_left_out_has_the_default_of_the_builder() -> None:
    """A dataclass that makes its default by a factory shows a mark in its place in the signature."""
    options = TRAINABLES.get("yolo").options.model_validate({"model": "yolo11n.yaml", "data": "shapes"})
    assert options.model_dump() == {
        "model": "yolo11n.yaml", "data": "shapes", "task": None, "train_args": {}, "train_metrics": None,
            "checkpoint_every": 1, "on_oom": "fail", "trust_data": False, "keep_best": None, "curves": 1,
    }  # fmt: skip
