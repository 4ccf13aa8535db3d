"""The PNG files show what the figures of the page show."""

from collections.abc import Sequence

import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from runner.config.objective import Objective, Target
from runner.reporting.page import Section
from runner.runs.trial import TrialState
from tests.report.conftest import Play, Trial, trials

pytestmark = pytest.mark.slow


def drawn(section: Section | None) -> Figure:
    """The one picture of a section."""
    from runner.reporting.picture import picture

    assert section is not None
    (drawing,) = section.pictures.values()
    return picture(drawing, section.title)


def marks(figure: Figure) -> dict[str, tuple[list[tuple[float, float]], int, set[str]]]:
    """The points of each entry of the legend, the corners of their mark, and their colours."""
    return {
        str(one.get_label()): (
            [(float(x), float(y)) for x, y in one.get_offsets()],
            len(one.get_paths()[0].vertices),
            {to_hex(colour) for colour in one.get_facecolors()},
        )
        for one in figure.axes[0].collections
    }


def written(figure: Figure) -> list[str]:
    """Titles of the axes, and their tick labels."""
    axes = figure.axes[0]
    return [axes.get_xlabel(), axes.get_ylabel(), *(tick.get_text() for tick in axes.get_xticklabels())]


def test_curves_have_the_mark_of_what_ended_each_trial_and_the_best_by_name(play: Play) -> None:
    from runner.reporting.learning_curves import learning_curves
    from runner.reporting.style import BEST, STATES

    run = play(*trials(9))
    figure = drawn(learning_curves(run))
    assert written(figure) == [run.unit, "accuracy", "1", "2", "3", "4", "5", "6"]
    found = marks(figure)
    stopped, corners, colours = found["ended by asha"]
    assert stopped == [(2, pytest.approx(0.05 * number + 0.01)) for number in (2, 5, 8)]
    assert colours == {STATES[TrialState.STOPPED]}
    ended, others, _ = found["trained to its end"]
    assert [x for x, _ in ended] == [6] * 6
    assert corners != others, "a mark of its own"
    lines = {str(line.get_label()): line for line in figure.axes[0].lines}
    best = lines["best: trial_008"]
    assert best.get_color() == BEST
    assert best.get_linewidth() > lines["completed"].get_linewidth()
    legend = figure.axes[0].get_legend()
    assert legend is not None
    assert {text.get_text() for text in legend.get_texts()} == {*lines, *found}


def test_the_best_over_time_names_the_best_trial(play: Play) -> None:
    from runner.reporting.best_over_time import best_over_time

    figure = drawn(best_over_time({"run": play(*trials(4))}))
    assert written(figure) == ["trials", "accuracy", "1", "2", "3", "4"]
    (line,) = figure.axes[0].lines
    assert list(line.get_xdata()) == [1, 2, 3, 4]
    assert list(line.get_ydata()) == pytest.approx([0.05, 0.1, 0.11, 0.2])
    assert [text.get_text() for text in figure.axes[0].texts if text.get_text()] == ["trial_003"]


@pytest.mark.parametrize("metrics", [("accuracy", "loss"), ("accuracy", "loss", "objective")])
def test_the_front_is_named_and_its_axes_are_the_metrics(play: Play, metrics: Sequence[str]) -> None:
    from runner.reporting.pareto import pareto_front

    objective = Objective(tuple(Target(metric, "max" if metric == "accuracy" else "min") for metric in metrics))
    run = play(*trials(6), objective=objective)
    figure = drawn(pareto_front(run))
    axes = figure.axes[0]
    assert [axis.get_label_text() for axis in axes._axis_map.values()] == list(metrics)
    assert {text.get_text().strip() for text in axes.texts} == set(run.front.index)


def test_axes_are_those_of_the_parameters(play: Play) -> None:
    """Short labels on a log axis, categories without quotes, whole numbers for whole numbers; one colour scale."""
    from runner.reporting.hyperparameters import hyperparameters
    from runner.reporting.study import study_of

    space = {
        "z": {"distribution": "loguniform", "lower": 1e-5, "upper": 1.0},
        "a": {"distribution": "choice", "categories": ["x", "y"]},
        "m": {"distribution": "randint", "lower": 1, "upper": 9},
    }
    told: list[Trial] = [
        ({"z": 10 ** -(n / 3), "a": "xy"[n % 2], "m": n % 8 + 1}, [0.1 * n, 0.2 * n], TrialState.COMPLETED)
        for n in range(13)
    ]
    run = play(*told, space=space)
    _, importance, slices, contours = map(drawn, hyperparameters(run, study_of(run)))
    a, m, z, scale = slices.axes
    assert [axes.get_xlabel() for axes in (a, m, z)] == ["a", "m", "z"]
    assert [text.get_text() for text in a.get_xticklabels()] == ["x", "y"]
    assert [text.get_text() for text in m.get_xticklabels()] == list("12345678")
    assert z.get_xscale() == "log"
    assert [text.get_text() for text in z.get_xticklabels()] == ["1e-4", "0.01", "1"]
    assert scale.get_ylabel() == "trial"
    *pairs, scale = contours.axes
    assert len(pairs) == 9
    assert scale.get_ylabel() == "accuracy"
    assert {text.get_text() for text in importance.axes[0].get_yticklabels()} == {"a", "m", "z"}


def test_long_names_are_wrapped_and_small_numbers_written_at_each_tick(play: Play) -> None:
    """A common factor above the axis would lie on the legend. One value everywhere has no lines of equal height."""
    from runner.reporting.hyperparameters import hyperparameters
    from runner.reporting.learning_curves import learning_curves
    from runner.reporting.study import study_of

    names = ["augmentation.colour.saturation_of_a_picture", "$x$"]
    told: list[Trial] = [
        ({name: (n * (3 + 4 * place)) % 13 / 13 for place, name in enumerate(names)}, [1e-7], TrialState.COMPLETED)
        for n in range(12)
    ]
    run = play(*told, space={name: {"distribution": "uniform", "lower": 0.0, "upper": 1.0} for name in names})
    slices = drawn(hyperparameters(run, study_of(run))[2])
    assert [axes.get_xlabel() for axes in slices.axes[:2]] == ["$x$", "augmentation.colour.satu\nration_of_a_picture"]
    contours = drawn(hyperparameters(run, study_of(run))[3])
    lines = [one for one in contours.axes[0].collections if not one.get_fill()]
    assert sum(len(path) for one in lines for path in one.get_paths()) == 0
    curves = drawn(learning_curves(run))
    curves.draw_without_rendering()
    assert curves.axes[0].yaxis.get_offset_text().get_text() == ""


def test_every_mark_has_a_twin_in_matplotlib() -> None:
    from runner.reporting.learning_curves import MARKS
    from runner.reporting.style import SYMBOLS

    assert set(MARKS.values()) < set(SYMBOLS)
    assert len(set(SYMBOLS.values())) == len(SYMBOLS)
