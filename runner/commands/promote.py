"""promote: from the best trial of a run to a preset in git."""

from runner.commands.arguments import Arguments
from runner.commands.command import Command

COMMAND = Command(
    summary="write the winner of a run as a preset",
    usage="RUN [TRIAL]",
    about=(
        "Writes conf/experiment/NAME.yaml, ready to commit: the parameters of the best trial, or of TRIAL, as it was"
        " trained with them, the search off, and where they come from. `train` trains it."
    ),
    flags={"--name NAME": "of the preset", "--force": "write over a preset of that name"},
    examples={
        "python -m runner promote latest --name shapes_best": "the best trial of the newest run",
        "python -m runner promote outputs/shapes/2026-11-20_23-19-42 3 --name third": "trial_003",
    },
)


def run(arguments: Arguments) -> int:
    """Returns the exit code."""
    from pathlib import Path

    from runner.commands.earlier import earlier_run
    from runner.commands.job import check
    from runner.commands.preset import preset, promoted, target
    from runner.errors import OK
    from runner.runs.folder import RunFolder
    from runner.runs.wording import parameters, shown

    name = arguments.flags.get("--name")
    file = target(name, Path.cwd(), overwrite="--force" in arguments.flags)
    earlier = earlier_run(arguments.names[0])
    trial = earlier.chosen(arguments.names[1] if len(arguments.names) > 1 else None)
    config = promoted(earlier, trial, file.stem)
    check(config, ())
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(preset(config, earlier, trial), encoding="utf-8")
    print(f"{shown(file)}: {trial.name} of {shown(RunFolder(earlier.root).root)}, {trial.state.words}")
    print(f"parameters: {parameters(trial.parameters) or 'none'}")
    print(f"next\n  python -m runner train experiment={file.stem}")
    return OK
