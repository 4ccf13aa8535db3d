"""Why a trial was stopped, from the rule that stopped it to the record of the run."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Verdict:
    """One rule's word that a trial ends: what it saw, and what it compared that with.

    `detail` is a sentence for people. `compared_with` is None where the rule compares with nothing.
    """

    rule: str
    iteration: int
    value: float | None
    compared_with: float | None
    detail: str


@dataclass
class Verdicts:
    """By Ray's trial id. Ray pickles stoppers with its snapshots: plain data only."""

    by_trial: dict[str, Verdict] = field(default_factory=dict)

    def give(self, trial_id: str, verdict: Verdict) -> None:
        self.by_trial[trial_id] = verdict

    def take(self, trial_id: str) -> Verdict | None:
        return self.by_trial.pop(trial_id, None)
