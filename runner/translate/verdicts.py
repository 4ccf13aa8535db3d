"""Why a trial was stopped, from the rule that stopped it to the record of the run."""

from dataclasses import dataclass, field

from runner.runs.decisions import DIVERGED, Decision
from runner.runs.trial import TrialState


@dataclass(frozen=True)
class Verdict:
    """One rule's word that a trial ends: what it saw, and what it compared that with.

    `detail` is a sentence for people. `compared_with` is None where the rule compares with nothing. `rank` is the
    trial's place, from 1, among the `ranked` trials that it was compared with, itself among them.
    """

    rule: str
    iteration: int
    value: float | None
    compared_with: float | None
    detail: str
    rank: int | None = None
    ranked: int | None = None

    @property
    def state(self) -> TrialState:
        """That of a trial which the rule ends."""
        return TrialState.DIVERGED if self.rule == DIVERGED else TrialState.STOPPED

    def decision(self, trial: str, epochs_saved: int | None = None) -> Decision:
        """The same for the record of the run."""
        return Decision(
            trial, self.iteration, self.rule, self.value, self.compared_with, self.detail, self.rank, self.ranked,
            epochs_saved,
        )  # fmt: skip


@dataclass
class Verdicts:
    """By Ray's trial id. Ray pickles stoppers with its snapshots: plain data only."""

    by_trial: dict[str, Verdict] = field(default_factory=dict)
    promotions: dict[str, Verdict] = field(default_factory=dict)

    def give(self, trial_id: str, verdict: Verdict) -> None:
        self.by_trial[trial_id] = verdict

    def take(self, trial_id: str) -> Verdict | None:
        return self.by_trial.pop(trial_id, None)

    def promote(self, trial_id: str, verdict: Verdict) -> None:
        """A scheduler compared the trial and lets it go on."""
        self.promotions[trial_id] = verdict

    def take_promotion(self, trial_id: str) -> Verdict | None:
        return self.promotions.pop(trial_id, None)
