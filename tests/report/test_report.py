"""The page and the pictures of runs, of odd ones too."""

import json
import math
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from runner.config.objective import Objective, Target
from runner.runs.decisions import Decision, append
from runner.runs.run import Run
from runner.runs.trial import TrialState
from tests.report.conftest import Play, trials
from tests.runs.conftest import units_in

pytestmark = pytest.mark.slow

DONE, FAILED = TrialState.COMPLETED, TrialState.FAILED


def written(run: Run) -> str:
    """The page's own text: without plotly.js and the data of the figures."""
    from runner.reporting.report import write_report

    write_report(run, run.folder.report, run.folder.plots)
    return re.sub(r"<(script|style)>.*?</\1>", "", run.folder.report.read_text(), flags=re.DOTALL)


def drawn(run: Run) -> str:
    """The sections alone, without a file."""
    from runner.reporting.report import sections
    from runner.reporting.study import study_of

    return "".join(f'<section id="{one.anchor}">{one.body}</section>' for one in sections(run, study_of(run)))


def section(page: str, anchor: str) -> str:
    found = re.search(rf'<section id="{anchor}">.*?</section>', page, re.DOTALL)
    assert found, anchor
    return found[0]


def test_of_several_objectives_the_page_tells_the_front_and_whose_the_one_number_is(play: Play) -> None:
    run = play(*trials(6), objective=Objective((Target("accuracy", "max"), Target("loss", "min"))))
    page = drawn(run)
    front = list(run.front.index)
    assert 1 < len(front) < 6
    assert run.best_parameters == {}
    outcome = section(page, "outcome")
    assert "By accuracy (max), loss (min) no trial beats one of the front" in outcome
    assert [row.split("</td>")[0].removeprefix("<td>") for row in re.findall(r"<tr>(<td>.*?)</tr>", outcome)] == front
    table = section(page, "trials")
    assert re.findall(r"(trial_\d+) \(front\)", table) == front
    assert "(best)" not in table
    assert "<th>loss" in re.sub(r" [a-z-]+=\"[^\"]*\"", "", table)
    assert "at its best report" in section(page, "pareto-front")


