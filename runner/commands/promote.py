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
    from runner.api.promote import promote_trial
    from runner.errors import OK
    from runner.runs.output import print_note
    from runner.runs.wording import parameters, shown

    run, trial = arguments.names[0], arguments.names[1] if len(arguments.names) > 1 else None
    force = "--force" in arguments.flags
    made = promote_trial(run, trial, name=arguments.flags.get("--name"), overwrite=force, on_event=print_note)
    print(f"{shown(made.file)}: {made.trial.name} of {shown(made.run.folder.root)}, {made.trial.state.words}")
    print(f"parameters: {parameters(made.run.trained(made.trial)) or 'none'}")
    print(f"next\n  python -m runner train experiment={made.file.stem}")
    return OK
