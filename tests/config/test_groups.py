"""How presets, groups and overrides meet: what stays, what goes, and what is told about it."""

from pathlib import Path

import pytest

from runner.api.support.job import checked_job
from runner.checks import config_problems
from runner.config.compose import compose
from runner.config.hydra_loader import HydraLoader, resolve, search_path
from runner.config.read import read
from runner.errors import ConfigError, Problem
from tests.config.composing import CONF, FROM_SCRATCH, PatientLoader, composed, config, experiment, problems, refused

DIGITS = "experiment=digits"


def test_swapping_the_scheduler_drops_what_the_preset_set_for_it_and_says_so_once() -> None:
    found = composed(DIGITS, "scheduler=fifo")
    assert found.config["scheduler"] == {"name": "fifo"}
    assert len(found.notes) == 1
    for part in ("scheduler=fifo", "experiment=digits", "asha", "grace_period", "reduction_factor"):
        assert part in found.notes[0]
    assert "momentum" not in found.notes[0]


def test_a_swapped_option_takes_its_own_overrides() -> None:
    assert config(DIGITS, "searcher=random", "searcher.points_to_evaluate=[{lr: 0.001}]")["searcher"] == {
        "name": "random",
        "repeat": 1,
        "points_to_evaluate": [{"lr": 0.001}],
        "evaluated_points": [],
        "warm_start": None,
        "defaults_first": False,
    }


def test_what_all_searchers_share_stays_when_one_is_swapped() -> None:
    found = composed("experiment=gridworld", "searcher=hyperopt")
    assert (found.config["searcher"]["name"], found.config["searcher"]["repeat"]) == ("hyperopt", 3)
    (note,) = found.notes
    assert "sampler_args.n_startup_trials" in note
    assert "repeat" not in note
    assert config("experiment=gridworld", "searcher=hyperopt", "searcher.repeat=2")["searcher"]["repeat"] == 2


def test_naming_the_presets_own_option_keeps_what_it_set() -> None:
    found = composed(DIGITS, "scheduler=asha")
    assert (found.config["scheduler"]["grace_period"], found.config["scheduler"]["reduction_factor"]) == (2, 3)
    assert not found.notes


def test_two_options_are_swapped_at_once() -> None:
    found = composed("experiment=shapes", "scheduler=fifo", "trainable=function", "trainable.import_path=a:b")
    assert found.config["scheduler"] == {"name": "fifo"}
    assert found.config["trainable"] == {
        "name": "function", "import_path": "a:b", "metrics": None, "reuse_workers": False, "checkpoint_every": None,
        "pickle": None,
    }  # fmt: skip
    assert len(found.notes) == 2


def test_what_the_preset_says_elsewhere_stays() -> None:
    swapped, kept = config(DIGITS, "scheduler=fifo"), config(DIGITS)
    assert {key for key in kept if swapped[key] != kept[key]} == {"scheduler"}


def test_a_search_space_is_swapped_as_a_whole() -> None:
    space = config(DIGITS, "search_space=quickstart")["search_space"]
    assert sorted(space) == ["a", "b"]
    assert not composed(DIGITS, "search_space=quickstart").notes
    assert config(DIGITS, "search_space=null")["search_space"] in (None, {})


def test_a_key_of_the_replaced_option_is_an_unknown_key() -> None:
    assert refused(DIGITS, "scheduler=fifo", "scheduler.grace_period=3").rule == "unknown-key"


def test_several_stoppers_and_loggers_lie_below_their_names() -> None:
    found = experiment(DIGITS, "stopper=[plateau,max_iterations]", "stopper.max_iterations.max_iter=3", "logger=[]")
    assert [stopper.name for stopper in found.stoppers] == ["plateau", "max_iterations"]
    assert found.stoppers[1].options == {"max_iter": 3}
    assert found.loggers == ()
    assert [logger.name for logger in experiment(DIGITS, "logger=[wandb,json]").loggers] == ["wandb", "json"]


@pytest.mark.parametrize("word", ["stopper=plateau", "stopper=[plateau]"])
def test_one_of_a_group_of_several_needs_no_brackets(word: str) -> None:
    assert [stopper.name for stopper in experiment(DIGITS, word).stoppers] == ["plateau"]