def test_repeats_are_told_by_their_mean(play: Play, tmp_path: Path) -> None:
    from runner.reporting.comparison import labels, write_comparison

    scores = [0.9, 0.1, 0.6, 0.7]
    told = [({"lr": 0.1 * (1 + n // 2)}, [score], DONE) for n, score in enumerate(scores)]
    run = play(*told, searcher={"name": "random", "repeat": 2})
    page = drawn(run)
    assert "<b>0.65</b><span>best accuracy (max), mean of 2 seeds</span>" in section(page, "outcome")
    assert "Its configuration, number 1: mean 0.65, standard deviation 0.07071 (2 seeds)." in section(page, "outcome")
    assert "trial_003 (best)" in section(page, "trials")
    assert "the mean of each configuration" in section(page, "best-over-time")
    single = play(*told[1:2], name="single")
    write_comparison(labels([run, single]), tmp_path / "page.html", tmp_path / "plots", "Comparison")
    outcomes = section((tmp_path / "page.html").read_text(), "outcomes")
    assert "best is the mean of the best configuration" in outcomes
    assert ">0.65<" in outcomes


def test_the_gain_over_the_defaults_is_on_the_page(play: Play, tmp_path: Path) -> None:
    from runner.reporting.comparison import labels, write_comparison

    cut = ({"lr": 0.01}, [0.1, 0.2], TrialState.STOPPED)
    run = play(cut, ({"lr": 0.1}, [0.25, 0.3, 0.9], DONE), searcher={"name": "random", "defaults_first": True})
    told = "0.1 over the defaults within 2 iterations: 0.3 against 0.2 of trial_000, stopped there"
    page = drawn(run)
    assert f"Gain: {told}" in section(page, "outcome")
    assert "othing was learned" not in page
    flat = play(({"lr": 0.1}, [0.0, 0.0], DONE), name="flat")
    assert "Nothing was learned: every report of accuracy is 0." in section(drawn(flat), "outcome")
    write_comparison(labels([run, flat]), tmp_path / "page.html", tmp_path / "plots", "Comparison")
    outcomes = section((tmp_path / "page.html").read_text(), "outcomes")
    assert "<th>over the defaults</th>" in outcomes
    assert told in outcomes


def test_one_report_has_one_word_on_the_page(play: Play, tmp_path: Path) -> None:
    from runner.reporting.comparison import labels, write_comparison

    cut = ({"lr": 0.01}, [0.1, 0.2], TrialState.STOPPED)
    told = (cut, ({"lr": 0.1}, [0.25, 0.3, 0.9], DONE))
    searcher = {"name": "random", "defaults_first": True}
    runs = {name: play(*told, name=name, searcher=searcher, trainable={"name": name}) for name in ("yolo", "function")}
    yolo, function = (drawn(run) for run in runs.values())
    assert units_in(yolo) == {"epoch"}
    assert units_in(function) == {"iteration"}
    for axis in ('"title":{"text":"epoch"}', '"label":"by epoch"', "epochs of all trials", "epoch of the rung"):
        assert axis in yolo.replace(" ", "") or axis in yolo
    write_comparison(labels(list(runs.values())), tmp_path / "page.html", tmp_path / "plots", "Comparison")
    assert "<th>iterations</th>" in section((tmp_path / "page.html").read_text(), "outcomes")
    assert "within 2 epochs" in section((tmp_path / "page.html").read_text(), "outcomes")


def test_four_objectives_are_told_and_not_drawn(play: Play) -> None:
    targets = tuple(Target(metric, "max") for metric in ("accuracy", "loss", "a", "b"))
    run = play(objective=Objective(targets))
    assert "It is drawn for two or three metrics, and the objective has 4." in section(drawn(run), "pareto-front")


def test_a_run_is_told_on_one_page_that_needs_nothing_else(play: Play) -> None:
    run = play(*trials(12), ({"lr": 0.01, "momentum": 0.5, "optimizer": "SGD"}, [0.2], FAILED))
    run.folder.lock.write_text("commit: abc <dirty>\n")
    let_on = Decision("trial_000", 2, "asha", 0.3, 0.2, "let on", 1, 3, 4)
    append(run.folder.decisions, let_on, "promoted", datetime(2026, 1, 2, tzinfo=UTC))
    page = written(run)
    titles = ["outcome", "best-over-time", "learning-curves", "timeline", "rungs", "parallel-coordinates", "importance"]
    titles += ["slices", "contours", "trials", "errors", "configuration"]
    assert re.findall(r'<section id="([\w-]+)">', page) == titles == re.findall(r'<a href="#([\w-]+)">', page)
    assert not re.search(r'(src|href)="(?!#|data:)', page)
    assert "python -m runner experiment=generated &#x27;searcher.sampler_args={a: 1}&#x27;" in page
    assert "9 completed" not in page
    assert "8 completed, 4 stopped, 1 failed" in page
    table = section(page, "trials")
    assert re.findall(r"<th>(.*?)</th>", table)[:4] == ["trial", "state", "why it ended", "accuracy"]
    order = ["trial_011 (best)", *(f"trial_{number:03d}" for number in range(10, -1, -1)), "trial_012"]
    assert re.findall(r"<tr><td[^>]*>(trial_.*?)</td>", table) == order, "the best first, and last the one that failed"
    assert 'class="line" title="0.1 is below 0.2, the cut-off of the rung at iteration 2"' in table
    assert "ValueError: &lt;b&gt;too&lt;/b&gt; large" in section(page, "errors")
    assert "commit: abc &lt;dirty&gt;" in section(page, "configuration")
    rows = re.findall(r"<tr>(.*?)</tr>", section(page, "rungs"))
    assert [re.findall(r"<td>(.*?)</td>", row) for row in rows[1:]] == [["1", "2", "12", "4", "8", "0.2"]]
    pictures = {path.stem for path in run.folder.plots.iterdir()}
    names = {"best_over_time", "learning_curves", "importance", "parallel_coordinates", "slices", "contours"}
    assert pictures == names
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in run.folder.plots.iterdir())


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ([], "there is none"),
        (trials(1), "there is 1"),
        ([({"lr": 0.01}, [math.nan], DONE), ({"lr": 0.02}, [math.inf], DONE)], "there is none"),
        ([({"lr": 0.01}, [], FAILED), ({"lr": 0.02}, [0.5], FAILED)], "there is none"),
        ([({"lr": 0.01}, [0.5], DONE), ({"lr": 0.01}, [0.6], DONE)], "several values were tried, and there is none"),
    ],
    ids=["no trial", "one trial", "no finite objective", "all failed", "one value"],
)
def test_what_cannot_be_drawn_is_a_sentence(play: Play, told: list, sentence: str) -> None:  # type: ignore[type-arg]
    page = drawn(play(*told))
    for anchor in ("parallel-coordinates", "importance", "slices", "contours"):
        assert sentence in section(page, anchor), anchor
        assert 'class="figure"' not in section(page, anchor)


def test_a_run_without_a_trial_has_a_page_and_no_picture(play: Play) -> None:
    run = play()
    assert "No trial was started" in section(written(run), "trials")
    assert list(run.folder.plots.iterdir()) == []


def figures(page: str, anchor: str) -> list[dict]:  # type: ignore[type-arg]
    """What Plotly draws of a section."""
    found = re.findall(r'<script type="application/json">(.*?)</script>', section(page, anchor), re.DOTALL)
    return [json.loads(text) for text in found]


def test_the_timeline_has_a_bar_a_trial_by_state(play: Play) -> None:
    (drawing,) = figures(drawn(play(*trials(3))), "timeline")
    bars = {one["name"]: (one["y"], one["base"], one["x"]) for one in drawing["data"]}
    assert bars == {"completed": (["trial_000", "trial_001"], [0, 6], [6, 6]), "stopped": (["trial_002"], [12], [2])}
    assert drawing["layout"]["xaxis"]["title"]["text"] == "seconds since the first start"


def test_axes_have_the_ticks_of_their_own_parameter(play: Play) -> None:
    """Optuna draws parameters in the order of their names, whatever their importance; no plot is without a trace."""
    space = {
        "z": {"distribution": "loguniform", "lower": 1e-5, "upper": 1.0},
        "a": {"distribution": "choice", "categories": ["x", "y"]},
        "m": {"distribution": "randint", "lower": 1, "upper": 9},
    }
    told = [({"z": 10 ** -(n / 3), "a": "xy"[n % 2], "m": n % 8 + 1}, [0.1 * n, 0.2 * n], DONE) for n in range(13)]
    page = drawn(play(*told, space=space))
    (slices,), (contours,) = figures(page, "slices"), figures(page, "contours")
    axes = [slices["layout"][name] for name in ("xaxis", "xaxis2", "xaxis3")]
    assert [axis["title"]["text"] for axis in axes] == ["a", "m", "z"]
    assert [axis.get("type") for axis in axes] == ["category", None, "log"]
    assert axes[1]["tickvals"] == list(range(1, 9))
    assert len({one["xaxis"] for one in contours["data"]}) == 9
    (curves,) = figures(page, "learning-curves")
    assert curves["layout"]["xaxis"]["tickvals"] == [1, 2]


def test_one_hyperparameter_has_no_contour(play: Play) -> None:
    page = drawn(play(*[({"lr": 10 ** -(1 + n / 4)}, [0.1 * n], DONE) for n in range(10)]))
    assert "2 hyperparameters" in section(page, "contours")
    assert 'class="figure"' in section(page, "slices")


def test_nested_categorical_and_absent_parameters_are_drawn(play: Play) -> None:
    space = {
        "net": {"width": {"distribution": "randint", "lower": 1, "upper": 9}},
        "optimizer": {"distribution": "choice", "categories": ["SGD", None, [1, 2]]},
        "momentum": {"distribution": "uniform", "lower": 0.0, "upper": 1.0},
        "layers": {"distribution": "grid", "categories": [1, 2]},
    }
    told = []
    for number in range(36):
        config = {
            "net": {"width": number % 8 + 1},
            "optimizer": ["SGD", None, [1, 2]][number % 3],
            "layers": number % 2 + 1,
        }
        told.append((config | ({"momentum": number / 36} if number % 3 == 0 else {}), [0.1 * number], DONE))
    page = drawn(play(*told, space=space, scheduler={"name": "fifo"}))
    for anchor in ("parallel-coordinates", "importance", "slices", "contours"):
        assert 'class="figure"' in section(page, anchor), anchor
    assert 'id="rungs"' not in page


def test_a_weighted_sum_has_its_pareto_front(play: Play) -> None:
    objective = Objective((Target("accuracy", "max", 1.0), Target("loss", "min", 0.5)))
    run = play(*trials(6), objective=objective)
    assert 'class="figure"' in section(drawn(run), "pareto-front")


def test_a_thousand_trials_are_thinned_and_the_page_says_so(play: Play) -> None:
    from runner.reporting.learning_curves import chosen, learning_curves

    run = play(*trials(300))
    names = chosen(run, list(run.trials.index), 200)
    assert len(names) == 200
    assert names == sorted(names)
    assert set(run.trials["objective"].nlargest(100).index) <= set(names)
    assert "200 of 300 trials are drawn" in learning_curves(run).body


def test_the_clock_starts_with_the_first_trial(play: Play) -> None:
    from runner.reporting.best_over_time import by_clock, by_report, by_trial
    from runner.reporting.outcome import seconds

    run = play(*trials(2))
    assert seconds(run) == pytest.approx(12)
    assert by_report(run)[-1] == (12, pytest.approx(0.1), "trial_001")
    assert by_trial(run) == [(1, pytest.approx(0.05), "trial_000"), (2, pytest.approx(0.1), "trial_001")]
    assert by_clock(run)[-1][0] == pytest.approx(12 / 60)


def test_several_runs_are_compared(play: Play, tmp_path: Path) -> None:
    from runner.reporting.comparison import labels, write_comparison

    runs = [play(*trials(3), name="short"), play(*trials(6), name="long", seed=1)]
    write_comparison(labels(runs), tmp_path / "page.html", tmp_path / "plots", "Comparison")
    page = (tmp_path / "page.html").read_text()
    assert "long/2026-01-02_03-04-05 (best)" in section(page, "outcomes")
    assert "seed" in section(page, "differences")
    assert "lr.lower" not in section(page, "differences")
    assert 'class="figure"' in section(page, "best-over-time")
    assert {path.name for path in (tmp_path / "plots").iterdir()} == {"best_over_time.png", "distribution.png"}


def test_runs_of_several_objectives_have_no_best_of_all(play: Play, tmp_path: Path) -> None:
    from runner.reporting.comparison import labels, write_comparison

    other = play(*trials(3), name="other", objective=Objective((Target("loss", "min"),)))
    several = play(*trials(3), name="several", objective=Objective((Target("loss", "min"), Target("accuracy", "max"))))
    runs = labels([play(*trials(3)), other, several])
    write_comparison(runs, tmp_path / "page.html", tmp_path / "plots", "Comparison")
    page = (tmp_path / "page.html").read_text()
    assert "(best)" not in section(page, "outcomes")
    assert 'class="figure"' in section(page, "best-over-time-loss-min")
    assert {path.stem for path in (tmp_path / "plots").iterdir()} == {
        f"{figure}_{objective}"
        for figure in ("best_over_time", "distribution")
        for objective in ("accuracy_max", "loss_min", "loss_min_accuracy_max")
    }, "one each, also where the first objectives are the same"
