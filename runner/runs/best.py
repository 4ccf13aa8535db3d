"""best/: the winner's parameters and weights, always of the same trial."""

import shutil

from runner.config.objective import Objective
from runner.runs.atomic import replacing
from runner.runs.best_file import BestFile
from runner.runs.folder import RunFolder
from runner.runs.trial import Trial, TrialState


class Best:
    """Keeps best.yaml and best.pt in step with the best trial."""

    def __init__(self, run: RunFolder, objective: Objective, file: BestFile, unit: str) -> None:
        self.run = run
        self.objective = objective
        self.file = file
        self.unit = unit
        self._parameters_of: tuple[str, int | None, str] | None = None
        self._weights_of: tuple[str, int | None] | None = None

    def keep(self, row: Trial | None, told: str = "") -> None:
        """Take `row` for the winner, or None: there is none (any more); `told` is what to say of it beside.

        The weights are copied once their trial has ended, as it may be writing them; until then best.pt is absent
        rather than another trial's.
        """
        if row is None:
            self.run.best_yaml.unlink(missing_ok=True)
            self.run.best_weights.unlink(missing_ok=True)
            self._parameters_of = None
            self._weights_of = None
            return
        winner = (row.name, row.best_iteration)
        if (*winner, told) != self._parameters_of:
            self._write_parameters(row, told)
            self._parameters_of = (*winner, told)
        if self._weights_of and self._weights_of[0] != row.name:
            self.run.best_weights.unlink(missing_ok=True)
            self._weights_of = None
        if self._weights_of != winner and row.state != TrialState.RUNNING:
            self._copy_weights(row)
            self._weights_of = winner

    def _write_parameters(self, row: Trial, told: str) -> None:
        comment = (
            f"{row.name}: {self.objective.label} = {row.best!r} at {self.unit} {row.best_iteration}"
            f" (mode {self.objective.mode}){told}"
        )
        with replacing(self.run.best_yaml) as draft:
            draft.write_text(self.file.text(row, self.run.trial(row.name), comment), encoding="utf-8")

    def _copy_weights(self, row: Trial) -> None:
        weights = self.run.trial_weights(row.name)
        if weights.is_file():
            with replacing(self.run.best_weights) as draft:
                shutil.copyfile(weights, draft)
