"""What an option of a group can do: read by the checks, by `resume` and by the tables for people."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Traits:
    """Of a plugin.

    Attributes:
        paper: where its method is described.
        extra: of pyproject, that installs what it needs; empty: nothing more is needed, or `install` tells it.
        install: what installs what it needs, where no extra can.
        cannot_resume: why a run with it cannot be resumed; empty: it can.
    """

    paper: str = ""
    extra: str = ""
    install: str = ""
    cannot_resume: str = ""


@dataclass(frozen=True)
class TrainableTraits(Traits):
    """Of a trainable.

    Attributes:
        unit: what one report is called, in the singular.
    """

    unit: str = "iteration"


@dataclass(frozen=True)
class StopperTraits(Traits):
    """Of a stopper.

    Attributes:
        ends_experiment: whether it ends the whole experiment, from what all trials have reported.
    """

    ends_experiment: bool = False


@dataclass(frozen=True)
class SearcherTraits(Traits):
    """Of a searcher.

    Attributes:
        supported: distributions that its library takes as they are. Of the others, those with a grid are rounded to it,
            logarithms and whole numbers are made of ranges that it has; what cannot be made so is refused.
        takes_results: whether it can be told what is known before it begins.
        learns: whether results change what it proposes.
        conditions: whether it takes parameters that depend on another's value.
        objectives: whether it takes several objectives.
    """

    supported: frozenset[str] = frozenset()
    takes_results: bool = True
    learns: bool = True
    conditions: bool = False
    objectives: bool = False


@dataclass(frozen=True)
class SchedulerTraits(Traits):
    """Of a scheduler.

    Attributes:
        needs_checkpoints: why; empty: it never interrupts a trial that goes on later.
        needs_max_epochs: whether it must know how long a full trial is.
        searcher: the only searcher that it goes with; empty: any.
        mutates: whether it changes the hyperparameters of trials, which no searcher learns of.
    """

    needs_checkpoints: str = ""
    needs_max_epochs: bool = False
    searcher: str = ""
    mutates: bool = False
