"""What the README tells people to type."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from runner.checks import config_problems
from runner.commands.arguments import parse
from runner.config.compose import compose
from runner.config.hydra_loader import HydraLoader, packaged_conf, resolve
from runner.config.overrides import expand
from runner.config.read import read
from runner.config.registry import LOGGERS, RAY, SCHEDULERS, SEARCHERS, STOPPERS, TRAINABLES, Registry
from tests.end_to_end.conftest import Run

README = (Path(__file__).parents[2] / "README.md").read_text()
CONSOLE = "\n".join(re.findall(r"```console\n(.*?)```", README, re.DOTALL)).replace("\\\n", " ")
COMMANDS = [line for line in CONSOLE.splitlines() if line.startswith("python -m runner")]
SHRUNK = (
    "budget.num_samples=1", "budget.max_epochs=4", "trainable.train_args.fraction=0.1", "trainable.curves=0",
    "report=false",
)  # fmt: skip
"""One trial of a tenth of the images, as long as the presets' grace period, without pictures."""
RUN_WHOLE = {
    "quickstart": "test_presets.py", "digits": "test_presets.py", "keras_digits": "test_presets.py",
    "gridworld": "test_presets.py", "pbt_digits": "test_presets.py", "forest": "test_objectives.py",
    "iris": "test_presets.py",
}  # fmt: skip
"""The presets that train functions, and the files of the tests that run their commands."""
PROMOTED = tuple(f"experiment={name}" for name in re.findall(r"--name (\w+)", CONSOLE))
"""Presets that a command before writes."""
REDIRECTS = ("path/to/", "latest", "runner report", "experiment=coco8", *PROMOTED)
"""Parts of commands that need files of the user's, a run, or a network."""


def words(command: str) -> list[str]:
    return shlex.split(command, comments=True)[3:]


def test_the_readme_has_commands() -> None:
    assert len(COMMANDS) >= 8


@pytest.mark.slow
@pytest.mark.parametrize("command", [c for c in COMMANDS if not any(part in c for part in ("--help", *PROMOTED))])
def test_every_command_passes_the_config_checks(command: str) -> None:
    loader = HydraLoader([packaged_conf()])
    for job in expand(parse(words(command)).words, loader):
        experiment = read(resolve(compose(job, loader).config))
        assert [problem for problem in config_problems(experiment) if problem.fatal] == []


@pytest.mark.slow
@pytest.mark.parametrize("command", [c for c in COMMANDS if not any(part in c for part in REDIRECTS)])
def test_every_command_that_needs_nothing_runs(command: str, run: Run) -> None:
    typed = words(command)
    if parse(typed).command not in {"check", "options", "runs"} and "--" not in command:
        preset = next((word.removeprefix("experiment=") for word in typed if word.startswith("experiment=")), "")
        if preset in RUN_WHOLE:
            typed_there = ", ".join(f'"{word}"' for word in typed)
            assert f"run({typed_there}" in (Path(__file__).parent / RUN_WHOLE[preset]).read_text(), "it is run there"
            return
        typed += SHRUNK
    done = run(*typed)
    assert done.code == 0, done.out + done.err


def needs_a_run(command: str) -> bool:
    return any(part in command for part in ("latest", "runner report", *PROMOTED))


@pytest.mark.slow
def test_the_commands_on_a_run_work_one_after_the_other(run: Run, project: Path) -> None:
    """In the order of the README, on runs of seconds; `latest` would be one that an earlier command made."""
    for name in ("first", "second"):
        assert run("experiment=digits", "budget.num_samples=4", "budget.max_epochs=3", f"name={name}").code == 0
        next((project / "outputs" / name).iterdir()).rename(project / "outputs" / name / "run")
    known = {"=+50": "=+1", "latest": "outputs/second/run", "outputs/path/to/run": "outputs/first/run"}
    known |= {"outputs/digits/*": "outputs/*/run"}
    chosen = [command for command in COMMANDS if needs_a_run(command)]
    assert len(chosen) >= 12
    for command in chosen:
        typed = " ".join(words(command))
        for there, here in known.items():
            typed = typed.replace(there, here)
        done = run(*(str(path) for word in typed.split() for path in sorted(project.glob(word)) or [word]))
        assert done.code == 0, command + done.out + done.err


