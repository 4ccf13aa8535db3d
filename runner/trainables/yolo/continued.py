"""A training that goes on from a checkpoint with other arguments, as a scheduler has changed them.

Ultralytics takes arguments and optimizer from the checkpoint, and passes over what is asked for.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runner.trainables.yolo.attestation import same

FROM_ARGUMENTS = ("lr", "initial_lr", "momentum", "betas", "weight_decay")
"""What a group of the optimizer holds of the arguments of train()."""


def continued_trainer(base: Any, asked: Mapping[str, Any], best_fitness: float | None) -> Any:
    """The trainer, which goes on with the arguments `asked`, in its optimizer too.

    Args:
        best_fitness: of the best.pt in the trial's folder, where the checkpoint is another trial's; None: as there.
    """

    class ContinuedTrainer(base):  # type: ignore[misc]
        """Overrides what ultralytics 8.4 does when it resumes; the attestation finds what does not arrive."""

        def check_resume(self, overrides: dict[str, Any]) -> None:
            super().check_resume({key: value for key, value in overrides.items() if key not in asked})
            self.changed = [key for key, value in asked.items() if not same(value, getattr(self.args, key, None))]
            for key in self.changed:
                setattr(self.args, key, asked[key])

        def _load_checkpoint_state(self, ckpt: dict[str, Any]) -> None:
            if self.changed:
                # The optimizer was built of the arguments that are asked for: weight decay scaled, rates by group.
                for saved, group in zip(ckpt["optimizer"]["param_groups"], self.optimizer.param_groups, strict=True):
                    saved.update({key: group[key] for key in FROM_ARGUMENTS if key in group})
            super()._load_checkpoint_state(ckpt)
            if best_fitness is not None:
                self.best_fitness = best_fitness

    return ContinuedTrainer


def fitness_of(best: Path) -> float | None:
    """The fitness that a best.pt was saved with, None where there is no such file or nothing is known of it."""
    from ultralytics.nn.tasks import torch_safe_load

    found = torch_safe_load(best)[0].get("best_fitness") if best.is_file() else None
    return None if found is None else float(found)
