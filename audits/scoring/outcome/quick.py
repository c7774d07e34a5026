"""One figure of each of many visits, without outcome, steps or explanation."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import msgspec
import numpy as np

from audits.scoring.outcome.columns import ABSENT, Column
from audits.scoring.outcome.exact import LIMIT, Exact
from audits.scoring.outcome.many import evaluate_many
from standards.spec.scheme.document import Scheme


def floors_of_each(
    scheme: Scheme, columns: Mapping[str, Column], name: str, unit: int
) -> tuple[np.ndarray, np.ndarray]:
    """A number of each visit by itself in 1/`unit`, rounded down (int64), and whether it is there (bool).

    `columns` are the parts of the visits, one row for each; `name` is a part or value of the scheme. A streak looks at
    several visits: of one by itself it is absent. What is no number is absent too.
    """
    if all(value.name != name for value in scheme.values):
        rows = len(next(iter(columns.values()), ()))
        return _floors_of_column(columns[name], unit) if name in columns else _floors_of_list([None] * rows, unit)
    figures_only = msgspec.structs.replace(scheme, unless=(), decide=None, adjust=(), peers=None, visits=None)
    wanted = scheme.part_names()
    exact = {part for part in wanted if not part.endswith("*")}
    prefixes = tuple(part[:-1] for part in wanted if part.endswith("*"))
    read = {part: column for part, column in columns.items() if part in exact or part.startswith(prefixes)}
    table = evaluate_many(figures_only, read)
    figures = table.values[name]
    if scheme.type_of(name).kind != "number":
        return _floors_of_list([None] * len(table), unit)
    return _floors_of_exact(figures, unit) if isinstance(figures, Exact) else _floors_of_list(figures, unit)


def _floors_of_column(column: Column, unit: int) -> tuple[np.ndarray, np.ndarray]:
    floors, there = _floors_of_list([*column.distinct, None], unit)
    # ABSENT is the last place.
    assert ABSENT == -1
    return floors[column.index], there[column.index]


def _floors_of_exact(figures: Exact, unit: int) -> tuple[np.ndarray, np.ndarray]:
    if int(np.abs(figures.above).max(initial=0)) * unit < LIMIT:
        return figures.above * unit // figures.below, figures.present
    return _floors_of_list([figures.at(row) for row in range(len(figures.above))], unit)


def _floors_of_list(figures: Sequence[Any], unit: int) -> tuple[np.ndarray, np.ndarray]:
    there = np.array([isinstance(figure, int | Fraction) for figure in figures], dtype=bool)
    floors = [
        figure.numerator * unit // figure.denominator if known else 0
        for figure, known in zip(figures, there.tolist(), strict=True)
    ]
    return np.array(floors, dtype=np.int64), there
