"""The replay of a schedule: Ray's PopulationBasedTrainingReplay, telling each change."""

from typing import Any

from runner.config.experiment import Experiment
from runner.config.registry import SCHEDULERS
from runner.config.traits import SchedulerTraits
from runner.translate.verdicts import Verdicts


@SCHEDULERS.register(
    "pbt_replay",
    traits=SchedulerTraits(
        paper="Jaderberg et al. 2017, https://arxiv.org/abs/1711.09846",
        needs_checkpoints="each change is one of a trial that goes on from its checkpoint",
        mutates=True,
        cannot_resume="how far it has come in its file is kept nowhere",
    ),
)
def pbt_replay(experiment: Experiment, verdicts: Verdicts, *, policy_file: str) -> Any:  # noqa: ARG001
    """Train one trial by the schedule of parameters that population based training has found for one of its own.

    Args:
        policy_file: RUN/tune/pbt_policy_TRIAL.txt of a run with scheduler=pbt or pb2.
    """
    from runner.translate.internals.recorded_replay import RecordedReplay

    return RecordedReplay(verdicts, policy_file)
