"""The door to Hydra, whose inside we use: which version that was tried on, and that it still fits."""

from pathlib import Path

import hydra
import pytest

from runner.config.hydra_loader import HydraLoader, packaged_conf, resolve, to_yaml
from runner.errors import ConfigError

TRIED = "1.3."


def test_the_hydra_whose_inside_is_used_is_the_one_that_was_tried() -> None:
    """A newer Hydra: run tests/config and tests/commands, correct runner/config/hydra_loader.py, then change TRIED."""
    assert hydra.__version__.startswith(TRIED), (
        f"runner/config/hydra_loader.py uses private parts of Hydra, tried on {TRIED}x;"
        f" installed is {hydra.__version__}: run: pip install 'hydra-core>=1.3.8,<1.4'"
    )


def test_all_that_is_private_is_still_there() -> None:
    from hydra._internal.config_search_path_impl import ConfigSearchPathImpl
    from hydra._internal.core_plugins.file_config_source import FileConfigSource
    from hydra._internal.hydra import Hydra
    from hydra._internal.sources_registry import SourcesRegistry

    assert callable(FileConfigSource.load_config)
    assert "file" in SourcesRegistry.instance().types
    for method in ("create_main_hydra2", "compose_config", "show_info", "shell_completion"):
        assert callable(getattr(Hydra, method, None)), f"Hydra.{method} is gone"
    assert callable(ConfigSearchPathImpl().append)


def test_groups_and_their_options_are_listed() -> None:
    groups = HydraLoader([packaged_conf()]).groups
    assert groups["scheduler"][:3] == ["asha", "bohb", "fifo"]
    assert "hydra" not in groups
    assert "config" not in groups


def test_composing_gives_plain_data_unresolved_and_the_choices() -> None:
    config, choices = HydraLoader([packaged_conf()]).compose(["experiment=digits", "logger=[wandb]"])
    assert type(config["scheduler"]) is dict
    assert config["logger"]["wandb"]["project"] == "${name}"
    assert "hydra" not in config
    assert (choices["scheduler"], choices["experiment"]) == ("asha", "digits")
    assert resolve(config)["logger"]["wandb"]["project"] == "digits"
    assert "${name}" in to_yaml(config)
    assert "${name}" not in to_yaml(config, resolved=True)


def test_hydras_own_node_is_given_where_it_is_asked_for() -> None:
    assert "job" in HydraLoader([packaged_conf()]).compose([], with_hydra=True)[0]["hydra"]


def test_two_loaders_live_beside_each_other(tmp_path: Path) -> None:
    (tmp_path / "searcher").mkdir()
    (tmp_path / "searcher" / "mine.yaml").write_text("name: random\n", encoding="utf-8")
    first, second = HydraLoader([packaged_conf()]), HydraLoader([tmp_path, packaged_conf()])
    assert first.has_option("searcher", "random")
    assert not first.has_option("searcher", "mine")
    assert second.has_option("searcher", "mine")
    assert first.compose(["searcher=random"])[1]["searcher"] == "random"
    assert second.compose(["searcher=mine"])[1]["searcher"] == "mine"


def test_what_hydra_refuses_is_a_config_error() -> None:
    with pytest.raises(ConfigError, match="there is no scheduler nope"):
        HydraLoader([packaged_conf()]).compose(["scheduler=nope"])
