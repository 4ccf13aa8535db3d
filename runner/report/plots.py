"""The figures as PNG files, by Optuna's matplotlib backend: Plotly's own exporter would need a browser."""

import math
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import optuna
from optuna.visualization import matplotlib as visualization

from runner.report.hyperparameters import (
    CANNOT_DRAW,
    MOST_AXES,
    MOST_CONTOURS,
    MOST_SLICES,
    analysable,
    by_importance,
    importances,
    thinned,
    why_not,
)
from runner.report.pareto import drawable, metrics_study
from runner.runs.read_run import Run

DPI = 110


def write_plots(run: Run, study: optuna.Study, folder: Path) -> None:
    """Draw every figure that can be drawn; those of an earlier report are removed."""
    told = {"target_name": run.objective.label}
    ranked, thin = by_importance(study), thinned(study)
    possible: dict[str, Callable[[], Any]] = {}
    if not why_not(study, 0):
        possible["best_over_time"] = lambda: visualization.plot_optimization_history(study, **told)
        possible["learning_curves"] = lambda: visualization.plot_intermediate_values(thin)
    if not why_not(study, 1):
        possible["parallel_coordinates"] = lambda: visualization.plot_parallel_coordinate(
            study, ranked[:MOST_AXES], **told
        )
    for least, name, draw in ((1, "importance", _importance), (1, "slices", _slices), (2, "contours", _contours)):
        for branch in analysable(study, least):
            own = re.sub(r"[^\w.=-]+", "_", f"_{branch.told}") if branch.told else ""
            possible[f"{name}{own}"] = partial(draw, branch.study, run.objective.label)
    if drawable(run):
        names = run.objective.metrics
        possible["pareto_front"] = lambda: visualization.plot_pareto_front(metrics_study(run), target_names=names)
    save(possible, folder)


def _importance(study: optuna.Study, label: str) -> Any:
    importances(study)  # raises where they would mislead
    return visualization.plot_param_importances(study, params=by_importance(study), target_name=label)


def _slices(study: optuna.Study, label: str) -> Any:
    return visualization.plot_slice(study, by_importance(study)[:MOST_SLICES], target_name=label)


def _contours(study: optuna.Study, label: str) -> Any:
    return visualization.plot_contour(thinned(study), by_importance(study)[:MOST_CONTOURS], target_name=label)


def save(drawings: dict[str, Callable[[], Any]], folder: Path) -> None:
    """Draw each into `folder`/<name>.png. One that Optuna cannot draw is missing, as the page says in a sentence."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    with _off_screen():
        for name, draw in drawings.items():
            try:
                axes = draw()
            except CANNOT_DRAW:
                continue
            _save(axes, name, folder / f"{name}.png")
            plt.close("all")


@contextmanager
def _off_screen() -> Iterator[None]:
    """Without a window, and without the warnings that Optuna's and matplotlib's drawings give by themselves."""
    backend = mpl.get_backend()
    plt.switch_backend("agg")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        plt.close("all")
        plt.switch_backend(backend)


def _save(axes: Any, name: str, path: Path) -> None:
    grid = axes.flatten().tolist() if hasattr(axes, "flatten") else [axes]
    figure = grid[0].figure
    columns = axes.shape[-1] if hasattr(axes, "shape") else 1
    rows = math.ceil(len(grid) / columns)
    figure.set_size_inches(max(9, 3.6 * columns), max(5, 2.8 * rows))
    for axis in figure.axes:
        axis.set_title("")
        axis.tick_params(axis="x", labelrotation=40, labelsize=8, which="both")
    figure.suptitle(name.replace("_", " "))
    legend = grid[0].get_legend()
    if legend is not None and len(legend.get_texts()) > 8:
        legend.remove()
    figure.savefig(path, dpi=DPI, bbox_inches="tight")
