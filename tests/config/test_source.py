"""Where a key is said: the last file decides, and the line is the user's."""

from pathlib import Path

from runner.config.hydra_loader import HydraLoader
from runner.config.source import Source, place
from tests.config.composing import CONF


def test_the_line_of_a_key_below_its_package(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("# @package stopper.plateau\nstd: 0.1\nlist:\n  - {a: 1}\n  - b\n")
    source = Source(file, "stopper.plateau")
    assert source.line("stopper.plateau.std") == 2
    assert source.line("stopper.plateau.list.0.a") == 4
    assert source.line("stopper.plateau.list.1") == 5
    assert [source.line(key) for key in ("stopper.plateau", "stopper.timeout.std", "std", "stopper.plateau.x")] == [
        None
    ] * 4
    assert Source(file, "").line("list.0.a") == 4


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("")
    assert Source(tmp_path / "mine.yaml", "").line("a") is None


def test_the_files_of_a_preset_in_the_order_in_which_they_decide() -> None:
    """ConfigLoaderImpl.compute_defaults_list is private in Hydra 1.3.8."""
    sources = HydraLoader([CONF]).sources(["experiment=shapes_obb", "logger=[csv,wandb]"])
    told = [(str(source.file.relative_to(CONF).with_suffix("")), source.package) for source in sources]
    assert told[-3:] == [("config", ""), ("experiment/shapes", ""), ("experiment/shapes_obb", "")]
    assert {("logger/wandb", "logger.wandb"), ("search_space/shapes", "search_space")} <= set(told)
    assert place("budget.num_samples", sources) == (CONF / "experiment" / "shapes_obb.yaml", 9)
    found = place("budget.max_epochs", sources)
    assert found is not None
    assert found[0].name == "shapes.yaml", "the preset that this one begins with"
    found = place("search_space.box.nothing", sources)
    assert found is not None
    assert found[0] == CONF / "search_space" / "shapes.yaml", "the node above it"
