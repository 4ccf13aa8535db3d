"""Several runs on one page."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from optuna import visualization

from runner.config.nested import flat
from runner.config.objective import Objective
from runner.config.registry import common_unit
from runner.reporting.best_over_time import best_over_time
from runner.reporting.outcome import command, seconds, states
from runner.reporting.page import Cell, Section, figure, fold, paragraph, table, write_page
from runner.reporting.plots import write_plots
from runner.reporting.study import study_of, usable
from runner.reporting.style import SERIES, styled
from runner.runs.gain import gain
from runner.runs.plain_yaml import dump
from runner.runs.ranking import winners
from runner.runs.run import Run
from runner.runs.wording import NOTHING, duration, number


def write_comparison(runs: Mapping[str, Run], page: Path, plots: Path, title: str) -> None:
    """Put the comparison of `runs` at `page`, and its pictures into the folder `plots`.

    Curves share a figure where the runs share an objective; otherwise there is a figure for each objective.
    """
    alike: dict[Objective, dict[str, Run]] = {}
    for name, run in runs.items():
        alike.setdefault(run.objective, {})[name] = run
    sections = [_outcomes(runs, page.parent, one_objective=len(alike) == 1), _differences(runs)]
    for objective, members in alike.items():
        suffix = f": {objective}" if len(alike) > 1 else ""
        sections.append(_named(best_over_time(members), suffix))
        sections.append(_named(_distribution(members, objective), suffix))
    write_page(page, title, f"{len(runs)} runs", sections)
    write_plots(sections, plots)


def labels(runs: Sequence[Run]) -> dict[str, Run]:
    """Each run by a short name: its folder's, with as many folders before it as tell them apart."""
    roots = [run.folder.root.resolve() for run in runs]
    depth = next((n for n in range(1, 20) if len({root.parts[-n:] for root in roots}) == len(set(roots))), 20)
    return {"/".join(root.parts[-max(2, depth) :]): run for root, run in zip(roots, runs, strict=True)}


def _outcomes(runs: Mapping[str, Run], folder: Path, *, one_objective: bool) -> Section:
    unit = common_unit(run.unit for run in runs.values())
    heads = ["run", "best", "objective", "best trial", "trials", f"{unit}s", "time"]
    gains = {name: gain(run) for name, run in runs.items()}
    if any(gains.values()):
        heads.append("over the defaults")
    several = any(run.objective.several for run in runs.values())
    mode = next(iter(runs.values())).objective.mode
    values = {name: run.best_value for name, run in runs.items()} if one_objective and not several else {}
    best = winners(values, mode)
    told = paragraph("Of several objectives, best is by the first, and so are the figures.") if several else ""
    if any(run.repeat > 1 for run in runs.values()):
        told += paragraph("Where each configuration has several trials, best is the mean of the best configuration's.")
    rows = []
    for name, run in runs.items():
        gained = gains[name]
        page = run.folder.report
        link = os.path.relpath(page.resolve(), folder.resolve()) if page.is_file() else ""
        rows.append(
            [
                Cell(f"{name} (best)" if name in best else name, link=link, kind="winner" if name in best else ""),
                Cell(number(run.best_value), value=run.best_value),
                str(run.objective),
                NOTHING if run.best is None else str(run.best.name),
                states(run) or NOTHING,
                len(run.history),
                Cell(duration(seconds(run)), value=seconds(run)),
                *([Cell(gained.told if gained else NOTHING, kind="text")] if any(gains.values()) else []),
            ]
        )
    commands = fold("Commands", "\n".join(f"# {name}\n{command(run)}" for name, run in runs.items()))
    return Section("Outcomes", told + table(heads, rows, kind="sortable") + commands)


def _differences(runs: Mapping[str, Run]) -> Section:
    """The keys of the configs that are not the same in all of them."""
    configs = {name: flat(run.config) for name, run in runs.items()}
    keys = dict.fromkeys(key for config in configs.values() for key in config)
    rows = []
    for key in keys:
        told = [_told(config[key]) if key in config else NOTHING for config in configs.values()]
        if len(set(told)) > 1:
            rows.append([key, *(Cell(text, kind="text") for text in told)])
    if not rows:
        return Section("Differences", paragraph("The configs are the same."))
    return Section("Differences", table(["key", *runs], rows))


def _told(value: Any) -> str:
    return dump(value).removesuffix("...\n").strip()


def _distribution(runs: Mapping[str, Run], objective: Objective) -> Section:
    """The share of trials that came to a value or below it."""
    title = "Distribution"
    studies = {name: study_of(run) for name, run in runs.items()}
    drawn = {name: study for name, study in studies.items() if usable(study)}
    if not drawn:
        return Section(title, paragraph("It cannot be drawn: no trial has a finite objective."))
    drawing = visualization.plot_edf(list(drawn.values()), target_name=objective.label)
    for trace, name in zip(drawing.data, drawn, strict=True):
        trace.update(name=name, line_color=SERIES[list(runs).index(name) % len(SERIES)], showlegend=len(runs) > 1)
    drawing = styled(drawing, height=380)
    drawing.update_yaxes(title="share of the trials").update_xaxes(title=objective.label)
    told = "The share of each run's trials whose best objective is at most so much."
    return Section(title, paragraph(told) + figure(drawing), {"": drawing})


def _named(section: Section, suffix: str) -> Section:
    return replace(section, title=section.title + suffix)
