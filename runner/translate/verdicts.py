"""What was decided about a trial, from the rule that decided it to the record of the run."""

from dataclasses import dataclass, field

from runner.runs.decisions import DIVERGED, EXPLOITED, PAUSED, PROMOTED, REPLAYED, Decision, Exploit
from runner.runs.trial import TrialState


@dataclass(frozen=True)
class Verdict:
    """One rule's word on a trial, mostly that it ends: what it saw, and what it compared that with.

    `detail` is a sentence for people. `compared_with` is None where the rule compares with nothing. `rank` is the
    trial's place, from 1, among the `ranked` trials that it was compared with, itself among them. `exploit` is what a
    trial goes on with that was changed.
    """

    rule: str
    iteration: int
    value: float | None
    compared_with: float | None
    detail: str
    rank: int | None = None
    ranked: int | None = None
    exploit: Exploit | None = None

    @property
    def state(self) -> TrialState:
        """That of a trial which the rule ends."""
        return TrialState.DIVERGED if self.rule == DIVERGED else TrialState.STOPPED

    def decision(self, trial: str, epochs_saved: int | None = None) -> Decision:
        """The same for the record of the run."""
        return Decision(
            trial, self.iteration, self.rule, self.value, self.compared_with, self.detail, self.rank, self.ranked,
            epochs_saved, self.exploit,
        )  # fmt: skip


@dataclass(frozen=True)
class Note:
    """A verdict after which the trial goes on; `state` is that of its decision."""

    trial_id: str
    state: str
    verdict: Verdict


@dataclass
class Verdicts:
    """By Ray's trial id. Ray pickles stoppers with its snapshots: plain data only.

    `unit` is what one report is called in the details.
    """

    by_trial: dict[str, Verdict] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    unit: str = "iteration"

    def give(self, trial_id: str, verdict: Verdict) -> None:
        self.by_trial[trial_id] = verdict

    def take(self, trial_id: str) -> Verdict | None:
        return self.by_trial.pop(trial_id, None)

    def promote(self, trial_id: str, verdict: Verdict) -> None:
        """A scheduler compared the trial and lets it go on."""
        self.notes.append(Note(trial_id, PROMOTED, verdict))

    def pause(self, trial_id: str, verdict: Verdict) -> None:
        """A scheduler lets the trial wait."""
        self.notes.append(Note(trial_id, PAUSED, verdict))

    def exploit(self, trial_id: str, verdict: Verdict) -> None:
        """A scheduler lets the trial go on from another's checkpoint, with other parameters."""
        self.notes.append(Note(trial_id, EXPLOITED, verdict))

    def replay(self, trial_id: str, verdict: Verdict) -> None:
        """A scheduler lets the trial go on with other parameters, as a file says."""
        self.notes.append(Note(trial_id, REPLAYED, verdict))

    def take_notes(self) -> list[Note]:
        """Those since they were last taken, in their order."""
        taken, self.notes = self.notes, []
        return taken
