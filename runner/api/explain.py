"""Explain: what happened to a trial, or in a run, and which rule decided it."""

from pathlib import Path

from runner.api.support.named_run import RunName, named_run
from runner.api.support.project import project_folder
from runner.runs.explanation import Explanation
from runner.runs.output import Listener, notes_to
from runner.runs.trial_name import trial_name


def explain(
    run: RunName,
    trial: str | None = None,
    *,
    project: str | Path | None = None,
    on_event: Listener | None = None,
) -> list[tuple[str, str]]:
    """What happened, as pairs of a label and a sentence; a label is empty where it is the one before.

    >>> for label, sentence in runner.explain("latest", "3"):
    ...     print(label, sentence)

    Args:
        run: a run, or its folder, "latest", or the name of an experiment.
        trial: one of its trials, by its name or number; the whole run if it is left out.
        project: the folder in which `run` is looked for; the current one if it is left out.
        on_event: takes each line that a person would see.

    Raises:
        ConfigError: there is no such run or trial.
    """
    with notes_to(on_event):
        found = named_run(run, project_folder(project))
    explanation = Explanation(found)
    return list(explanation.of_run() if trial is None else explanation.of_trial(trial_name(trial, list(found.rows))))