def test_the_preset_in_the_readme_can_be_read(tmp_path: Path) -> None:
    preset = re.search(r"```yaml\n(# @package.*?)```", README, re.DOTALL)
    assert preset is not None
    (tmp_path / "experiment").mkdir()
    (tmp_path / "experiment" / "mine.yaml").write_text(preset[1])
    loader = HydraLoader([tmp_path, packaged_conf()])
    experiment = read(resolve(compose(["experiment=mine"], loader).config))
    assert experiment.objective.label == "F1(M)"
    assert [problem for problem in config_problems(experiment) if problem.fatal] == []


def test_the_conditions_in_the_readme_can_be_checked(tmp_path: Path) -> None:
    space = re.search(r"```yaml\n(search_space:.*?)```", README, re.DOTALL)
    assert space is not None
    (tmp_path / "experiment").mkdir()
    (tmp_path / "experiment" / "mine.yaml").write_text(f"# @package _global_\n{space[1]}")
    loader = HydraLoader([tmp_path, packaged_conf()])
    words = ["experiment=mine", "trainable.data=shapes", "trainable.model=yolo11n.yaml", "budget.max_epochs=5"]
    experiment = read(resolve(compose([*words, "searcher=random"], loader).config))
    assert len(experiment.search_space.conditions) == 5
    assert config_problems(experiment) == []


def rows_of(group: str) -> list[str]:
    """Those of the table of options from the one that names the group to the next group."""
    rows = [line for line in README.splitlines() if re.match(r"\| (`\w+`.*)?\| ", line)]
    first = next(n for n, row in enumerate(rows) if row.split("|")[1].strip().startswith(f"`{group}`"))
    others = (n for n, row in enumerate(rows) if n > first and row.split("|")[1].strip())
    return rows[first : next(others, len(rows))]


@pytest.mark.parametrize("registry", [TRAINABLES, SEARCHERS, SCHEDULERS, STOPPERS, LOGGERS, RAY], ids=lambda r: r.group)
def test_the_table_of_options_has_every_option_and_its_keys(registry) -> None:  # type: ignore[no-untyped-def]
    rows = rows_of(registry.group)
    for name in registry.names():
        found = [row for row in rows if f"`{name}`" in row.split("|")[2]]
        assert len(found) == 1, name
        keys = re.findall(r"\w+", found[0].split("|")[4])
        assert set(keys) == set(registry.get(name).own(registry.get(name).options.model_fields)), name
    if registry.shared:
        assert set(re.findall(r"\w+", rows[0].split("|")[4])) == set(registry.shared.model_fields)


@pytest.mark.parametrize(
    ("registry", "name"), [(group, name) for group in (SEARCHERS, SCHEDULERS) for name in group.names()]
)
def test_the_table_of_abilities_says_what_the_options_say_themselves(registry: Registry, name: str) -> None:
    plugin = registry.get(name)
    row = next(line for line in README.splitlines() if line.startswith(f"| `{registry.group}={name}` |"))
    _, _, paper, extra, conditions, objectives, checkpoints, resumes, _ = (cell.strip() for cell in row.split("|"))
    traits: Any = plugin.traits
    text, _, address = traits.paper.rpartition(", ")
    assert paper == (f"[{text}]({address})" if text else "")
    assert extra == (f"`{traits.extra}`" if traits.extra else "see below" if name == "hebo" else "")
    if registry is SEARCHERS:
        assert (conditions, objectives, checkpoints) == (*map(yes, (traits.conditions, traits.objectives)), "no")
    else:
        one = "of one, by `metric`" if "metric" in plugin.options.model_fields else "yes"
        assert (conditions, objectives) == (yes(not traits.mutates), one)
        assert checkpoints == yes(bool(traits.needs_checkpoints))
    assert resumes == yes(not traits.cannot_resume)


def yes(value: bool) -> str:
    return "yes" if value else "no"


@pytest.mark.parametrize("group", ["experiment", "search_space"])
def test_presets_and_spaces_are_named(group: str) -> None:
    row = next(line for line in README.splitlines() if line.startswith(f"| `{group}`"))
    for path in (packaged_conf() / group).glob("*.yaml"):
        assert path.stem in row
