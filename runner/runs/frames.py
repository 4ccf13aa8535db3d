"""The tables of a run as data frames of pandas, for notebooks and the report."""

import io
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runner.config.objective import OBJECTIVE
from runner.config.search_space import Distribution, SearchSpace
from runner.runs import history
from runner.runs.cells import cell
from runner.runs.columns import PARAMETER, PARETO
from runner.runs.damage import damaged
from runner.runs.decisions import Decision

if TYPE_CHECKING:
    import pandas as pd

_TEXT = ("trial", "state", "checkpoint", "reason")


def trials(columns: list[str], rows: Iterable[Mapping[str, str]], space: SearchSpace) -> "pd.DataFrame":
    """The rows of trials.csv; see `Run.trials`."""
    import numpy as np
    import pandas as pd

    cells = pd.DataFrame(rows, columns=columns, dtype=object).replace("", np.nan)
    leaves = {PARAMETER + ".".join(path): leaf for path, leaf in space.leaves().items()}
    frame = pd.DataFrame(
        {name: cells[name] if name in _TEXT else _typed(cells[name], leaves.get(name)) for name in cells.columns}
    )
    if PARETO in frame:
        frame[PARETO] = cells[PARETO].notna()
    return frame.fillna({"checkpoint": "", "reason": ""}).set_index("trial", drop=False).rename_axis(None)


def reports(path: Path) -> "pd.DataFrame":
    """The rows of history.csv. Raises ConfigError where the file is damaged."""
    import pandas as pd

    types = {"trial": str, "iteration": int, "seconds": float, OBJECTIVE: float}
    content = path.read_bytes()
    whole = io.BytesIO(content[: content.rfind(b"\n") + 1])  # the last line may be half written
    try:
        return pd.read_csv(whole, dtype=types, low_memory=False, index_col=False)
    except ValueError as error:  # pandas' own errors are such
        deque(history.rows(path), maxlen=0)  # raises with the line
        raise damaged(path, str(error)) from error


def decisions(lines: Iterable[Mapping[str, Any]]) -> "pd.DataFrame":
    """The lines of decisions.jsonl."""
    import pandas as pd

    keys = ["time", "state", *(field.name for field in fields(Decision))]
    frame = pd.DataFrame(list(lines), columns=keys)
    frame["time"] = pd.to_datetime(frame["time"].map(datetime.fromisoformat), utc=True)
    numbers = ("value", "compared_with", "rank", "ranked", "epochs_saved")
    return frame.astype(dict.fromkeys(numbers, float))


def _typed(cells: "pd.Series", leaf: Any) -> "pd.Series":
    """The cells of one column as what they stand for; `leaf` is that of the search space, where it is a parameter."""
    import pandas as pd

    listed = leaf.values() if isinstance(leaf, Distribution) else None if leaf is None else (leaf,)
    if listed is None:
        numbers = pd.to_numeric(cells.astype(object), errors="coerce")
        # A metric or a constant of the trainable may be text.
        return numbers if numbers.notna().sum() >= (cells.notna() & (cells != "nan")).sum() else cells
    scalars = {str(cell(value)): value for value in listed if isinstance(value, (str, int, float))}
    return cells.map(lambda text: scalars.get(text, text), na_action="ignore").infer_objects()
