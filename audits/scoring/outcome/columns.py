"""A column of a table of subjects: its distinct values once, and for each row which of them it has."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from audits.scoring.outcome.result import Part

ABSENT = -1


class Column(msgspec.Struct, frozen=True):
    """`index` holds, per row, a place in `distinct` or -1 for absent (int64)."""

    distinct: tuple[Any, ...]
    index: np.ndarray

    def __len__(self) -> int:
        return len(self.index)

    def at(self, row: int) -> Part:
        """Return the part of one row, None when absent."""
        place = int(self.index[row])
        return None if place == ABSENT else self.distinct[place]

    def present(self) -> np.ndarray:
        """Return, per row, whether the part is there."""
        there: np.ndarray = self.index != ABSENT
        return there


def column_of(parts: Sequence[Part]) -> Column:
    """Return the column of typed parts, one per row; None is absent."""
    places: dict[Any, int] = {}
    index = np.fromiter(
        (ABSENT if part is None else places.setdefault(part, len(places)) for part in parts), np.int64, len(parts)
    )
    return Column(tuple(places), index)


def as_columns(columns: Mapping[str, Column | Sequence[Part]]) -> dict[str, Column]:
    """Return every column as a Column. Raises ValueError when they differ in length."""
    found = {name: part if isinstance(part, Column) else column_of(part) for name, part in columns.items()}
    if len({len(column) for column in found.values()}) > 1:
        raise ValueError("all columns of a table must have the same number of rows")
    return found