@pytest.mark.parametrize("word", ["logger=null", "logger=[]"])
def test_none_of_a_group_of_several(word: str) -> None:
    assert experiment(DIGITS, word).loggers == ()


def test_an_option_of_a_stopper_that_is_not_chosen_says_how_to_choose_it() -> None:
    problem = refused(DIGITS, "stopper.plateau.std=0.1")
    assert (problem.rule, problem.remedy) == ("not-chosen", "add stopper=[plateau]")
    problem = refused(DIGITS, "stopper=[plateau]", "stopper.max_iterations.max_iter=2")
    assert "plateau,max_iterations" in problem.remedy


def test_without_a_preset_the_defaults_stand() -> None:
    found = experiment(*FROM_SCRATCH)
    assert (found.name, found.searcher.name, found.scheduler.name) == ("experiment", "random", "fifo")
    assert [logger.name for logger in found.loggers] == ["csv"]
    missing = problems("experiment=null")
    assert {(p.rule, p.where) for p in missing} >= {
        ("missing-value", "trainable.model"),
        ("missing-value", "trainable.data"),
    }


PRESET = """\
# @package _global_
defaults:
  - override /trainable: function
  - override /search_space: mine
  - override /scheduler: asha
  - override /stopper: [plateau]
name: mine
objective: {metrics: [{metric: accuracy, mode: max}]}
budget: {max_epochs: 9}
trainable: {import_path: "runner.examples.digits:train", metrics: {accuracy: max, loss: min}}
scheduler: {grace_period: 3}
stopper: {plateau: {std: 0.5}}
search_space: {extra: "uniform(0, 1)"}
"""


def write(folder: Path, text: str) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's own repository: presets and a search space, nothing else."""
    project = tmp_path_factory.mktemp("project")
    conf = project / "conf"
    write(conf / "experiment" / "mine.yaml", PRESET)
    write(conf / "experiment" / "digits.yaml", PRESET.replace("name: mine", "name: shadow"))
    write(conf / "experiment" / "team" / "nested.yaml", PRESET.replace("name: mine", "name: nested"))
    write(conf / "search_space" / "mine.yaml", "lr: loguniform(1e-4, 1e-1)\n")
    return project


@pytest.fixture(scope="module")
def loader(project: Path) -> HydraLoader:
    return PatientLoader(search_path(None, project))


def test_a_users_preset_composes_with_packaged_and_own_options(loader: HydraLoader) -> None:
    found = read(resolve(compose(["experiment=mine"], loader).config))
    assert (found.name, found.scheduler.name, found.scheduler.options["grace_period"]) == ("mine", "asha", 3)
    assert sorted(found.search_space.searched()) == ["extra", "lr"]
    assert found.stoppers[0].options["std"] == 0.5
    assert not [problem for problem in config_problems(found) if problem.fatal]


def test_a_users_file_comes_before_a_packaged_one_of_the_same_name(loader: HydraLoader) -> None:
    assert compose(["experiment=digits"], loader).config["name"] == "shadow"
    assert compose(["experiment=quickstart"], loader).config["name"] == "quickstart"


