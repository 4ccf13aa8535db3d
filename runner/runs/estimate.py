"""How much longer a run will take."""

from collections.abc import Sequence

from runner.runs.record import Record
from runner.runs.trial import Trial, TrialState
from runner.runs.wording import roughly


def done(record: Record) -> float | None:
    """The share of the expected trials that is done, from 0 to 1; a trial under way counts by its epochs."""
    if not record.expected_trials:
        return None
    rows = list(record.rows.values())
    running = [row for row in rows if not row.state.ended]
    share = sum(row.iterations / record.max_epochs for row in running) if record.max_epochs else 0.0
    return min(1.0, (len(rows) - len(running) + share) / record.expected_trials)


def time_left(record: Record, now: float, time_budget: float | None) -> float | None:
    """Seconds until the run ends, or None as long as nothing tells.

    The work that is left is that of the waiting trials, each as long as the mean of those that ended, and the rest of
    the running ones; as many trials share it as ran at once so far, and at the end as there are. `time_budget` is the
    most that the run may take, in seconds.
    """
    rows = list(record.rows.values())
    running = [row for row in rows if not row.state.ended]
    budget_left = None if time_budget is None else max(0.0, record.began + time_budget - now)
    work = _work_left(record, rows, running, now)
    if work is None:
        return budget_left
    unfinished = len(running) + (record.expected_trials or 0) - len(rows)
    left = work / max(1, min(record.most_running, unfinished))
    return left if budget_left is None else min(left, budget_left)


def about_left(record: Record, time_budget: float | None) -> str:
    """`time_left` in words, "about 3m left", or nothing where it is not known or under a second."""
    left = time_left(record, record.clock(), time_budget)
    return "" if left is None or left < 1 else f"about {roughly(left)} left"


def _work_left(record: Record, rows: Sequence[Trial], running: list[Trial], now: float) -> float | None:
    """Seconds of one trial after another."""
    if record.expected_trials is None:
        return None
    full = _full_trial(record, rows)
    ended = [row.seconds for row in rows if row.state.ended]
    usual = sum(ended) / len(ended) if ended else full
    if usual is None:
        return None
    work = usual * max(0, record.expected_trials - len(rows))
    for row in running:
        spent = row.seconds if row.state is TrialState.PAUSED else now - row.started_at
        # A trial that outlived the usual one goes on to the last epoch, as far as anyone knows.
        work += max(0.0, (usual if spent < usual or full is None else full) - spent)
    return work


def _full_trial(record: Record, rows: Sequence[Trial]) -> float | None:
    """Seconds of a trial of all epochs, from the mean of an epoch so far."""
    reported = [row for row in rows if row.iterations]
    if not reported or record.max_epochs is None:
        return None
    return record.max_epochs * sum(row.seconds for row in reported) / sum(row.iterations for row in reported)
