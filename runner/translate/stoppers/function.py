"""End a trial where a function of the user's says so."""

from collections.abc import Mapping
from typing import Any

from runner.config.experiment import Experiment
from runner.config.import_path import load
from runner.config.registry import STOPPERS
from runner.errors import ExperimentFailed
from runner.runs.wording import error_line
from runner.translate.verdicts import Verdict


@STOPPERS.register("function", redirects={"function": "say it as stopper.function.import_path=package.module:function"})
class Function:
    """Ends a trial where your function says so: it is called with the trial's name and each report.

    `function(trial, result)` returns True to end the trial, or text, which is then the reason; False and None let it
    go on. It runs in the process that runs the experiment, not in that of the trial. Where it raises, or returns
    anything else, the experiment ends as failed, and its state is kept. A run that is resumed asks it once more
    about each earlier report, in their order.

    Args:
        import_path: package.module:function, found from the folder in which the command is typed.
    """

    def __init__(self, experiment: Experiment, /, *, import_path: str) -> None:
        self.unit = experiment.unit
        self.import_path = import_path
        try:
            self.function = load(import_path)
        except Exception as error:
            raise ExperimentFailed(f"{import_path} cannot be imported: {type(error).__name__}: {error}") from error

    def __getstate__(self) -> dict[str, Any]:
        # Ray pickles stoppers into its snapshots, which are not read; a function may be no module's.
        return {"import_path": self.import_path, "unit": self.unit}

    def __call__(self, trial_id: str, result: Mapping[str, Any]) -> Verdict | None:
        """Raises ExperimentFailed where the function does not answer."""
        iteration = int(result["training_iteration"])
        try:
            answer = self.function(trial_id, dict(result))
        except Exception as error:
            told = f"{error_line(f'{type(error).__name__}: {error}')} at {self.unit} {iteration} of {trial_id}"
            raise ExperimentFailed(f"{self.import_path} raised {told}") from error
        if answer is not None and not isinstance(answer, bool | str):
            raise ExperimentFailed(f"{self.import_path} returned {answer!r}: return True, False or a text")
        if not answer:
            return None
        detail = answer if isinstance(answer, str) else f"{self.import_path} said so"
        return Verdict("function", iteration, None, None, detail)