def test_config_dir_comes_before_the_folder_conf(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other")
    write(other / "experiment" / "mine.yaml", PRESET.replace("name: mine", "name: other"))
    loader = PatientLoader(search_path(other, project))
    assert compose(["experiment=mine"], loader).config["name"] == "other"
    assert "lr" in compose(["experiment=mine"], loader).config["search_space"]


def test_presets_may_lie_in_folders(loader: HydraLoader) -> None:
    assert compose(["experiment=team/nested"], loader).config["name"] == "nested"


def test_swaps_work_on_a_users_preset(loader: HydraLoader) -> None:
    found = compose(["experiment=mine", "stopper=[timeout,plateau]", "search_space=digits"], loader)
    assert found.config["stopper"]["plateau"]["std"] == 0.5, "what was chosen before and is chosen still stays"
    assert sorted(found.config["search_space"]) == ["epochs", "lr", "momentum"]
    assert len(found.notes) == 1
    assert "extra" in found.notes[0]
    found = compose(["experiment=mine", "stopper=[timeout]"], loader)
    assert list(found.config["stopper"]) == ["timeout"]


def test_a_users_options_are_offered_too(loader: HydraLoader) -> None:
    with pytest.raises(ConfigError, match="did you mean mine"):
        compose(["experiment=mien"], loader)


def test_without_a_conf_folder_the_packaged_one_is_searched(tmp_path: Path) -> None:
    assert search_path(None, tmp_path) == [CONF]
    assert search_path(None, CONF.parent) == [CONF], "our own folder is searched once"


def test_a_config_dir_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is not a folder"):
        search_path(tmp_path / "nowhere", tmp_path)


HEAD = "# @package _global_\n"


@pytest.mark.parametrize(
    ("text", "rule", "says"),
    [
        (HEAD + "name: a\n  budget: [3\n", "yaml", "bad.yaml, line 3: mapping values are not allowed here"),
        (HEAD + "name: a\nname: b\n", "yaml", "bad.yaml, line 3: found duplicate key name"),
        (HEAD + "name: a\n\tseed: 1\n", "yaml", "line 3"),
        (HEAD + "search_space: {a: *b}\n", "yaml", "undefined alias"),
        (HEAD + "name: ${nope}\n", "interpolation", "name: Interpolation key 'nope' not found"),
        (HEAD + "name: ${name}\n", "interpolation", "name: Recursive interpolation"),
        (HEAD + "name: ${nam\n", "compose", "name: no viable alternative at input '${nam'"),
        (HEAD + "name: ${oc.env:RUNNER_NO_SUCH}\n", "interpolation", "RUNNER_NO_SUCH"),
        (HEAD + "- a\n- b\n", "compose", "experiment/bad"),
        (HEAD + "defaults: [override /scheduler: ashaa]\n", "unknown-option", "did you mean asha?"),
        (HEAD + "defaults: [override /stopper: [plateau, timeoutt]]\n", "unknown-option", "did you mean timeout?"),
        (HEAD + "defaults: [override /schedulr: asha]\n", "compose", "did you mean scheduler"),
        (HEAD + "defaults: [/scheduler: asha]\n", "compose", "override scheduler: asha"),
        (HEAD + "budgett: {max_epochs: 3}\n", "unknown-key", "did you mean budget?"),
    ],
)
def test_a_fault_in_a_users_file_is_told_with_its_place(tmp_path: Path, text: str, rule: str, says: str) -> None:
    write(tmp_path / "conf" / "experiment" / "bad.yaml", text)
    problem = faults(tmp_path)[0]
    assert problem.rule == rule
    assert says in str(problem)
    assert "object_type" not in str(problem)


def faults(tmp_path: Path) -> list[Problem]:
    with pytest.raises(ConfigError) as caught:
        checked_job(compose(["experiment=bad"], HydraLoader(search_path(None, tmp_path))))
    return list(caught.value.problems)


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    file = tmp_path / "conf" / "experiment" / "bad.yaml"
    file.parent.mkdir(parents=True)
    file.write_bytes(HEAD.encode() + b"name: caf\xe9\n")
    problem = faults(tmp_path)[0]
    assert (problem.rule, problem.where, problem.remedy) == ("encoding", str(file.resolve()), "save it as UTF-8")


def test_a_preset_without_its_first_line_is_told_about_it(tmp_path: Path) -> None:
    write(tmp_path / "conf" / "experiment" / "bad.yaml", "name: a\n")
    assert any("# @package _global_" in str(problem) for problem in faults(tmp_path))


def test_a_foreign_config_yaml_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("db: mysql\n", encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        compose(["experiment=quickstart"], HydraLoader([tmp_path, CONF]))
    assert [problem.where for problem in raised.value.problems] == [str(tmp_path / "config.yaml")]


def test_a_preset_without_its_first_line_is_told_that_line(tmp_path: Path) -> None:
    (tmp_path / "experiment").mkdir()
    text = "defaults:\n  - override /trainable: function\nname: mine\n"
    (tmp_path / "experiment" / "mine.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match="# @package _global_"):
        compose(["experiment=mine"], HydraLoader([tmp_path, CONF]))
